"""Macros are written into the templates that call them, when these are compiled.

Components keep templates small, but a page calls some hundred and thirty of them, and each call costs more than
what it writes. So `{{ status_tag(_("Corrected"), mark="↻") }}` is compiled as what stands in the macro, with the
parameters in their places. Whatever the macro names gets a name of its own, so that it is never taken for
something of the page; what hangs on a parameter that is known is decided at once.

Called as ever is what cannot be moved without thinking: a macro that calls itself, takes what it did not name
(`kwargs`), uses something of its own file that is no macro, or is an argument instead of being written out.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, cast

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from portal.web.compiling.macros import Found, Library, asks_plainly, given_by
from portal.web.compiling.trees import (
    asks,
    copied,
    is_caller,
    joined,
    names,
    output,
    spread,
    stored,
    uses,
    visited,
)

_DEEPEST = 8
_NOT_MOVED = (nodes.Block, nodes.Macro, nodes.FromImport, nodes.Import, nodes.Include)
_MOVED, _GLOBAL = "moved_", "global_"
"""Before names in what was moved, its own and those of globals: nothing of the page can stand in their way."""


def name_globals_twice(environment: Environment) -> None:
    """Let templates have each global under the name it has in what was moved, too."""
    environment.globals.update({_GLOBAL + name: value for name, value in list(environment.globals.items())})


def inline(environment: Environment, tree: nodes.Template, name: str | None) -> nodes.Template:
    """Write macros into a template."""
    context = nodes.EvalContext(environment, name)
    tree.body = Inlining(environment, Library(environment, tree), context, count()).into(tree.body)
    tree.set_environment(environment)
    return tree


class Inlining(NodeTransformer):
    """Writes the macros of a library into statements."""

    def __init__(
        self,
        environment: Environment,
        library: Library,
        context: nodes.EvalContext,
        numbers: Iterator[int],
        *,
        within: tuple[str, ...] = (),
        hidden: Iterable[str] = (),
    ) -> None:
        self._environment = environment
        self._library = library
        self._context = context
        self._numbers = numbers
        self._within = within
        self._hidden = frozenset(hidden)  # what a macro calls otherwise than its file does

    def into(self, body: Iterable[nodes.Node]) -> list[nodes.Node]:
        """The statements with macros written into them; what is written one after another is one output."""
        return joined(visited(self, body))

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        for name in ("body", "else_"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                setattr(node, name, self.into(body))
        for each in getattr(node, "elif_", ()):
            self.generic_visit(each)
        return node

    def visit_Scope(self, node: nodes.Scope) -> nodes.Node:
        return node  # what stands between call and endcall: done already, where it stood

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        hidden = {*(arg.name for arg in node.args), *stored(node.body)}
        node.body = self._inside(self._library, node.name, hidden).into(node.body)
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:
        known, value = self._known(cast(nodes.Expr, node.test))
        if not known:
            return self.generic_visit(node)
        if value:
            return self.into(node.body)
        if node.elif_:
            first, *rest = node.elif_
            return self.into([nodes.If(first.test, first.body, rest, node.else_, lineno=first.lineno)])
        return self.into(node.else_)

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        written: list[nodes.Node] = []
        for each in node.nodes:
            found = self._written(each)
            written.extend([output(each)] if found is None else found)
        return written

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node | list[nodes.Node]:
        node.body = self.into(node.body)
        found = None if node.args else self._expanded(node.call, node.body)
        return node if found is None else found

    def _inside(self, library: Library, macro: str, hidden: Iterable[str] = ()) -> "Inlining":
        within = (*self._within, macro)
        return Inlining(self._environment, library, self._context, self._numbers, within=within, hidden=hidden)

    def _written(self, node: nodes.Expr) -> list[nodes.Node] | None:
        """The statements that write what a call of a macro gives; None for everything else."""
        if isinstance(node, nodes.Call):
            return self._expanded(node, None)
        if not isinstance(node, nodes.CondExpr):
            return None
        one = self._written(node.expr1)
        other = None if node.expr2 is None else self._written(node.expr2)
        if one is None and other is None:
            return None
        then = [output(node.expr1)] if one is None else one
        otherwise = [] if node.expr2 is None else [output(node.expr2)] if other is None else other
        return visited(self, [nodes.If(node.test, then, [], otherwise, lineno=node.lineno)])

    def _expanded(self, call: nodes.Call, said: list[nodes.Node] | None) -> list[nodes.Node] | None:
        """The macro's body in the place of its call; `said` is what stands between call and endcall."""
        if not isinstance(call.node, nodes.Name) or call.dyn_args is not None or call.dyn_kwargs is not None:
            return None
        found = None if call.node.name in self._hidden else self._library.find(call.node.name)
        if found is None or found.macro.name in self._within or len(self._within) > _DEEPEST:
            return None
        macro = found.macro
        given = given_by(macro, call)
        if given is None or any(macro.find_all(_NOT_MOVED)) or not asks_plainly(macro):
            return None
        number = next(self._numbers)
        own = stored(macro.body)
        renamed = {name: f"{_MOVED}{number}_{name}" for name in {*given, *own}}
        placed = {name: value for name, value in given.items() if name not in own and self._known(value)[0]}
        body = visited(_Placing(renamed, placed, said), copied(macro.body))
        body = self._inside(found.library, macro.name).into(body)
        if not self._globalised(body, found):
            return None
        kept = {renamed[name] for name in own}
        bound = {renamed[name]: value for name, value in given.items() if name not in placed}
        counts = uses(body)
        once = {name: value for name, value in bound.items() if counts[name] < 2 and name not in kept}
        body = visited(_Once(once), body) if once else body
        targets: list[nodes.Expr] = [
            nodes.Name(name, "store", lineno=call.lineno) for name in bound if name not in once
        ]
        if not targets and not own:
            return spread(body)
        values = [value for name, value in bound.items() if name not in once]
        return [nodes.With(targets, values, spread(body), lineno=call.lineno)]

    def _globalised(self, body: list[nodes.Node], found: Found) -> bool:
        """Let what was moved mean the globals it meant in its file; False when it means something else there."""
        theirs, at_home = found.library.names(), found.library is self._library
        for name in names(body, into_scopes=False):
            if at_home or name.ctx != "load" or name.name == "loop" or name.name.startswith((_MOVED, _GLOBAL)):
                continue
            if name.name in theirs or name.name not in self._environment.globals:
                return False
            name.name = _GLOBAL + name.name
        return True

    def _known(self, node: nodes.Expr) -> tuple[bool, Any]:
        """Whether a value is settled already, and the value."""
        try:
            return True, node.as_const(self._context)
        except nodes.Impossible:
            return False, None


