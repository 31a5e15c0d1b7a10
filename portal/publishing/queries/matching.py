"""Asking each engine's own word index: FTS5 on SQLite, tsvector on PostgreSQL. What is asked holds only words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.publishing.words import Term

NEWER = """
    AND NOT EXISTS (
        SELECT 1 FROM statement t JOIN act b ON b.id = t.act_id
        WHERE t.kind = s.kind AND t.key = s.key AND b.edition <= :edition
        AND (b.edition > a.edition OR (b.edition = a.edition AND t.position > s.position)))"""
_FTS5 = """
    FROM search_statement f CROSS JOIN statement s ON s.id = f.rowid CROSS JOIN act a ON a.id = s.act_id
    WHERE f.search_statement MATCH :words AND a.edition <= :edition"""
_TSVECTOR = """
    FROM statement s JOIN act a ON a.id = s.act_id
    WHERE s.title IS NOT NULL AND to_tsvector('simple', s.{column}) @@ to_tsquery('simple', :words)
    AND a.edition <= :edition"""
_CODE = """
    FROM statement s JOIN act a ON a.id = s.act_id
    WHERE s.kind IN ('body', 'service', 'indicator', 'release') AND s.key = :words AND a.edition <= :edition"""
_WANTED = "SELECT s.kind, s.key, s.scope, s.title, a.edition"

Match = Sequence[Any]
"""kind, key, scope, title, edition: one published thing in its newest version."""


def matches(
    session: Session,
    terms: Sequence[Term],
    *,
    edition: int,
    title: bool,
    limit: int,
    kind: str | None = None,
    body: str | None = None,
) -> list[Match]:
    """What has all the terms in its title, or anywhere; in no particular order."""
    if session.get_bind().dialect.name == "sqlite":
        column = "title" if title else "words"
        return _ask(session, _FTS5, f"{{{column}}} : ({_fts5(terms)})", edition, limit, kind, body)
    source = _TSVECTOR.format(column="title" if title else "words")
    return _ask(session, source, _tsquery(terms), edition, limit, kind, body)


def with_code(
    session: Session, code: str, *, edition: int, kind: str | None = None, body: str | None = None
) -> list[Match]:
    """What has exactly this code of ours."""
    return _ask(session, _CODE, code, edition, 10, kind, body)


def _ask(
    session: Session, source: str, words: str, edition: int, limit: int, kind: str | None, body: str | None
) -> list[Match]:
    only = " AND s.kind = :kind" if kind else ""
    if body:
        only += " AND (s.scope = :body AND s.kind <> 'body' OR s.key = :body AND s.kind = 'body')"
    asked = {"words": words, "edition": edition, "limit": limit, "kind": kind, "body": body}
    statement = text(_WANTED + source + only + NEWER + " LIMIT :limit")
    wanted = {name: value for name, value in asked.items() if f":{name}" in statement.text}
    return list(session.connection().execute(statement, wanted))


def _fts5(terms: Sequence[Term]) -> str:
    return " AND ".join(f'"{term}"' + ("" if term.is_chinese else " *") for term in terms)


def _tsquery(terms: Sequence[Term]) -> str:
    def one(term: Term) -> str:
        words = " <-> ".join(f"'{word}'" for word in term.words)
        return f"({words})" if term.is_chinese else f"{words}:*"

    return " & ".join(one(term) for term in terms)
