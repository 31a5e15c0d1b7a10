"""What the later of two statements about one thing says differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.publishing.values import Statement

Words = str | Mapping[str, str] | None
_OF_A_FIGURE = ("actual", "target", "numerator", "denominator", "obs_status")
_OF_AN_INDICATOR = ("names", "definition", "unit", "direction", "kind", "weight", "criteria")


@dataclass(frozen=True)
class FieldChange:
    """One part: what it said, and what it says now."""

    what: str
    old: Words
    new: Words


def between(before: Statement, after: Statement) -> tuple[FieldChange, ...]:
    """What changed between two statements about one figure, or one indicator."""
    parts = _OF_A_FIGURE if after["t"] == "figure" else _OF_AN_INDICATOR
    pairs = ((what, _plain(before.get(what)), _plain(after.get(what))) for what in parts)
    return tuple(FieldChange(what, old, new) for what, old, new in pairs if old != new)


def _plain(said: Any) -> Words:
    """Nothing is nothing, however it was written: null, an empty text, no languages."""
    return said or None
