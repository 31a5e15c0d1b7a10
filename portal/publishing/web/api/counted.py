"""Short lists whose places are counted: an edition never changes, so neither does a place in it."""

from collections.abc import Sequence

from portal.publishing.web.api.asked import NotAsked
from portal.publishing.web.api.base import Asked, Rows
from portal.web.problems import Fault

LARGEST = 10_000_000


def offset(asked: Asked) -> int:
    """How many rows the walk has behind it. Raises NotAsked."""
    if asked.after is None:
        return 0
    text = asked.after[0]
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) < LARGEST):
        raise NotAsked(
            404, "cursor is not one that `next` gave.", [Fault("cursor", "is not one that `next` gave")]
        )
    return int(text)


def counted(asked: Asked, rows: Sequence[str]) -> Rows:
    """The page of a list that is whole in memory."""
    start = offset(asked)
    end = start + asked.limit
    return rows[start:end], (str(end),) if end < len(rows) else None
