"""What is visible as of an edition: rows of acts up to it, the newest of each key."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from portal.foundation.reads import Read, as_list, one_of
from portal.publishing.models import Act, StatementRow


class Said(NamedTuple):
    """A statement's content, and the edition that said it."""

    key: str
    content: Any
    edition: int
    at: datetime


def newest(
    session: Session, kind: str, edition: int, *only: ColumnElement[bool], scope: str | None = None
) -> list[Said]:
    """The newest statement of each key as of `edition`, by key; with `scope`, of those that belong to it now.

    Conditions in `only` apply to the newest statement, so that a body that moved is found in one place.
    """
    if only:
        query = _newest_query(kind, edition, *only)
        return [Said(*row) for row in session.execute(query)]
    if scope is None:
        rows = _NEWEST.rows(session, kind=kind, edition=edition)
    else:
        rows = _NEWEST_IN.rows(session, kind=kind, edition=edition, scope=scope)
    return [Said(*row) for row in rows]


def newest_texts(
    session: Session, kind: str, edition: int, *only: ColumnElement[bool], scope: str | None = None
) -> list[str]:
    """The same statements as they are stored."""
    if only:
        return list(session.scalars(_newest_query(kind, edition, *only, content=_TEXT)))
    if scope is None:
        rows = _NEWEST_TEXTS.rows(session, kind=kind, edition=edition)
    else:
        rows = _NEWEST_TEXTS_IN.rows(session, kind=kind, edition=edition, scope=scope)
    return [row[0] for row in rows]


def _newest_query(
    kind: Any, edition: Any, *only: ColumnElement[bool], content: ColumnElement[str] | None = None
) -> Select[Any]:
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
    said = (StatementRow.key, StatementRow.payload, ranked.c.edition, ranked.c.appended_at)
    return (
        select(*(said if content is None else (content,)))
        .join(ranked, ranked.c.id == StatementRow.id)
        .where(ranked.c.rank == 1, *only)
        .order_by(StatementRow.key)
    )


def _ever(kind: Any, only: tuple[ColumnElement[bool], ...]) -> Select[str]:
    """The keys of which any statement ever met the conditions: no other one's newest statement can."""
    return select(StatementRow.key).where(StatementRow.kind == kind, *only).correlate(None)


def newest_of(session: Session, kind: str, key: str, edition: int) -> Said | None:
    """The newest statement about `key`, or None."""
    row = _NEWEST_OF.first(session, kind=kind, key=key, edition=edition)
    return Said(*row) if row else None


def text_of_newest(session: Session, kind: str, key: str, edition: int) -> str | None:
    """The newest statement about `key` as it is stored, or None."""
    row = _TEXT_OF.first(session, kind=kind, key=key, edition=edition)
    return row[0] if row else None


def texts_of_newest(session: Session, kind: str, keys: Iterable[str], edition: int) -> dict[str, str]:
    """The newest statement about each of `keys` as it is stored, by key and in their order."""
    rows = _TEXTS_AMONG.rows(session, kind=kind, keys=as_list(keys), edition=edition)
    return {row[0]: row[1] for row in rows}


def all_of(kind: Any, edition: Any) -> Select[tuple[str, Any, int | None, datetime | None]]:
    """Every statement of a kind as of `edition`, the newest first."""
    return _all(kind, edition).order_by(Act.edition.desc(), StatementRow.position.desc())


def every(session: Session, kind: str, edition: int) -> list[Said]:
    """Every statement of a kind as of `edition`, the newest first."""
    return [Said(*row) for row in _EVERY.rows(session, kind=kind, edition=edition)]


def all_below(session: Session, kind: str, key: str, edition: int) -> list[Said]:
    """Every statement of a kind whose key begins with `key` and a slash, the newest first."""
    rows = _BELOW.rows(session, kind=kind, first=f"{key}/", after=f"{key}0", edition=edition)  # "0" follows "/"
    return [Said(*row) for row in rows]


def all_about(session: Session, kind: str, key: str, edition: int) -> list[Said]:
    """Every statement about `key`, the oldest first."""
    return [Said(*row) for row in _AMONG.rows(session, kind=kind, keys=as_list((key,)), edition=edition)]


def all_in(session: Session, kind: str, scopes: Iterable[str], edition: int) -> list[Said]:
    """Every statement of a kind that belongs to one of `scopes`, the newest first."""
    rows = _IN.rows(session, kind=kind, scopes=as_list(scopes), edition=edition)
    return [Said(*row) for row in rows]


def said(session: Session, query: Select[Any]) -> Sequence[Said]:
    return [Said(*row) for row in session.execute(query)]


def _all(kind: Any, edition: Any) -> Select[tuple[str, Any, int | None, datetime | None]]:
    return (
        select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == kind, Act.edition <= edition)
    )


_KIND: Any = bindparam("kind")
_EDITION: Any = bindparam("edition")
_NEWEST = Read(_newest_query(_KIND, _EDITION))
_NEWEST_IN = Read(_newest_query(_KIND, _EDITION, StatementRow.scope == bindparam("scope")))
_TEXT: Any = type_coerce(StatementRow.payload, Text)
_NEWEST_TEXTS = Read(_newest_query(_KIND, _EDITION, content=_TEXT))
_NEWEST_TEXTS_IN = Read(_newest_query(_KIND, _EDITION, StatementRow.scope == bindparam("scope"), content=_TEXT))
_NEWEST_OF = Read(all_of(_KIND, _EDITION).where(StatementRow.key == bindparam("key")).limit(1))
_EVERY = Read(all_of(_KIND, _EDITION))
_AMONG = Read(
    _all(_KIND, _EDITION)
    .where(one_of(StatementRow.key, "keys"))
    .order_by(StatementRow.key, Act.edition, StatementRow.position)
)
_TEXT_OF = Read(
    select(_TEXT)
    .join(Act, Act.id == StatementRow.act_id)
    .where(StatementRow.kind == _KIND, Act.edition <= _EDITION, StatementRow.key == bindparam("key"))
    .order_by(Act.edition.desc(), StatementRow.position.desc())
    .limit(1)
)
_TEXTS_AMONG = Read(
    select(StatementRow.key, _TEXT)
    .join(Act, Act.id == StatementRow.act_id)
    .where(StatementRow.kind == _KIND, Act.edition <= _EDITION, one_of(StatementRow.key, "keys"))
    .order_by(StatementRow.key, Act.edition, StatementRow.position)
)
_BELOW = Read(all_of(_KIND, _EDITION).where(StatementRow.key.between(bindparam("first"), bindparam("after"))))
_IN = Read(all_of(_KIND, _EDITION).where(one_of(StatementRow.scope, "scopes")))
