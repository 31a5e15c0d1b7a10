"""What the register says and is not published yet, so that what is announced has a name on public pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy.orm import Session

from portal.publishing.changes import may_be_said_again
from portal.publishing.standing import statements_standing
from portal.publishing.statements import body_statement, indicator_statement, service_statement
from portal.publishing.values import Statement
from portal.registry import queries as registry


def unpublished_register(
    session: Session, *, bodies: Collection[str], indicators: Collection[str]
) -> Iterator[Statement]:
    """Bodies with those above them, indicators with their services: each that is new or said differently."""
    known = {body.code: body for body in registry.list_bodies(session)}
    asked = [one for one in registry.list_indicators(session) if one.code in indicators]
    services = {one.service_code for one in asked if one.service_code}
    said: tuple[tuple[str, Mapping[str, Statement]], ...] = (
        ("body", {code: body_statement(known[code]) for code in _with_parents(bodies, registry.parents(session))}),
        (
            "service",
            {s.code: service_statement(s) for s in registry.list_services(session) if s.code in services},
        ),
        ("indicator", {one.code: indicator_statement(one) for one in asked}),
    )
    for kind, statements in said:
        published = statements_standing(session, kind, statements)
        for code in sorted(statements):
            if may_be_said_again(published.get(code), statements[code]):
                yield statements[code]


def _with_parents(codes: Collection[str], parents: Mapping[str, str | None]) -> set[str]:
    found: set[str] = set()
    for code in codes:
        above: str | None = code
        while above is not None and above not in found:
            found.add(above)
            above = parents[above]
    return found
