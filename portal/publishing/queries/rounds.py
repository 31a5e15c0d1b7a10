"""Collection rounds and returns as the desk reads them. Nothing here is public."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.publishing.collecting import (
    Asked,
    Entry,
    Evidence,
    Handed,
    RemarkKind,
    Return,
    ReturnState,
    Round,
    RoundState,
    Said,
    Value,
    ValueState,
)
from portal.publishing.errors import NoSuchReturn, NoSuchRound
from portal.publishing.models import (
    BodyReturn,
    CollectedValue,
    CollectionRound,
    EvidenceFile,
    HandedValue,
    Remark,
)
from portal.publishing.values import FigureKey


def find_round(session: Session, slug: str) -> Round | None:
    row = session.get(CollectionRound, slug)
    return None if row is None else to_round(row)


def get_round(session: Session, slug: str) -> Round:
    """Raises NoSuchRound."""
    found = find_round(session, slug)
    if found is None:
        raise NoSuchRound(message(N_("There is no collection round with the code {slug}."), slug=slug))
    return found


def list_rounds(session: Session) -> tuple[Round, ...]:
    """Every round, the latest due first."""
    rows = session.scalars(select(CollectionRound).order_by(CollectionRound.due_at.desc(), CollectionRound.slug))
    return tuple(to_round(row) for row in rows)


def returns_of(session: Session, slug: str) -> tuple[Return, ...]:
    """Every body's return in a round, by body."""
    return _returns(session, BodyReturn.round == slug)


def returns_of_bodies(session: Session, bodies: Collection[str]) -> tuple[Return, ...]:
    """Every return of these bodies."""
    return _returns(session, BodyReturn.body.in_(sorted(bodies)))


def get_return(session: Session, slug: str, body: str) -> Return:
    """Raises NoSuchReturn."""
    found = _returns(session, BodyReturn.round == slug, BodyReturn.body == body)
    if not found:
        raise no_such_return()
    return found[0]


def values_of(
    session: Session, slug: str, body: str, *, limit: int | None = None, offset: int = 0
) -> tuple[Value, ...]:
    """The values of a return, by indicator."""
    round_ = get_round(session, slug)
    query = (
        select(CollectedValue)
        .where(CollectedValue.round == slug, CollectedValue.body == body)
        .order_by(CollectedValue.indicator)
        .limit(limit)
        .offset(offset)
    )
    return tuple(to_value(row, round_.period) for row in session.scalars(query))


def accepted_values(session: Session, slug: str) -> tuple[Value, ...]:
    """Every accepted value of a round that no release holds yet, by body and indicator."""
    round_ = get_round(session, slug)
    query = (
        select(CollectedValue)
        .where(
            CollectedValue.round == slug,
            CollectedValue.state == ValueState.ACCEPTED,
            CollectedValue.release.is_(None),
        )
        .order_by(CollectedValue.body, CollectedValue.indicator)
    )
    return tuple(to_value(row, round_.period) for row in session.scalars(query))


def get_value(session: Session, slug: str, body: str, indicator: str) -> Value:
    """Raises NoSuchReturn."""
    row = session.get(CollectedValue, (slug, body, indicator))
    if row is None:
        raise no_such_return()
    return to_value(row, get_round(session, slug).period)


def handed_versions(session: Session, slug: str, body: str, indicator: str) -> tuple[Handed, ...]:
    """Every version of a value that was handed in, oldest first."""
    rows = session.scalars(
        select(HandedValue).where(*_is(HandedValue, slug, body, indicator)).order_by(HandedValue.number)
    )
    return tuple(to_handed(row) for row in rows)


def remarks_on(session: Session, slug: str, body: str, indicator: str) -> tuple[Said, ...]:
    """What office and body said to each other about a value, oldest first."""
    rows = session.scalars(select(Remark).where(*_is(Remark, slug, body, indicator)).order_by(Remark.id))
    return tuple(Said(RemarkKind(row.kind), row.text, row.by, row.at) for row in rows)


