"""A mapping as the TOML text that `figures import --mapping` takes; what has its default is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.publishing.imports.mapping import Mapping as FigureMapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(mapping: FigureMapping) -> str:
    """Read back by `parse_mapping`, it is the same mapping."""
    document = mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    return "\n".join(_table((), document)).strip() + "\n"


def _table(path: tuple[str, ...], content: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: value for name, value in content.items() if not _is_table(value)}
    if path and (plain or not content):
        yield f"\n[{'.'.join(map(_key, path))}]"
    for name, value in plain.items():
        yield f"{_key(name)} = {_value(value)}"
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _table((*path, name), value)
        elif _is_table(value):
            for one in value:
                yield f"\n[[{'.'.join(map(_key, (*path, name)))}]]"
                yield from (f"{_key(key)} = {_value(part)}" for key, part in one.items())


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(part)}" for name, part in value.items()) + " }"
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own, and DEL must be one as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
