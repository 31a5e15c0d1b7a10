"""What an import will change against the newest edition, figure by figure and value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.publishing.values import FigureKey

SHOWN = ("target", "actual", "numerator", "denominator", "obs_status")


class ChangeKind(StrEnum):
    """added: new · completed: a missing or provisional value gets its final one · corrected: a published value
    changes · removed: published before and not in the file · unchanged."""

    ADDED = "added"
    COMPLETED = "completed"
    CORRECTED = "corrected"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One figure before and after. `row` is its row in the file, 0 when the file has none."""

    kind: ChangeKind
    key: FigureKey
    old: Mapping[str, str | None]
    new: Mapping[str, str | None]
    row: int

    @property
    def values(self) -> Iterator[tuple[str, str | None, str | None]]:
        """The values that differ: which, old, new."""
        for name in SHOWN:
            if self.old.get(name) != self.new.get(name):
                yield name, self.old.get(name), self.new.get(name)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "body": self.key.body,
            "indicator": self.key.indicator,
            "period": self.key.period,
            "row": self.row or None,
            "old": dict(self.old) or None,
            "new": dict(self.new) or None,
        }


def values_of(of: Any) -> dict[str, str | None]:
    """What a figure says, of a file's line or of what is published."""
    return {name: getattr(of, name) for name in SHOWN}