def evidence_for(session: Session, slug: str, body: str, indicator: str) -> tuple[Evidence, ...]:
    """The files beside a value, in the order they came."""
    rows = session.scalars(
        select(EvidenceFile)
        .where(*_is(EvidenceFile, slug, body, indicator))
        .order_by(EvidenceFile.added_at, EvidenceFile.id)
    )
    return tuple(to_evidence(row) for row in rows)


def enterers_of(session: Session, slug: str, body: str) -> frozenset[str]:
    """Who entered a value of the return that is not handed in yet."""
    query = select(CollectedValue.entered_by).where(
        CollectedValue.round == slug, CollectedValue.body == body, CollectedValue.state == ValueState.ENTERED
    )
    return frozenset(person for person in session.scalars(query.distinct()) if person)


def handlers_of(session: Session, slug: str, body: str, indicator: str) -> frozenset[str]:
    """Who entered or signed any version of a value."""
    found: set[str] = set()
    for version in handed_versions(session, slug, body, indicator):
        found |= {version.entered_by, version.signed_by}
    return frozenset(found)


def evidence_counts(session: Session, slug: str, body: str) -> Mapping[str, int]:
    """How many files stand beside each value of a return."""
    query = (
        select(EvidenceFile.indicator, func.count())
        .where(EvidenceFile.round == slug, EvidenceFile.body == body)
        .group_by(EvidenceFile.indicator)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def no_such_return() -> NoSuchReturn:
    """The same words for a missing return and for another body's."""
    return NoSuchReturn(N_("There is no such return."))


def to_round(row: CollectionRound) -> Round:
    return Round(
        slug=row.slug,
        names=row.names,
        period=row.period,
        due_at=row.due_at,
        reminders=tuple(row.reminders),
        state=RoundState(row.state),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        overdue_at=row.overdue_at,
        closed_at=row.closed_at,
    )


def to_value(row: CollectedValue, period: str) -> Value:
    return Value(
        round=row.round,
        key=FigureKey(row.body, row.indicator, period),
        state=ValueState(row.state),
        asked=Asked(**row.asked),
        entry=Entry.of(row.entry),
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        handed=row.handed,
        settled=None if row.settled is None else Entry.of(row.settled),
        verified_by=row.verified_by,
        verified_at=row.verified_at,
        release=row.release,
    )


def to_handed(row: HandedValue) -> Handed:
    return Handed(
        number=row.number,
        said=row.said,
        note=row.note,
        explanation=row.explanation,
        commitment=row.commitment,
        salt=row.salt,
        entered_by=row.entered_by,
        signed_by=row.signed_by,
        handed_in_at=row.handed_in_at,
        act_id=row.act_id,
    )


def to_evidence(row: EvidenceFile) -> Evidence:
    return Evidence(row.id, row.name, row.media_type, row.size, row.sha256, row.added_by, row.added_at)


def _returns(session: Session, *only: ColumnElement[bool]) -> tuple[Return, ...]:
    rows = session.scalars(select(BodyReturn).where(*only).order_by(BodyReturn.round, BodyReturn.body)).all()
    counts = _counts(session, {row.round for row in rows})
    return tuple(
        Return(
            round=row.round,
            body=row.body,
            state=ReturnState(row.state),
            proposal_id=row.proposal_id,
            first_handed_in_at=row.first_handed_in_at,
            handed_in_at=row.handed_in_at,
            counts=counts[row.round, row.body],
        )
        for row in rows
    )


def _counts(session: Session, rounds: Iterable[str]) -> Mapping[tuple[str, str], dict[ValueState, int]]:
    found: dict[tuple[str, str], dict[ValueState, int]] = defaultdict(dict)
    query = (
        select(CollectedValue.round, CollectedValue.body, CollectedValue.state, func.count())
        .where(CollectedValue.round.in_(sorted(rounds)))
        .group_by(CollectedValue.round, CollectedValue.body, CollectedValue.state)
    )
    for slug, body, state, count in session.execute(query):
        found[slug, body][ValueState(state)] = count
    return found


def _is(
    table: type[HandedValue | Remark | EvidenceFile], slug: str, body: str, indicator: str
) -> tuple[ColumnElement[bool], ...]:
    return (table.round == slug, table.body == body, table.indicator == indicator)
