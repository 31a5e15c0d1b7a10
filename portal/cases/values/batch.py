"""Reports that were set aside in a flood and are dismissed together, as officers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.cases.values.case import reference
from portal.cases.values.kinds import Junk


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report that the lot fell on, and whether whoever looks has opened it."""

    case_id: str
    is_read: bool

    @property
    def reference(self) -> str:
        return reference(self.case_id)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one act would dismiss: `covers` counts the reports that exist for whoever looks, and none that was
    acknowledged, added to or connected to the proposer since. Its proposer is not told what was drawn."""

    id: str
    body: str
    day: date | None
    why: Junk
    proposed_by: str
    proposed_on: date
    covers: int
    sample: tuple[Drawn, ...]

    @property
    def is_read(self) -> bool:
        return all(one.is_read for one in self.sample)


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a batch, for whoever proposed it: somebody else signed it, or refused it and said why."""

    id: str
    body: str
    why: Junk
    by: str
    on: date
    covers: int
    is_signed: bool
    reason: str | None = None
