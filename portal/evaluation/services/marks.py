"""Entering a mark: only for the group one belongs to, only while the body's evaluation is open."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.evaluation.errors import BadMark, CycleClosed, NoSuchCycle, NotInGroup
from portal.evaluation.models import MarkRow, ObjectRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import get_cycle, memberships_of
from portal.evaluation.queries.appeals import is_kept_from_marking
from portal.evaluation.queries.cycles import to_mark
from portal.evaluation.services.members import is_employed
from portal.evaluation.values import Cycle, CycleState, Element, Group, Mark
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.foundation.ids import new_id
from portal.foundation.text import plain

REASON_LIMIT = 2000
TENTH = Decimal("0.1")


def enter_mark(
    session: Session,
    *,
    cycle: str,
    body: str,
    element: Element,
    group: Group,
    value: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Mark:
    """Give a body a mark from 0 to 100 with at most one decimal, and the reason that is published with it.

    A new mark replaces one's former one. It connects the person to the body for this cycle. Raises Forbidden,
    NoSuchCycle, NotInGroup, CycleClosed, or BadMark naming the fields.
    """
    actor.require(EvaluationPermission.MARK)
    found = get_cycle(session, cycle)
    _require_member(session, found, body, element, group, actor)
    marked, said = _checked(value, reason)
    object_ = session.get(ObjectRow, (cycle, body), with_for_update=True)
    if object_ is None or object_.state != CycleState.OPEN:
        raise CycleClosed(N_("The marks of this body are closed: a result has been proposed."))
    _replace(session, found.code, body, element, group, actor, now)
    row = MarkRow(
        id=new_id(),
        cycle=cycle,
        body=body,
        element=element.value,
        evaluator_group=group.value,
        person_id=actor.person_id,
        value=format(marked, "f"),
        reason=said,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    connect(
        session,
        person_id=actor.person_id,
        body_code=body,
        kind=ConnectionKind.SCORED,
        period=found.period,
        cycle=cycle,
        now=now,
    )
    record(
        session,
        actor=actor,
        act="evaluation.enter-mark",
        subject=f"evaluation:{cycle}/{body}",
        details={"element": element.value, "group": group.value, "mark": row.id},
        now=now,
    )
    return to_mark(row)


def _require_member(
    session: Session, cycle: Cycle, body: str, element: Element, group: Group, actor: Actor
) -> None:
    if body not in cycle.bodies or group not in cycle.method.groups.get(element, {}) or group.is_computed:
        raise NoSuchCycle(N_("This is not marked in this cycle."))
    belongs = any(
        one.group is group and one.body in (None, body) for one in memberships_of(session, actor.person_id)
    )
    if not belongs:
        raise NotInGroup(N_("You do not belong to this evaluator group."))
    if is_kept_from_marking(session, actor.person_id, cycle.period):
        raise NotInGroup(
            N_(
                "You verified a figure of this period that was found false, so you enter no marks for it."
                " You can appeal."
            )
        )
    if not group.is_of_one_body and is_employed(session, actor.person_id, body):
        raise NotInGroup(N_("You work for this body: only its own self-evaluation is yours to mark."))


def _checked(value: str, reason: str) -> tuple[Decimal, str]:
    faults: dict[str, Message] = {}
    marked, said = _number(value), plain(reason)
    if marked is None:
        faults["value"] = Message(N_("Enter a mark from 0 to 100, with at most one decimal, such as 82.5."))
    if not said:
        faults["reason"] = Message(N_("Say in a sentence or two what the mark rests on."))
    elif len(said) > REASON_LIMIT:
        faults["reason"] = Message(N_("Use {most} characters or fewer."), {"most": REASON_LIMIT})
    if faults or marked is None:
        raise BadMark(N_("The mark cannot be taken like this."), faults)
    return marked, said


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= 100 or value != value.quantize(TENTH):
        return None
    return abs(value).quantize(TENTH) if value != value.to_integral_value() else Decimal(int(value))


def _replace(
    session: Session, cycle: str, body: str, element: Element, group: Group, actor: Actor, now: datetime
) -> None:
    former = session.scalar(
        select(MarkRow).where(
            MarkRow.cycle == cycle,
            MarkRow.body == body,
            MarkRow.element == element,
            MarkRow.evaluator_group == group,
            MarkRow.person_id == actor.person_id,
            MarkRow.replaced_at.is_(None),
        )
    )
    if former is not None:
        former.replaced_at = now
        session.flush()
