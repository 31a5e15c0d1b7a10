"""What a call gives, put into a copy of the macro's body."""

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from portal.web.compiling.trees import asks, copied, is_caller, output, said


class Placing(NodeTransformer):
    """Renames what a macro names; puts known parameters, and what was said, in their places."""

    def __init__(
        self,
        renamed: dict[str, str],
        placed: dict[str, nodes.Expr],
        block: list[nodes.Node] | None,
        number: int,
    ) -> None:
        self._renamed = renamed
        self._placed = placed
        self._block = block
        self._number = number

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        written: list[nodes.Node] = []
        for each in node.nodes:
            chosen: nodes.Expr | None = each
            if isinstance(each, nodes.CondExpr) and is_caller(each.test):
                chosen = each.expr1 if self._block is not None else each.expr2
            if chosen is not None and asks(chosen):
                written.append(said(self._block or [], self._number, node.lineno))
            elif chosen is not None:
                written.append(output(self.visit(chosen)))
        return written

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        if is_caller(node):
            return nodes.Const(self._block is not None, lineno=node.lineno)
        if node.name in self._placed:
            return copied([self._placed[node.name]])[0]
        node.name = self._renamed.get(node.name, node.name)
        return node

    def visit_NSRef(self, node: nodes.NSRef) -> nodes.Expr:
        node.name = self._renamed.get(node.name, node.name)
        return node


class Once(NodeTransformer):
    """Puts what is asked for once where it is asked for."""

    def __init__(self, values: dict[str, nodes.Expr]) -> None:
        self._values = values

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        return self._values.get(node.name, node)
