"""Which bodies have figures of which indicators, as of an edition, without reading any figure.

An act that states a figure touches the page of its series (see `touched`), once however many figures of it there
are. So these pages, up to the edition, are the series.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.foundation.reads import Read
from portal.publishing.models import Act, ActTouch


def indicators_of(session: Session, body: str, *, edition: int) -> tuple[str, ...]:
    """The codes of the indicators that a body has figures of, in their order."""
    below = _below(body)
    rows = _TOUCHED.rows(session, first=below, after=_after(below), edition=edition)
    return tuple(row[0][len(below) :] for row in rows)


def indicator_counts(session: Session, bodies: Iterable[str], *, edition: int) -> dict[str, int]:
    """How many indicators each of these bodies has figures of."""
    found = {}
    for body in bodies:
        below = _below(body)
        row = _COUNTED.first(session, first=below, after=_after(below), edition=edition)
        found[body] = row[0] if row else 0
    return found


def _below(body: str) -> str:
    return f"/bodies/{body}/indicators/"


def _after(below: str) -> str:
    return f"{below[:-1]}0"  # "0" follows "/"


def _touched(*wanted: Any) -> Select[Any]:
    return (
        select(*wanted)
        .select_from(ActTouch)
        .join(Act, Act.id == ActTouch.act_id)
        .where(
            ActTouch.touch > bindparam("first"),
            ActTouch.touch < bindparam("after"),
            Act.edition <= bindparam("edition"),
        )
    )


_TOUCHED = Read(_touched(ActTouch.touch).distinct().order_by(ActTouch.touch))
_COUNTED = Read(_touched(func.count(ActTouch.touch.distinct())))
