"""Jinja's environment, as the portal's pages are drawn with it."""

from hashlib import sha256
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

from flask.templating import DispatchingJinjaLoader, Environment
from jinja2 import Template, nodes
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]  # what `escape` ends in

from portal.web import edge, wording
from portal.web.compiling import inlining
from portal.web.compiling.kept import kept
from portal.web.compiling.layouts import put_together
from portal.web.compiling.wording import Apart, Wording
from portal.web.compiling.writing import Writing

_PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType})


_COMPILED: dict[Any, CodeType] = {}


class _Template(Template):
    """A template whose macros are made once for all that import them, as no page has globals of its own."""

    @classmethod
    def _from_namespace(cls, environment: Any, namespace: Any, globals: Any) -> "_Template":
        made: _Template = super()._from_namespace(environment, namespace, globals)  # type: ignore[assignment]
        namespace["escape"] = _escaped
        return made

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


def _escaped(value: Any) -> Any:
    """A value as it is written out: what markupsafe's `escape` gives, without dressing it as markup first."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value
    if kind is int:
        return str(value)
    return value.__html__() if hasattr(value, "__html__") else _escape_inner(str(value))


class _Context(Context):
    """Calls what asks for nothing of Jinja's own directly: nearly everything that a template calls."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in _PLAIN and not hasattr(obj, "jinja_pass_arg"):
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(*args, **kwargs)
        return super().call(obj, *args, **kwargs)


class WordedEnvironment(Environment):
    """Jinja's environment, with one of its kind behind it for each language: what a template is loaded from."""

    template_class = _Template
    context_class = _Context
    code_generator_class = Writing
    language: str | None = None
    apart = False  # whether templates are compiled without their layouts

    def layout(self, name: str, parent: str | None = None) -> Template:
        """A template as one that extends it while it is drawn needs it: with its blocks."""
        if self.apart:
            return self.get_template(name, parent)
        found: WordedEnvironment | None = self.__dict__.get("_apart")
        if found is None:
            found = self.__dict__["_apart"] = self.overlay()
            found.apart = True
        return found.get_template(name, parent)

    def _load_template(self, name: str, globals: Any) -> Template:
        if self.language is None:
            return self._speaking(edge.locale())._load_template(name, globals)
        return super()._load_template(name, globals)

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        if self.language is None:
            return self._speaking(edge.locale()).from_string(source, *args, **kwargs)
        return super().from_string(source, *args, **kwargs)

    def _speaking(self, language: str) -> "WordedEnvironment":
        known: dict[str, WordedEnvironment] = self.__dict__.setdefault("_by_language", {})
        found = known.get(language)
        if found is None:
            if not known:
                inlining.name_globals_twice(self)
            found = self.overlay()
            found.language = language
            known[language] = found
        return found

    def compile(  # type: ignore[override]
        self, source: Any, name: Any = None, filename: Any = None, raw: Any = False, **more: Any
    ) -> Any:
        """Compile a template, or take what this process or one before it made of the same text.

        Compiling takes as long as a hundred pages. What is decided at once depends on the pages there are.
        """
        shared = isinstance(self.loader, DispatchingJinjaLoader)  # files, which stay as they are
        if not shared or self.language is None or raw or not isinstance(source, str) or name is None:
            return super().compile(source, name, filename, raw, **more)
        key = (self.language, self.apart, name, source, self._pages())
        if key not in _COMPILED:
            found = kept().find(repr(key))
            if found is None:
                found = kept().keep(repr(key), super().compile(source, name, filename, raw, **more))
            _COMPILED[key] = found
        return _COMPILED[key]

    def _pages(self) -> str:
        known: str | None = self.__dict__.get("_pages_known")
        if known is None:
            rules = sorted(rule.rule for rule in self.app.url_map.iter_rules())
            known = self._pages_known = sha256(repr((rules, sorted(self.globals))).encode()).hexdigest()
        return known

    def make_globals(self, d: Any) -> Any:
        """All templates have the same globals: a plain dict, which each page copies in no time."""
        return super().make_globals(d) if d else self.globals

    def _layout(self, name: str) -> nodes.Template:
        """The tree of a file that others extend; made once, and not to be changed."""
        known: dict[str, nodes.Template] = self.__dict__.setdefault("_layouts_known", {})
        if name not in known:
            source, path, _ = self.loader.get_source(self, name)  # type: ignore[union-attr]
            known[name] = inlining.inline(self, self.worded(self._parse(source, name, path)), name)
        return known[name]

    def worded(self, tree: nodes.Template) -> nodes.Template:
        """The template with the words of this environment's language."""
        found: nodes.Template = Wording(self, wording.catalogue_of(self.language or "en")).visit(tree)
        found.set_environment(self)
        return found

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:
        if self.language is not None:
            source = inlining.inline(self, self.worded(source), name)
            source = Apart().visit(source if self.apart else put_together(source, self._layout))
            source.set_environment(self)
        return super()._generate(source, name, filename, defer_init)
