"""Canonical JSON (RFC 8785, JCS) without floating-point numbers.

RFC 8785 numbers are IEEE doubles: 0.10 would come out as 0.1. So measured numbers are decimal strings, and
a float anywhere is refused, when writing and when reading.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical form here, or the bytes are not the canonical form of what they say."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value`. Raises NotCanonical for floats, huge integers, lone surrogates."""
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError) as error:
        raise NotCanonical(str(error)) from None


def parse_canonical(data: bytes) -> Any:
    """Read canonical bytes. Raises NotCanonical when `data` is any other spelling of its content."""
    try:
        value = json.loads(data, parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON without floats") from None
    if canonical(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def _refuse(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is a floating-point number; measured numbers are decimal strings")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        _refuse(str(value))
    if isinstance(value, Mapping):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)
