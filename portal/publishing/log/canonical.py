"""Canonical JSON (RFC 8785, JCS) without floating-point numbers.

RFC 8785 numbers are IEEE doubles: 0.10 would come out as 0.1. So measured numbers are decimal strings, and
a float anywhere is refused, when writing and when reading. What is left of the standard is small: no space,
keys in the order of their UTF-16 code units, as few escapes as JSON allows, whole numbers up to 2^53 − 1.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

_LARGEST = 2**53 - 1  # what every reader of JSON can tell from its neighbours
_SORTS_OTHERWISE = 0xEE  # how U+E000 begins in UTF-8: from there on, UTF-16 does not sort as code points do


class NotCanonical(ValueError):
    """The value has no canonical form here, or the bytes are not the canonical form of what they say."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value`. Raises NotCanonical for floats, huge integers, lone surrogates."""
    try:
        return _DUMP(_ordered(value)).encode()
    except UnicodeEncodeError:
        raise NotCanonical("half a character (a lone surrogate)") from None
    except RecursionError:
        raise NotCanonical("nested too deep") from None


def flat(value: dict[str, str | int | bool | None]) -> bytes:
    """The same of an object without parts, whose ASCII keys are in order: much faster, for rows by the million.

    Raises NotCanonical for lone surrogates; that no number is a float or huge is the caller's to know.
    """
    try:
        return _DUMP(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("half a character (a lone surrogate)") from None


def parse_canonical(data: bytes) -> Any:
    """Read canonical bytes. Raises NotCanonical when `data` is any other spelling of its content."""
    try:
        value = _LOAD(data.decode())
    except NotCanonical:
        raise
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON without floats") from None
    alike = not data or max(data) < _SORTS_OTHERWISE
    if (_DUMP_SORTED(value).encode("utf-8", "replace") if alike else canonical(value)) != data:
        raise NotCanonical("not in canonical form")
    return value


def _refuse(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is a floating-point number; measured numbers are decimal strings")


def _whole(text: str) -> int:
    value = int(text) if len(text) < 20 else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise NotCanonical(f"{text} is beyond 2^53 − 1")
    return value


_LOAD = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_whole).decode
_DUMP = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DUMP_SORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _ordered(value: Any) -> Any:
    """The value as plain lists and dicts, keys in the order of the standard."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _whole(str(value))
    if isinstance(value, Mapping):
        try:
            names = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        except TypeError:
            raise NotCanonical("a key that is no text") from None
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(part) for part in value]
    if isinstance(value, float):
        _refuse(str(value))
    raise NotCanonical(f"{type(value).__name__} is no kind of JSON")


def _utf16(key: str) -> bytes:
    if not isinstance(key, str):
        raise TypeError
    return key.encode("utf-16-be", "surrogatepass")
