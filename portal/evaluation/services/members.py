"""Who belongs to which evaluator group. Nobody speaks for others about the body they are employed by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.queries import connections_of, get_person
from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.evaluation.errors import NotInGroup
from portal.evaluation.models import MemberRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.values import Group, Membership
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.registry.queries import get_body


def appoint_member(
    session: Session, *, person_id: str, group: Group, body: str | None, actor: Actor, now: datetime
) -> Membership:
    """Make a person a member of an evaluator group; nothing happens when they are.

    A group that speaks for one body takes its name, and its members are connected to that body as employed
    there. Raises Forbidden, NotInGroup for a group that is computed, UnknownCode, NoSuchPerson.
    """
    actor.require(EvaluationPermission.MANAGE)
    if group.is_computed:
        raise NotInGroup(N_("Nobody marks what figures and service objects say themselves."))
    if group.is_of_one_body != (body is not None):
        raise NotInGroup(N_("Name the body for its self-evaluation, and no body for any other group."))
    get_person(session, person_id)
    if body is not None:
        get_body(session, body)
        if not is_employed(session, person_id, body):
            connect(session, person_id=person_id, body_code=body, kind=ConnectionKind.EMPLOYED, now=now)
    if session.get(MemberRow, (person_id, group.value, body or "")) is None:
        session.add(MemberRow(person_id=person_id, evaluator_group=group.value, body=body or "", since=now))
        session.flush()
        _note(session, "evaluation.appoint", person_id, group, body, actor, now)
    return Membership(person_id, group, body)


def dismiss_member(
    session: Session, *, person_id: str, group: Group, body: str | None, actor: Actor, now: datetime
) -> None:
    """End a membership; marks already entered stay. Nothing happens when there is none."""
    actor.require(EvaluationPermission.MANAGE)
    row = session.get(MemberRow, (person_id, group.value, body or ""))
    if row is not None:
        session.delete(row)
        session.flush()
        _note(session, "evaluation.dismiss", person_id, group, body, actor, now)


def is_employed(session: Session, person_id: str, body: str) -> bool:
    """Whether the person works for the body, as far as the portal knows."""
    return any(
        one.body_code == body and one.kind is ConnectionKind.EMPLOYED and one.until is None
        for one in connections_of(session, person_id)
    )


def _note(
    session: Session, act: str, person_id: str, group: Group, body: str | None, actor: Actor, now: datetime
) -> None:
    details = {"group": group.value} | ({"body": body} if body else {})
    record(session, actor=actor, act=act, subject=person_id, details=details, now=now)