class _Placing(NodeTransformer):
    """Renames what a macro names; puts known parameters, and what was said, in their places."""

    def __init__(
        self, renamed: dict[str, str], placed: dict[str, nodes.Expr], said: list[nodes.Node] | None
    ) -> None:
        self._renamed = renamed
        self._placed = placed
        self._said = said

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        written: list[nodes.Node] = []
        for each in node.nodes:
            chosen: nodes.Expr | None = each
            if isinstance(each, nodes.CondExpr) and is_caller(each.test):
                chosen = each.expr1 if self._said is not None else each.expr2
            if chosen is not None and asks(chosen):
                written.append(nodes.Scope(copied(self._said or []), lineno=node.lineno))
            elif chosen is not None:
                written.append(output(self.visit(chosen)))
        return written

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        if is_caller(node):
            return nodes.Const(self._said is not None, lineno=node.lineno)
        if node.name in self._placed:
            return copied([self._placed[node.name]])[0]
        node.name = self._renamed.get(node.name, node.name)
        return node

    def visit_NSRef(self, node: nodes.NSRef) -> nodes.Expr:
        node.name = self._renamed.get(node.name, node.name)
        return node


class _Once(NodeTransformer):
    """Puts what is asked for once where it is asked for."""

    def __init__(self, values: dict[str, nodes.Expr]) -> None:
        self._values = values

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        return self._values.get(node.name, node)
