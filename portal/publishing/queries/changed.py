"""When a page last changed, and what the acts between two editions touched."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.foundation.reads import Read
from portal.publishing.models import Act, ActTouch, Checkpoint
from portal.publishing.queries.editions import current_edition
from portal.publishing.touched import met_by
from portal.publishing.values import Edition


def changed_in(session: Session, path: str) -> Edition:
    """The newest edition that touched the page at `path` (without language); else the newest of all.

    What the page shows as of that edition is what it shows as of the newest.
    """
    touches = met_by(path)
    given = {f"touch_{at}": touch for at, touch in enumerate(touches)}
    row = _change_of(len(touches)).first(session, **given)
    return Edition(row[0], row[1]) if row else current_edition(session)


@cache
def _change_of(count: int) -> Read:
    touches: list[Any] = [bindparam(f"touch_{at}") for at in range(count)]
    last = _last_touched(touches, select(func.max(Act.edition)).scalar_subquery())
    return Read(select(Act.edition, Act.appended_at).where(Act.edition == last))


def touched_between(session: Session, before: int, now: int) -> frozenset[str]:
    """Everything that the acts after edition `before`, up to edition `now`, touched."""
    rows = session.scalars(
        select(ActTouch.touch)
        .join(Act, Act.id == ActTouch.act_id)
        .where(Act.edition > before, Act.edition <= now)
        .distinct()
    )
    return frozenset(rows)


def touched_singly(session: Session, before: int, now: int, *, limit: int) -> tuple[str, ...]:
    """Addresses that the acts after edition `before`, up to edition `now`, touched one by one; at most `limit`."""
    rows = session.scalars(
        select(ActTouch.touch)
        .join(Act, Act.id == ActTouch.act_id)
        .where(Act.edition > before, Act.edition <= now, ~ActTouch.touch.endswith("*"))
        .distinct()
        .limit(limit)
    )
    return tuple(rows)


def state_of(session: Session, edition: int, path: str | None = None) -> str | None:
    """The name of the state of an edition (see `web.cache.states`), or of the last one up to it that touched the
    page at `path` (without language); None when there is no such edition."""
    asked = literal(edition)
    n = asked if path is None else func.coalesce(_last_touched(met_by(path), asked), asked)
    row = session.execute(select(Checkpoint.n, Checkpoint.note).where(Checkpoint.n == n)).first()
    return None if row is None else state_name(row.n, row.note)


def state_name(n: int, checkpoint: str) -> str:
    """Number and root hash: an edition, and all that was published before it."""
    return f"{n}-{checkpoint.split(chr(10))[2]}"


def _last_touched(touches: Iterable[Any], until: Any) -> ScalarSelect[int]:
    """The newest edition up to `until` that touched one of these: each is one step into an index."""
    each = union_all(
        *(
            select(func.max(ActTouch.edition).label("n"))
            .where(ActTouch.touch == touch)
            .where(ActTouch.edition <= until)
            for touch in touches
        )
    ).subquery()
    return select(func.max(each.c.n)).scalar_subquery()
