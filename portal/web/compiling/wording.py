"""Words of one language in the place of the calls that look them up; what is the same on every page, decided.

What `_("…")` gives is the same either way:

    _("Bodies")                          a piece of the markup
    _("in %(period)s", period=…)         pieces around an expression, or a formatting where it is an argument
    _(words), ngettext(…)                looked up while the page is drawn, as their words or numbers come then

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
        given = self._given(node)
        self.generic_visit(node)
        if given is None:
            return node
        words, params = given
        if not params:
            return nodes.MarkSafeIfAutoescape(nodes.Const(words % {}), lineno=node.lineno)
        pairs = [nodes.Pair(nodes.Const(name), value, lineno=node.lineno) for name, value in params.items()]
        safe = nodes.MarkSafeIfAutoescape(nodes.Const(words), lineno=node.lineno)
        return nodes.Mod(safe, nodes.Dict(pairs, lineno=node.lineno), lineno=node.lineno)

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
        return self._catalogue.gettext(words.value), {each.key: each.value for each in node.kwargs}


class Apart(NodeTransformer):
    """Takes words with parameters that are written out apart, into pieces that stand still and these."""

    def visit_Output(self, node: nodes.Output) -> nodes.Node:
        written: list[nodes.Expr] = []
        for each in node.nodes:
            written.extend(_pieces(each) or (each,))
        node.nodes = written
        return node


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
