"""Editions: how far the public state has come, and its signed head."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.foundation.reads import Read
from portal.publishing.errors import NoSuchEdition
from portal.publishing.models import Act, Checkpoint
from portal.publishing.values import AppendedAct, Edition


def current_edition(session: Session) -> Edition:
    """The newest edition; edition 0 before anything was published."""
    row = _NEWEST.first(session)
    return Edition(row[0], row[1]) if row and row[0] is not None else Edition(0, None)


def get_edition(session: Session, n: int) -> Edition:
    """Edition n. Raises NoSuchEdition."""
    row = _ONE.first(session, n=n)
    if row is None:
        raise NoSuchEdition(message(N_("There is no edition {n}."), n=n))
    return Edition(n, row[0])


def edition_as_of(session: Session, n: int | None) -> Edition:
    """The edition a page is drawn from: the newest or, when a reader asks for it, edition n.

    Raises NoSuchEdition, naming the newest there is.
    """
    newest = current_edition(session)
    if n is None:
        return newest
    if not 0 < n <= newest.n:
        raise NoSuchEdition(
            message(N_("There is no edition {n}. The newest is edition {newest}."), n=str(n), newest=str(newest.n))
        )
    return replace(get_edition(session, n), newest=newest)


def edition_at(session: Session, moment: datetime) -> Edition | None:
    """The edition that was the newest at `moment`; None before the first."""
    n = session.scalar(select(func.max(Act.edition)).where(Act.edition.is_not(None), Act.appended_at <= moment))
    return None if n is None else get_edition(session, n)


def list_editions(
    session: Session, *, edition: int, after: int = 0, limit: int | None = None
) -> tuple[AppendedAct, ...]:
    """The editions up to `edition` that follow `after`, oldest first, with the kind of act that made each."""
    rows = session.execute(
        select(Act.edition, Act.kind, Act.appended_at)
        .where(Act.edition > after, Act.edition <= edition)
        .order_by(Act.edition)
        .limit(limit)
    )
    return tuple(AppendedAct(n or 0, kind, at) for n, kind, at in rows if at is not None)


def find_head(session: Session, n: int) -> str | None:
    """The root hash of the log after entry n, in base64 as its checkpoint gives it; None before it is signed."""
    row = _NOTE.first(session, n=n)
    note: str = row[0] if row else ""
    return note.split("\n")[2] if note else None


NEWEST_EDITION = select(func.coalesce(func.max(Act.edition), 0)).scalar_subquery()
"""The number of the newest edition, as a column for the queries of others: as of the moment of the query."""
_NEWEST = Read(
    select(Act.edition, Act.appended_at).where(Act.edition == select(func.max(Act.edition)).scalar_subquery())
)
_ONE = Read(select(Act.appended_at).where(Act.edition == bindparam("n")))
_NOTE = Read(select(Checkpoint.note).where(Checkpoint.n == bindparam("n")))
