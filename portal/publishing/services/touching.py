"""Marking what an act touches with the edition it is about to have."""

from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.foundation.db import Database, insert_if_absent
from portal.foundation.turns import Turns
from portal.publishing.models import Act, ActTouch, FigureVersion, StatementRow
from portal.publishing.touched import ALL

_REGISTER = ("body", "service", "indicator")


def mark_touches(database: Database, act_id: str, edition: int) -> None:
    """Mark the touches of a big act in short transactions, so that the one that makes it public is short."""
    with database.read() as session:
        all_told = renames(session, act_id)
    turns = Turns(database, least=200, first=1000, most=10_000)
    marked, asked = 1, 1
    while marked == asked:
        asked = turns.at_once
        with turns.write() as session:
            if all_told:
                insert_if_absent(session, ActTouch, touch=ALL, act_id=act_id)
            marked = _mark(session, act_id, edition, asked)


def finish_touches(session: Session, act_id: str, edition: int) -> None:
    """Mark what is not marked yet, in the transaction that makes the act public and before it is."""
    unmarked = _unmarked(act_id, edition).limit(1)
    if session.scalar(unmarked) is None:
        return
    if renames(session, act_id):
        insert_if_absent(session, ActTouch, touch=ALL, act_id=act_id)
    _mark(session, act_id, edition, None)


def renames(session: Session, act_id: str) -> bool:
    """Whether the act says anew what the register says of a code that an earlier act spoke of.

    A name or a unit stands on many pages: then the act touches everything.
    """
    return any(session.scalar(query, {"act_id": act_id}) is not None for query in _renaming())


@cache
def _renaming() -> tuple[Select[int], ...]:
    """What finds such words of an act: put together once, for that takes longer than asking."""
    mine, theirs = aliased(StatementRow), aliased(StatementRow)
    own = (mine.act_id == bindparam("act_id"), mine.kind.in_(_REGISTER))

    def said(*same: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(select(theirs.id).join(Act, Act.id == theirs.act_id).where(Act.edition.is_not(None), *same))

    spoken_of = [
        said(theirs.kind == mine.kind, theirs.key == mine.key),
        said(theirs.kind.in_(_REGISTER), theirs.scope == mine.key),
    ]
    statements = select(mine.id).where(*own, or_(*spoken_of))
    before = select(FigureVersion.id).join(Act, Act.id == FigureVersion.act_id).where(Act.edition.is_not(None))
    figures = select(mine.id).where(
        *own,
        or_(
            (mine.kind == "indicator") & exists(before.where(FigureVersion.indicator == mine.key)),
            (mine.kind == "body") & exists(before.where(FigureVersion.body == mine.key)),
        ),
    )
    return statements.limit(1), figures.limit(1)


def _mark(session: Session, act_id: str, edition: int, at_once: int | None) -> int:
    """Mark touches that have another edition or none; return how many."""
    some = list(session.scalars(_unmarked(act_id, edition).limit(at_once)))
    for start in range(0, len(some), 500):
        which = ActTouch.touch.in_(some[start : start + 500])
        session.execute(update(ActTouch).where(ActTouch.act_id == act_id, which).values(edition=edition))
    return len(some)


def _unmarked(act_id: str, edition: int) -> Select[str]:
    return select(ActTouch.touch).where(
        ActTouch.act_id == act_id, or_(ActTouch.edition.is_(None), ActTouch.edition != edition)
    )
