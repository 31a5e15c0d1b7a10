"""Templates as Python code: what Jinja writes, in fewer and cheaper steps.

A page has some three hundred pieces and asks for some four hundred attributes. Jinja's code hands out each piece
by itself and looks each attribute up through the environment; which functions a page calls, it finds out at every
call. Here pieces are collected, an attribute is asked for directly (and only when it is not there through the
environment, which knows what that means), and what is known when the template is compiled stands in the code.
"""

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any, cast

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.utils import _PassArg
from markupsafe import Markup

from portal.web.compiling.inlining import GLOBAL


class Writing(CodeGenerator):
    """Writes a template as Python code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._attributes: dict[str, str] = {}  # the function that asks for it
        self._globals: dict[str, str] = {}  # the name it has in the module
        self._markup: dict[Markup, str] = {}
        self._choices: dict[str, str] = {}
        self._bound: set[str] = set()  # variables that always hold something

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        super().visit_Template(node, frame)
        for attribute, function in self._attributes.items():
            self.writeline(f"def {function}(owner):", extra=1)
            self.indent()
            self.writeline(f"try: return owner.{attribute}")
            self.writeline(f"except AttributeError: return environment.getattr(owner, {attribute!r})")
            self.outdent()
        for name, here in self._globals.items():
            self.writeline(f"{here} = environment.globals[{name!r}]")
        for choice, here in self._choices.items():
            self.writeline(f"{here} = {choice}")
        for text, here in self._markup.items():
            self.writeline(f"{here} = Markup({str(text)!r})")

    def enter_frame(self, frame: Frame) -> None:
        if frame.buffer is None and frame.parent is None:
            self.buffer(frame)  # a function collects what it writes, and gives it at once
        loads = frame.symbols.loads
        asked = {target: name for target, (action, name) in loads.items() if action == VAR_LOAD_RESOLVE}
        known = {target for target, name in asked.items() if self._is_global(name or "")}
        kept = {target: load for target, load in loads.items() if target not in known}
        frame.symbols.loads = kept
        super().enter_frame(frame)
        for target in asked:
            if target not in known:
                self.writeline(f"if {target} is missing: {target} = undefined(name={asked[target]!r})")
                self._bound.add(target)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        if frame.parent is None:
            self.writeline(f"yield concat({frame.buffer})")
        self._bound.difference_update(frame.symbols.loads)
        super().leave_frame(frame, with_python_scope)

    def visit_With(self, node: nodes.With, frame: Frame) -> None:
        with_frame = frame.inner()
        with_frame.symbols.analyze_node(node)
        self.enter_frame(with_frame)
        for target, expr in zip(node.targets, node.values, strict=True):
            self.newline()
            self.visit(target, with_frame)
            self.write(" = ")
            self.visit(expr, frame)
        self._bound.update(
            with_frame.symbols.ref(target.name) for target in node.targets if isinstance(target, nodes.Name)
        )
        self.blockvisit(node.body, with_frame)
        self.leave_frame(with_frame)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        if node.ctx == "load":
            if self._is_global(node.name):
                self.write(self._globals.setdefault(node.name, f"g_{node.name}"))
                return
            ref = frame.symbols.ref(node.name)
            if ref in self._bound:
                self.write(ref)
                return
        super().visit_Name(node, frame)

    def visit_Extends(self, node: nodes.Extends, frame: Frame) -> None:
        """As Jinja does, but with the layout's blocks: by itself it would be compiled without them."""
        if not frame.rootlevel or self.extends_so_far:
            self.fail("a page extends one layout, outside of everything else", node.lineno)
        self.writeline("parent_template = environment.layout(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        self.writeline("for name, parent_block in parent_template.blocks.items():")
        self.indent()
        self.writeline("context.blocks.setdefault(name, []).append(parent_block)")
        self.outdent()
        self.has_known_extends = True
        self.extends_so_far = 1

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if iskeyword(node.attr) or node.attr.startswith("__"):
            super().visit_Getattr(node, frame)
            return
        self.write(self._attributes.setdefault(node.attr, f"a_{node.attr}") + "(")
        self.visit(node.node, frame)
        self.write(")")

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        choice = _choice(node)
        if choice is not None:
            self.write(f"{self._choice_named(choice)}.get(")
            self._write_all(node.args, frame)
            return
        if forward_caller or not self._asks_nothing_of_jinja(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        self._write_all((*node.args, *node.kwargs), frame)

    def _write_all(self, given: Iterable[nodes.Node], frame: Frame) -> None:
        """What a call gives, and its end."""
        for each in given:
            self.visit(each, frame)
            self.write(", ")
        self.write(")")

    @optimizeconst
    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        choice = None if isinstance(node.arg, nodes.Slice) else _as_dict(node.node)
        if choice is None:
            super().visit_Getitem(node, frame)
            return
        self.write(f"environment.getitem({self._choice_named(choice)}, ")
        self.visit(node.arg, frame)
        self.write(")")

    def _choice_named(self, choice: dict[Any, Any]) -> str:
        """The name under which a dict that stands in the template is made once."""
        return self._choices.setdefault(repr(choice), f"d_{len(self._choices)}")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        if isinstance(node.value, Markup):
            self.write(self._markup.setdefault(node.value, f"m_{len(self._markup)}"))
            return
        super().visit_Const(node, frame)

    def _is_global(self, name: str) -> bool:
        """Whether nothing that a page is given can stand in the place of this global."""
        return name.startswith(GLOBAL) and name in self.environment.globals

    def _asks_nothing_of_jinja(self, node: nodes.Call) -> bool:
        """Whether a call is that of a global function which is called as it stands."""
        if not isinstance(node.node, nodes.Name) or not self._is_global(node.node.name):
            return False
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            return False
        called = cast(Any, self.environment.globals[node.node.name])
        return _PassArg.from_obj(called) is None and not any(iskeyword(one.key) for one in node.kwargs)


def _choice(node: nodes.Call) -> dict[Any, Any] | None:
    """The dict that stands in the template, of which a call takes one value: {"good": "✓"}.get(tone, "–")."""
    found = node.node
    if (
        not isinstance(found, nodes.Getattr)
        or found.attr != "get"
        or node.kwargs
        or node.dyn_args
        or node.dyn_kwargs
    ):
        return None
    return _as_dict(found.node)


def _as_dict(node: nodes.Node) -> dict[Any, Any] | None:
    """The dict of texts and numbers that stands in the template, all of it."""
    try:
        value = node.as_const() if isinstance(node, nodes.Expr) else None
    except nodes.Impossible:
        return None
    if not isinstance(value, dict) or not all(isinstance(each, str | int | None) for each in value.values()):
        return None  # what can be changed, each page has for itself
    return value
