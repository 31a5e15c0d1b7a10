"""Words of one language in the place of the calls that look them up; what is the same on every page, decided.

What `_("…")` gives is the same either way:

    _("Bodies")                          a piece of the markup
    _("in %(period)s", period=…)         pieces around an expression, or a formatting where it is an argument
    ngettext("…", "…", number)           the words for one or those for many, of which the number chooses
    _(words)                             looked up while the page is drawn, as the words come then

A file that gives `_` to something of its own means that.
"""

import re
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

from portal.web.compiling.trees import stored
from portal.web.wording import Catalogue

_PART = re.compile(r"%\((\w+)\)s|(%%)|(%)")
SETTLED = frozenset({"asset", "page_exists"})
"""Functions that give the same on every page for the same arguments."""
_REPEATED = (nodes.Name, nodes.Const, nodes.Getattr)  # what may be written twice without being worked out twice


class Wording(NodeTransformer):
    """Puts the words of one language in the place of the calls that look them up."""

    def __init__(self, environment: Environment, catalogue: Catalogue) -> None:
        self._environment = environment
        self._catalogue = catalogue
        self._shadowed: set[str] = set()  # names that the file gives to something, wherever

    def visit_Template(self, node: nodes.Template) -> nodes.Node:
        self._shadowed = stored(node.body)
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        settled = self._settled(node)
        if settled is not None:
            return settled
        given, numbered = self._given(node), self._numbered(node)
        self.generic_visit(node)
        if numbered is not None:
            one, many = (_written(words, {"num": node.args[2], **_named(node)}, node.lineno) for words in numbered)
            if numbered[0] == numbered[1]:
                return one
            alone = nodes.Compare(node.args[2], [nodes.Operand("eq", nodes.Const(1))], lineno=node.lineno)
            return nodes.CondExpr(alone, one, many, lineno=node.lineno)
        if given is None:
            return node
        return _written(*given, node.lineno)

    def _settled(self, node: nodes.Call) -> nodes.Node | None:
        """What a call gives that gives the same on every page."""
        if not (isinstance(node.node, nodes.Name) and node.node.name in SETTLED) or node.kwargs:
            return None
        if node.node.name in self._shadowed or node.dyn_args is not None or node.dyn_kwargs is not None:
            return None
        given = [each.value for each in node.args if isinstance(each, nodes.Const)]
        if len(given) < len(node.args):
            return None
        function: Any = self._environment.globals[node.node.name]
        return nodes.Const(function(*given), lineno=node.lineno)

    def _numbered(self, node: nodes.Call) -> tuple[str, str] | None:
        """The words of a call for one and for any other number, in a language that knows no more forms."""
        if not isinstance(node.node, nodes.Name) or node.node.name != "ngettext" or "ngettext" in self._shadowed:
            return None
        if len(node.args) != 3 or node.dyn_args is not None or node.dyn_kwargs is not None:
            return None
        words = [each.value for each in node.args[:2] if isinstance(each, nodes.Const)]
        if len(words) < 2 or not isinstance(node.args[2], _REPEATED):
            return None
        numbers = (1, 0, *range(2, 120))
        one, *others = (self._catalogue.ngettext(words[0], words[1], number) for number in numbers)
        return (one, others[0]) if len(set(others)) == 1 else None

    def _given(self, node: nodes.Node) -> tuple[str, dict[str, nodes.Expr]] | None:
        """The words and parameters of a call that looks up words which stand in the template."""
        if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "_"):
            return None
        if (
            "_" in self._shadowed
            or len(node.args) != 1
            or node.dyn_args is not None
            or node.dyn_kwargs is not None
        ):
            return None
        words = node.args[0]
        if not (isinstance(words, nodes.Const) and isinstance(words.value, str)):
            return None
        return self._catalogue.gettext(words.value), _named(node)


def _named(node: nodes.Call) -> dict[str, nodes.Expr]:
    return {each.key: each.value for each in node.kwargs}


def _written(words: str, params: dict[str, nodes.Expr], line: int) -> nodes.Expr:
    """Words with their parameters in place."""
    if not params:
        return nodes.MarkSafeIfAutoescape(nodes.Const(words % {}), lineno=line)
    pairs = [nodes.Pair(nodes.Const(name), value, lineno=line) for name, value in params.items()]
    safe = nodes.MarkSafeIfAutoescape(nodes.Const(words), lineno=line)
    return nodes.Mod(safe, nodes.Dict(pairs, lineno=line), lineno=line)


class Apart(NodeTransformer):
    """Takes words with parameters that are written out apart, into pieces that stand still and these."""

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        """What is written out, in several outputs where a number chooses between words."""
        made: list[nodes.Node] = []
        written: list[nodes.Expr] = []
        for each in node.nodes:
            either = _either(each)
            if either is None:
                written.extend(_pieces(each) or (each,))
                continue
            test, *ways = either
            one, many = ([nodes.Output(way, lineno=node.lineno)] for way in ways)
            made += [nodes.Output(written, lineno=node.lineno), nodes.If(test, one, [], many, lineno=node.lineno)]
            written = []
        node.nodes = written
        return [*made, node]


def _either(node: nodes.Expr) -> tuple[nodes.Expr, list[nodes.Expr], list[nodes.Expr]] | None:
    """Of words that a number chooses, the condition and the pieces of both."""
    if not isinstance(node, nodes.CondExpr) or node.expr2 is None:
        return None
    one, many = _pieces(node.expr1), _pieces(node.expr2)
    return None if one is None or many is None else (node.test, one, many)


def _pieces(node: nodes.Expr) -> list[nodes.Expr] | None:
    """The words between the parameters, and these; None where only Python's formatting knows what is meant."""
    if not (isinstance(node, nodes.Mod) and isinstance(node.left, nodes.MarkSafeIfAutoescape)):
        return None
    if not (isinstance(node.left.expr, nodes.Const) and isinstance(node.right, nodes.Dict)):
        return None
    words = node.left.expr.value
    params = {pair.key.value: pair.value for pair in node.right.items if isinstance(pair.key, nodes.Const)}
    found: list[nodes.Expr] = []
    text, end, used = "", 0, set()
    for part in _PART.finditer(words):
        name, double, single = part.groups()
        text += words[end : part.start()]
        end = part.end()
        if single or (name and (name not in params or (name in used and not isinstance(params[name], _REPEATED)))):
            return None
        if double:
            text += "%"
            continue
        used.add(name)
        found += [nodes.TemplateData(text), params[name]]
        text = ""
    found.append(nodes.TemplateData(text + words[end:]))
    return found
