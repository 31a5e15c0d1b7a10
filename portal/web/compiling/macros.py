"""What template files define and import, and whether the call of a macro is simple enough to be written out."""

from typing import NamedTuple

from jinja2 import Environment, nodes

from portal.web.compiling.trees import is_caller, stored


class Found(NamedTuple):
    """A macro, and what its own file defines."""

    macro: nodes.Macro
    library: "Library"


class Library:
    """The macros that a template file defines and imports, and its other names."""

    def __init__(self, environment: Environment, tree: nodes.Template) -> None:
        self._environment = environment
        self._macros = {node.name: node for node in tree.body if isinstance(node, nodes.Macro)}
        self._imported: dict[str, tuple[str, str]] = {}
        self._others: set[str] = set()
        for node in tree.body:
            if (
                isinstance(node, nodes.FromImport)
                and isinstance(node.template, nodes.Const)
                and not node.with_context
            ):
                pairs = (each if isinstance(each, tuple) else (each, each) for each in node.names)
                self._imported.update({alias: (node.template.value, name) for name, alias in pairs})
            elif isinstance(node, nodes.FromImport):
                self._others.update(each[1] if isinstance(each, tuple) else each for each in node.names)
            elif isinstance(node, nodes.Import):
                self._others.add(node.target)
            elif not isinstance(node, nodes.Macro):
                self._others |= stored((node,))

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
        known[file] = Library(environment, environment.worded(tree))  # type: ignore[attr-defined]
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
    """Whether it takes nothing unnamed, and writes what was said only outside of its own loops."""
    if any(name.name in ("varargs", "kwargs", "self", "super") for name in macro.find_all(nodes.Name)):
        return False
    return not any(is_caller(name) for loop in macro.find_all(nodes.For) for name in loop.find_all(nodes.Name))
