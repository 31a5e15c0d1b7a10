"""What a person decides about an import once they have seen what it would change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.publishing.values import Cause

CAUSES = (Cause.SOURCE_CORRECTION, Cause.METHOD_CHANGE, Cause.SELF_DISCLOSED)


class Absent(StrEnum):
    """What becomes of published figures of the same source that the file no longer has."""

    KEEP = "keep"
    """They stay as they are: the file was never meant to hold them."""
    WITHDRAW = "withdraw"
    """They get a version without a value, marked as no longer supplied; what was published stays readable."""


@dataclass(frozen=True)
class Decisions:
    """`cause` lets published values change; `absent` settles removals; `reason` confirms what looked odd.

    Nothing decided: an import only adds and completes.
    """

    cause: Cause | None = None
    absent: Absent | None = None
    reason: str = ""


NONE = Decisions()
TO_LOOK = Decisions(cause=Cause.SOURCE_CORRECTION, absent=Absent.KEEP)
"""For a preview: everything the file says is shown, and nothing of it is settled."""
