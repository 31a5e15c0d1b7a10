"""Trees of templates, as Jinja parses them: what stands in them, and taking them apart and together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

NodeT = TypeVar("NodeT", bound=nodes.Node)

SPECIAL = frozenset({"caller", "kwargs", "varargs"})
"""What a macro, or what stands between call and endcall, is given without naming it: elsewhere, something else."""


_NAMING = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport)


def asks(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Call) and is_caller(node.node) and not node.args and not node.kwargs


def is_caller(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "caller"


def stored(body: Iterable[nodes.Node]) -> set[str]:
    """The names that statements give to something, in whatever they hold: also macros, and what is imported."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, nodes.Name):
            if node.ctx != "load":
                found.add(node.name)
            continue
        if isinstance(node, nodes.Macro):
            found.add(node.name)
        elif isinstance(node, nodes.Import | nodes.FromImport):
            found.update(imported(node))
        found |= stored(node.iter_child_nodes())
    return found


def imported(node: nodes.Import | nodes.FromImport) -> list[str]:
    """The names that an import gives to something."""
    if isinstance(node, nodes.Import):
        return [node.target]
    return [each[1] if isinstance(each, tuple) else each for each in node.names]


def holds(body: Iterable[nodes.Node], wanted: frozenset[str]) -> bool:
    return any(name.name in wanted for name in names(body))


def uses(body: Iterable[nodes.Node], within_loop: bool = False) -> Counter[str]:
    """How often each name is asked for; in a loop, many times."""
    found: Counter[str] = Counter()
    for node in body:
        if isinstance(node, nodes.Name):
            found[node.name] += 2 if within_loop else 1
        else:
            found += uses(node.iter_child_nodes(), within_loop or isinstance(node, nodes.For))
    return found


def names(body: Iterable[nodes.Node], *, without: int | None = None) -> Iterator[nodes.Name]:
    """All names, but those in what was said to the call numbered `without`."""
    for node in body:
        if isinstance(node, nodes.Name):
            yield node
        elif without is None or not said_to(node, without):
            yield from names(node.iter_child_nodes(), without=without)


def said(body: list[nodes.Node], call: int, lineno: int) -> nodes.Scope:
    """What stands between call and endcall, in a frame of its own that knows which call it was said to."""
    scope = nodes.Scope(copied(body), lineno=lineno)
    scope.__dict__["said_to"] = call
    return scope


def said_to(node: nodes.Node, call: int) -> bool:
    return isinstance(node, nodes.Scope) and node.__dict__.get("said_to") == call


def every(body: Iterable[nodes.Node], kind: type[NodeT]) -> Iterator[NodeT]:
    """All nodes of a kind in statements, these among them."""
    for node in body:
        if isinstance(node, kind):
            yield node
        yield from node.find_all(kind)


def copied(body: Iterable[NodeT]) -> list[NodeT]:
    """The same statements once more, to be changed apart from these."""
    return [cast(NodeT, _copy(node)) for node in body]


def _copy(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_copy(each) for each in value)
    if not isinstance(value, nodes.Node):
        return value
    made = object.__new__(type(value))
    made.__dict__.update(value.__dict__)
    for name, each in value.iter_fields():
        setattr(made, name, _copy(each))
    return made


def visited(visitor: NodeTransformer, body: Iterable[nodes.Node]) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    for node in body:
        visited = visitor.visit(node)
        found.extend(visited if isinstance(visited, list) else [visited])
    return found


def output(node: nodes.Expr) -> nodes.Output:
    return nodes.Output([node], lineno=node.lineno)


def spread(body: list[nodes.Node]) -> list[nodes.Node]:
    """Without the frames around what was said, where it names nothing."""
    found: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Scope) and not any(node.find_all(_NAMING)):
            found.extend(node.body)
        else:
            found.append(node)
    return joined(found)


def joined(body: list[nodes.Node]) -> list[nodes.Node]:
    """What is written one after another, as one output."""
    found: list[nodes.Node] = []
    for node in body:
        last = found[-1] if found else None
        if isinstance(node, nodes.Output) and isinstance(last, nodes.Output):
            last.nodes = [*last.nodes, *node.nodes]
        else:
            found.append(node)
    return found
