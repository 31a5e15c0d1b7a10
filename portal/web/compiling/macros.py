"""What template files define and import, and whether the call of a macro is simple enough to be written out."""

from collections import Counter
from typing import NamedTuple

from jinja2 import Environment, nodes

from portal.web.compiling.trees import SPECIAL, asks, holds, imported, is_caller, stored


class Found(NamedTuple):
    """A macro, and what its own file defines."""

    macro: nodes.Macro
    library: "Library"


class Library:
    """The macros that a template file defines and imports, and its other names.

    A name that stands for two things in a file stands for no macro that is known here.
    """

    def __init__(self, environment: Environment, tree: nodes.Template, file: str | None) -> None:
        self._environment = environment
        self.escapes = nodes.EvalContext(environment, file).autoescape
        self.stored: set[str] = set()  # by more than a macro or an import of the file's own
        self._macros = {node.name: node for node in tree.body if isinstance(node, nodes.Macro)}
        self._imported: dict[str, tuple[str, str]] = {}
        self._others: set[str] = set()
        defined: Counter[str] = Counter()
        for node in tree.body:
            if isinstance(node, nodes.Macro):
                defined[node.name] += 1
                self.stored |= stored(node.iter_child_nodes())
            elif isinstance(node, nodes.Import | nodes.FromImport):
                defined.update(imported(node))
            else:
                self.stored |= stored((node,))
            if (
                isinstance(node, nodes.FromImport)
                and isinstance(node.template, nodes.Const)
                and not node.with_context
            ):
                pairs = (each if isinstance(each, tuple) else (each, each) for each in node.names)
                self._imported.update({alias: (node.template.value, name) for name, alias in pairs})
            elif isinstance(node, nodes.FromImport):
                self._others.update(imported(node))
            elif isinstance(node, nodes.Import):
                self._others.add(node.target)
            elif not isinstance(node, nodes.Macro):
                self._others |= stored((node,))
        self._others.update(name for name, times in defined.items() if times > 1)
        self.stored.update(name for name, times in defined.items() if times > 1)

    def names(self) -> set[str]:
        return {*self._macros, *self._imported, *self._others}

    def find(self, name: str) -> Found | None:
        """The macro that this name stands for here."""
        if name in self._others:
            return None
        if name in self._macros:
            return Found(self._macros[name], self)
        if name in self._imported:
            file, there = self._imported[name]
            return library_of(self._environment, file).find(there)
        return None


def library_of(environment: Environment, file: str) -> Library:
    """What a file defines; its words are those of the environment's language."""
    known: dict[str, Library] = environment.__dict__.setdefault("libraries", {})
    if file not in known:
        source, path, _ = environment.loader.get_source(environment, file)  # type: ignore[union-attr]
        tree = environment._parse(source, file, path)
        known[file] = Library(environment, environment.worded(tree), file)  # type: ignore[attr-defined]
    return known[file]


def given_by(macro: nodes.Macro, call: nodes.Call) -> dict[str, nodes.Expr] | None:
    """What a call gives for each parameter; None when the two do not fit, or not simply."""
    names = [arg.name for arg in macro.args]
    if len(call.args) > len(names) or "caller" in names:
        return None
    given = dict(zip(names, call.args, strict=False))
    for each in call.kwargs:
        if each.key not in names or each.key in given:
            return None
        given[each.key] = each.value
    required = len(names) - len(macro.defaults)
    for at, name in enumerate(names):
        if name not in given:
            if at < required or not isinstance(macro.defaults[at - required], nodes.Const):
                return None
            given[name] = macro.defaults[at - required]
    return given


def asks_plainly(macro: nodes.Macro) -> bool:
    """Whether it takes nothing unnamed, and writes what was said only outside of its own loops, as it was said."""
    if any(name.name in ("varargs", "kwargs", "self", "super") for name in macro.find_all(nodes.Name)):
        return False
    if any(holds((loop,), _CALLER) for loop in macro.find_all(nodes.For)):
        return False
    if any(holds(block.body, SPECIAL) for block in macro.find_all(nodes.CallBlock)):
        return False  # there, it is the caller of what stands there
    asked = sum(is_caller(name) for name in macro.find_all(nodes.Name))
    return asked == _plainly_asked(macro) and not _loops_of_others(macro.body)


_CALLER = frozenset({"caller"})


def _plainly_asked(macro: nodes.Macro) -> int:
    """How often `caller` is where its place can be taken: written out, or asked whether there is one."""
    found = sum(_asked_by_test(each.test) for each in macro.find_all(nodes.If))
    for output in macro.find_all(nodes.Output):
        for each in output.nodes:
            if isinstance(each, nodes.CondExpr) and is_caller(each.test):
                found += 1 + asks(each.expr1)
            else:
                found += asks(each)
    return found


def _asked_by_test(test: nodes.Node) -> bool:
    return is_caller(test.node if isinstance(test, nodes.Not) else test)


def _loops_of_others(body: list[nodes.Node]) -> bool:
    """Whether `loop` is asked for where no loop of these statements is: there may be one where they are moved."""
    for node in body:
        if isinstance(node, nodes.For):
            outside: list[nodes.Node] = [node.iter, *node.else_]
        elif isinstance(node, nodes.Name) and node.name == "loop":
            return True
        else:
            outside = list(node.iter_child_nodes())
        if _loops_of_others(outside):
            return True
    return False
