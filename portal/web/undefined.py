"""A template that names a variable nobody gave is a fault; an option left out of a component is not."""

from collections.abc import Iterator
from typing import Any

from jinja2 import ChainableUndefined

_COMPONENT_WORDS = frozenset({"undefined", "null", "caller"})  # what the govuk macros, once Nunjucks, ask for


class PortalUndefined(ChainableUndefined):
    """Strict for names and for attributes of objects; lenient for keys of the dicts that components take."""

    __slots__ = ()

    def _require_lenient(self) -> None:
        if not isinstance(self._undefined_obj, dict) and self._undefined_name not in _COMPONENT_WORDS:
            self._fail_with_undefined_error()

    def __bool__(self) -> bool:
        self._require_lenient()
        return False

    def __str__(self) -> str:
        self._require_lenient()
        return ""

    def __len__(self) -> int:
        self._require_lenient()
        return 0

    def __iter__(self) -> Iterator[Any]:
        self._require_lenient()
        yield from ()

    def __eq__(self, other: object) -> bool:
        self._require_lenient()
        return type(self) is type(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self._require_lenient()
        return hash(type(self))

    def __getattr__(self, name: str) -> "PortalUndefined":
        if name[:2] == "__":
            raise AttributeError(name)
        self._require_lenient()
        return self

    def __getitem__(self, _name: str) -> "PortalUndefined":  # type: ignore[override]
        self._require_lenient()
        return self
