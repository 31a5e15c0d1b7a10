"""What is visible as of an edition: rows of acts up to it, the newest of each key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.publishing.models import Act, StatementRow


@dataclass(frozen=True)
class Said:
    """A statement's content, and the edition that said it."""

    key: str
    content: Any
    edition: int
    at: datetime


def newest(session: Session, kind: str, edition: int, *only: ColumnElement[bool]) -> list[Said]:
    """The newest statement of each key as of `edition`, by key.

    Conditions in `only` apply to the newest statement, so that a body that moved is found in one place.
    """
    ever = () if not only else (StatementRow.key.in_(_ever(kind, only)),)
    ranked = (
        select(
            StatementRow.id,
            Act.edition,
            Act.appended_at,
            func.row_number()
            .over(
                partition_by=StatementRow.key,
                order_by=(Act.edition.desc(), StatementRow.position.desc()),
            )
            .label("rank"),
        )
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == kind, Act.edition <= edition, *ever)
        .subquery()
    )
    rows = session.execute(
        select(StatementRow.key, StatementRow.payload, ranked.c.edition, ranked.c.appended_at)
        .join(ranked, ranked.c.id == StatementRow.id)
        .where(ranked.c.rank == 1, *only)
        .order_by(StatementRow.key)
    )
    return [Said(*row) for row in rows]


def _ever(kind: str, only: tuple[ColumnElement[bool], ...]) -> Select[str]:
    """The keys of which any statement ever met the conditions: no other one's newest statement can."""
    return select(StatementRow.key).where(StatementRow.kind == kind, *only).correlate(None)


def newest_of(session: Session, kind: str, key: str, edition: int) -> Said | None:
    """The newest statement about `key`, or None."""
    row = session.execute(all_of(kind, edition).where(StatementRow.key == key).limit(1)).first()
    return Said(*row) if row else None


def all_of(kind: str, edition: int) -> Select[tuple[str, Any, int | None, datetime | None]]:
    """Every statement of a kind as of `edition`, the newest first."""
    return (
        select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == kind, Act.edition <= edition)
        .order_by(Act.edition.desc(), StatementRow.position.desc())
    )


def said(session: Session, query: Select[Any]) -> Sequence[Said]:
    return [Said(*row) for row in session.execute(query)]
