"""Cycles with their matrix, members of evaluator groups, and marks as entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.evaluation.errors import NoSuchCycle
from portal.evaluation.models import CycleRow, MarkRow, MemberRow, ObjectRow, ShareRow
from portal.evaluation.values import Cycle, CycleState, Element, Group, Mark, Membership, Method
from portal.foundation.i18n import N_


def list_cycles(session: Session) -> tuple[Cycle, ...]:
    """All cycles, the latest opened first."""
    rows = session.scalars(select(CycleRow).order_by(CycleRow.opened_at.desc(), CycleRow.code))
    return tuple(_cycle(session, row) for row in rows)


def get_cycle(session: Session, code: str) -> Cycle:
    """Raises NoSuchCycle."""
    row = session.get(CycleRow, code)
    if row is None:
        raise NoSuchCycle(N_("There is no such evaluation cycle."))
    return _cycle(session, row)


def object_state(session: Session, cycle: str, body: str) -> CycleState:
    """How far the evaluation of a body is in a cycle. Raises NoSuchCycle."""
    row = session.get(ObjectRow, (cycle, body))
    if row is None:
        raise NoSuchCycle(N_("This body is not evaluated in this cycle."))
    return CycleState(row.state)


def members(session: Session) -> tuple[Membership, ...]:
    """Everybody who belongs to an evaluator group, by group."""
    rows = session.scalars(
        select(MemberRow).order_by(MemberRow.evaluator_group, MemberRow.body, MemberRow.person_id)
    )
    return tuple(_membership(row) for row in rows)


def memberships_of(session: Session, person_id: str) -> tuple[Membership, ...]:
    rows = session.scalars(
        select(MemberRow)
        .where(MemberRow.person_id == person_id)
        .order_by(MemberRow.evaluator_group, MemberRow.body)
    )
    return tuple(_membership(row) for row in rows)


def marks_of(session: Session, cycle: str, body: str) -> tuple[Mark, ...]:
    """The marks that count, by element, group and moment; replaced ones are left out."""
    rows = session.scalars(
        select(MarkRow)
        .where(MarkRow.cycle == cycle, MarkRow.body == body, MarkRow.replaced_at.is_(None))
        .order_by(MarkRow.element, MarkRow.evaluator_group, MarkRow.entered_at, MarkRow.id)
    )
    return tuple(to_mark(row) for row in rows)


def to_mark(row: MarkRow) -> Mark:
    return Mark(
        id=row.id,
        cycle=row.cycle,
        body=row.body,
        element=Element(row.element),
        group=Group(row.evaluator_group),
        value=Decimal(row.value),
        reason=row.reason,
        person_id=row.person_id,
        entered_at=row.entered_at,
        reason_digest=row.reason_digest,
    )


def _membership(row: MemberRow) -> Membership:
    return Membership(row.person_id, Group(row.evaluator_group), row.body or None)


def _cycle(session: Session, row: CycleRow) -> Cycle:
    objects = session.scalars(select(ObjectRow).where(ObjectRow.cycle == row.code).order_by(ObjectRow.body)).all()
    return Cycle(
        code=row.code,
        names=row.names,
        period=row.period,
        ratings_from=row.ratings_from,
        ratings_until=row.ratings_until,
        state=_state([CycleState(one.state) for one in objects]),
        method=_method(session, row),
        bodies=tuple(one.body for one in objects),
        opened_at=row.opened_at,
    )


def _state(states: Sequence[CycleState]) -> CycleState:
    """A cycle is published when all its bodies are, open while all are, and scored in between."""
    return states[0] if len(set(states)) == 1 else CycleState.SCORED


def _method(session: Session, row: CycleRow) -> Method:
    elements: dict[Element, Decimal] = {}
    groups: dict[Element, dict[Group, Decimal]] = defaultdict(dict)
    for share in session.scalars(select(ShareRow).where(ShareRow.cycle == row.code)):
        element = Element(share.element)
        elements[element] = Decimal(share.element_share)
        groups[element][Group(share.evaluator_group)] = Decimal(share.group_share)
    heaviest_first = sorted(elements, key=lambda element: (-elements[element], element))
    return Method(
        elements={element: elements[element] for element in heaviest_first},
        groups={
            element: dict(sorted(groups[element].items(), key=lambda item: (-item[1], item[0])))
            for element in heaviest_first
        },
        integrity_points=Decimal(row.integrity_points),
        integrity_most=Decimal(row.integrity_most),
        fewest_marks=row.fewest_marks,
        verified_share=None if row.verified_share is None else Decimal(row.verified_share),
        credit_points=Decimal(row.credit_points or "0"),
    )
