"""Macros are written into the templates that call them, when these are compiled.

Components keep templates small, but a page calls some hundred and thirty of them, and each call costs more than
what it writes. So `{{ status_tag(_("Corrected"), mark="↻") }}` is compiled as what stands in the macro, with the
parameters in their places. Whatever the macro names gets a name of its own, so that it is never taken for
something of the page; what hangs on a parameter that is known is decided at once.

Called as ever is what cannot be moved without thinking: a macro that calls itself, takes what it did not name
(`kwargs`), uses something of its own file that is no macro or of a name that the page gives to something, does
more with `caller()` than write it out, or is an argument instead of being written out; and what is escaped
otherwise than the page.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, cast

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from portal.web.compiling.macros import Found, Library, asks_plainly, given_by
from portal.web.compiling.placing import Once, Placing
from portal.web.compiling.trees import (
    SPECIAL,
    copied,
    every,
    holds,
    joined,
    names,
    output,
    said_to,
    spread,
    stored,
    uses,
    visited,
)

_DEEPEST = 8
_NOT_MOVED = (
    nodes.Block,
    nodes.Macro,
    nodes.FromImport,
    nodes.Import,
    nodes.Include,
    nodes.EvalContextModifier,
)
_MOVED, GLOBAL = "moved_", "global_"
"""Before names in what was moved, its own and those of globals: nothing of the page can stand in their way."""


def name_globals_twice(environment: Environment) -> None:
    """Let templates have each global under the name it has in what was moved, too."""
    environment.globals.update({GLOBAL + name: value for name, value in list(environment.globals.items())})


def inline(environment: Environment, tree: nodes.Template, name: str | None) -> nodes.Template:
    """Write macros into a template."""
    if any(tree.find_all(nodes.EvalContextModifier)):
        return tree  # what is called where these change the escaping has that of its own file
    context = nodes.EvalContext(environment, name)
    tree.body = Inlining(environment, Library(environment, tree, name), context, count()).into(tree.body)
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

    def _expanded(self, call: nodes.Call, block: list[nodes.Node] | None) -> list[nodes.Node] | None:
        """The macro's body in the place of its call; `block` is what stands between call and endcall."""
        if not isinstance(call.node, nodes.Name) or call.dyn_args is not None or call.dyn_kwargs is not None:
            return None
        if holds((*call.args, *call.kwargs, *(block or ())), SPECIAL):
            return None
        if any(every(block or (), nodes.Block)):
            return None
        found = None if call.node.name in self._hidden else self._library.find(call.node.name)
        if found is None or found.macro.name in self._within or len(self._within) > _DEEPEST:
            return None
        macro = found.macro
        if found.library.escapes != self._context.autoescape:
            return None
        given = given_by(macro, call)
        if given is None or any(macro.find_all(_NOT_MOVED)) or not asks_plainly(macro):
            return None
        number = next(self._numbers)
        own = stored(macro.body)
        renamed = {name: f"{_MOVED}{number}_{name}" for name in {*given, *own}}
        placed = {name: value for name, value in given.items() if name not in own and self._known(value)[0]}
        body = visited(Placing(renamed, placed, block, number), copied(macro.body))
        body = self._inside(found.library, macro.name).into(body)
        if not self._globalised(body, found, number):
            return None
        if block is None and any(said_to(each, number) for each in every(body, nodes.Scope)):
            return None  # nothing was said: Jinja tells so
        kept = {renamed[name] for name in own}
        bound = {renamed[name]: value for name, value in given.items() if name not in placed}
        counts = uses(body)
        once = {name: value for name, value in bound.items() if counts[name] < 2 and name not in kept}
        body = visited(Once(once), body) if once else body
        targets: list[nodes.Expr] = [
            nodes.Name(name, "store", lineno=call.lineno) for name in bound if name not in once
        ]
        if not targets and not own:
            return spread(body)
        values = [value for name, value in bound.items() if name not in once]
        return [nodes.With(targets, values, spread(body), lineno=call.lineno)]

    def _globalised(self, body: list[nodes.Node], found: Found, number: int) -> bool:
        """Let what was moved mean what it meant in its file; False when that is not to be had by a name.

        In its own file it may use what the page was given: unless the file gives the same name to something
        anywhere, as a loop or `with` around the call would then stand in the way.
        """
        theirs, at_home = found.library.names(), found.library is self._library
        for name in names(body, without=number):
            if name.ctx != "load" or name.name == "loop" or name.name.startswith((_MOVED, GLOBAL)):
                continue
            if at_home:
                if name.name in found.library.stored:
                    return False
                continue
            if name.name in theirs or name.name not in self._environment.globals:
                return False
            name.name = GLOBAL + name.name
        return True

    def _known(self, node: nodes.Expr) -> tuple[bool, Any]:
        """Whether a value is settled already, and the value."""
        try:
            return True, node.as_const(self._context)
        except nodes.Impossible:
            return False, None
