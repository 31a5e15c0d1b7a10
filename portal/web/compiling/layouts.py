"""A page and the layouts it extends, put together when it is compiled.

Jinja draws a page by asking, at each block of the outermost layout, which template fills it: some fifty calls that
look up the same names again and again. Which block is filled by what is mostly known beforehand. So
`{% block content %}` is compiled as what stands in the page's own block, and a block that nobody fills is nothing
at all. Imported macros that nothing calls any more are not imported.

A block sees what it sees with Jinja: what the page was given, and what its templates set outside of blocks. Left
to Jinja is a page of which a block would see more than that here, or whose layout is chosen while it is drawn.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from portal.web.compiling.trees import copied, every, imported, names, output, spread, visited

Parse = Callable[[str], nodes.Template]
"""Gives the tree of a template file, its words and macros already in it."""

_OF_PAGES = (nodes.Assign, nodes.AssignBlock, nodes.Import, nodes.FromImport, nodes.Macro)
"""What a page that extends a layout may hold beside blocks; what it writes there, nobody sees."""
_WITH_OWN_NAMES = (nodes.For, nodes.With, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.Scope)


class _LeftToJinja(Exception):
    """Something would mean something else."""


def put_together(tree: nodes.Template, parse: Parse) -> nodes.Template:
    """The template with its layouts; as it is when it has none, or is left to Jinja."""
    try:
        chain = [tree, *_layouts(tree, parse)]
        return tree if len(chain) == 1 else _filled_by(chain)
    except _LeftToJinja:
        return tree


def _filled_by(chain: list[nodes.Template]) -> nodes.Template:
    fillings: dict[str, list[nodes.Block]] = {}
    for one in chain:
        for block in one.find_all(nodes.Block):
            fillings.setdefault(block.name, []).append(block)
    own = [node for one in chain[:-1] for node in one.body if isinstance(node, _OF_PAGES)]
    body = visited(_Filling(fillings), copied([*own, *chain[-1].body]))
    return nodes.Template(list(_needed(body)), lineno=1)


def _layouts(tree: nodes.Template, parse: Parse) -> Iterator[nodes.Template]:
    """The layout that the template extends, the one that this extends, and so on."""
    while (extends := tree.find(nodes.Extends)) is not None:
        if extends not in tree.body or not isinstance(extends.template, nodes.Const):
            raise _LeftToJinja
        if not all(isinstance(node, (*_OF_PAGES, nodes.Extends, nodes.Block, nodes.Output)) for node in tree.body):
            raise _LeftToJinja
        tree = parse(extends.template.value)
        yield tree


class _Place(NamedTuple):
    """A block that is being filled, from which template of the chain, and the names it sets."""

    block: str
    depth: int
    sets: frozenset[str]


class _Filling(NodeTransformer):
    """Puts what fills a block in its place; `super()` is what stood there, `self.title()` a block once more."""

    def __init__(self, fillings: dict[str, list[nodes.Block]]) -> None:
        self._fillings = fillings
        self._within: list[_Place] = []

    def visit_Block(self, node: nodes.Block) -> list[nodes.Node]:
        if node.scoped or node.required:
            raise _LeftToJinja
        return self._filled(node.name, 0)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.find(nodes.Block) is not None:
            raise _LeftToJinja  # each time once
        return self.generic_visit(node)

    def visit_Output(self, node: nodes.Output) -> nodes.Node | list[nodes.Node]:
        written: list[nodes.Node] = []
        for each in node.nodes:
            if self._within and _is_call_of(each, "super"):
                inner = self._within[-1]
                written += self._filled(inner.block, inner.depth + 1)
            elif isinstance(each, nodes.Call) and (block := _block_of_self(each.node)) is not None:
                written += self._filled(block, 0)
            else:
                written.append(output(self.visit(each)))
        return spread(written)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        if node.name in ("super", "self") and node.ctx == "load":
            raise _LeftToJinja
        return node

    def generic_visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
        super().generic_visit(node, *args, **kwargs)
        for name in ("body", "else_"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                setattr(node, name, spread(body))
        return node

    def _filled(self, name: str, depth: int) -> list[nodes.Node]:
        found = self._fillings.get(name, ())
        if depth >= len(found) or any(one[:2] == (name, depth) for one in self._within):
            raise _LeftToJinja
        block = found[depth]
        body = copied(block.body)
        self._require_nothing_set_around(block)
        self._within.append(_Place(name, depth, frozenset(_set_by(body))))
        body = visited(self, body)
        self._within.pop()
        return spread([nodes.Scope(body, lineno=block.lineno)])

    def _require_nothing_set_around(self, block: nodes.Block) -> None:
        """What a block around this one sets, it does not see with Jinja."""
        seen = {name.name for name in names(block.body) if name.ctx == "load"}
        for place in self._within:
            if not seen.isdisjoint(place.sets):
                raise _LeftToJinja


def _set_by(body: Iterable[nodes.Node]) -> Iterator[str]:
    """The names that statements set for those after them."""
    for node in body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            yield from (name.name for name in every([node.target], nodes.Name))
        elif isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Import | nodes.FromImport):
            yield from imported(node)
        elif not isinstance(node, _WITH_OWN_NAMES):
            yield from _set_by(node.iter_child_nodes())


def _needed(body: list[nodes.Node]) -> Iterator[nodes.Node]:
    """The statements without imports of what nothing asks for."""
    asked = {name.name for name in names(body) if name.ctx == "load"}
    for node in spread(body):
        if isinstance(node, nodes.FromImport):
            node.names = [one for one in node.names if (one[1] if isinstance(one, tuple) else one) in asked]
            if not node.names:
                continue
        elif isinstance(node, nodes.Import) and node.target not in asked:
            continue
        yield node


def _is_call_of(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == name


def _block_of_self(node: nodes.Node) -> str | None:
    """The block that `self.title` names."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "self":
        return node.attr
    return None
