"""A body answers a masked extract before a finding goes against it; `cases.hearing` says when it was heard, and
`heard` which of several still has to be.

An officer writes the extract; nothing of the report itself leaves the case. It lies under a server key until the
body has answered or its time is over, and is then forgotten here; the case keeps it, and the answer, like other
notes. Whoever is connected learns by it that something is looked at, and by nothing before it. Whom the reporter
named as people who must not see the report is not asked: who may answer is settled when the extract is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.audit.services import record
from portal.audit.values import case_chain
from portal.cases import sealing
from portal.cases.errors import AnsweredBefore, AnswerLate, NobodyAnswers, NoSuchCase
from portal.cases.models import Case, HearingReaderRow, HearingRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    access,
    casework,
    deadlines,
    heard,
    items,
    reminders,
    trail,
    upkeep,
)
from portal.cases.services.access import Officer
from portal.cases.values import ItemKind, Says
from portal.config import Settings
from portal.duties import services as duties
from portal.foundation import crypto, ids
from portal.foundation.actor import Actor
from portal.foundation.clock import day_start
from portal.foundation.i18n import N_, Message
from portal.foundation.keys import KeyRing

ANSWER = "case-body-answer"
KEY = "evidence"


@dataclass(frozen=True, slots=True)
class Extract:
    """What the body's people see: a text, and by when they may answer. It names no case."""

    id: str
    body: str
    asked_on: date
    due_on: date
    answered_on: date | None
    text: str | None


def on_reopened(session: Session, case: Case, *, today: date) -> None:
    """What a body said before belongs to what was found then: it is heard anew, unless it may still answer."""
    over = HearingRow.answered_on.is_not(None) | (HearingRow.due_on < today)
    session.execute(update(HearingRow).where(HearingRow.case_id == case.id, over).values(earlier=True))


def ask_body(
    session: Session,
    *,
    case_id: str,
    text: str,
    submission: str,
    body: str | None = None,
    officer: Officer,
    keys: KeyRing,
    now: datetime,
) -> None:
    """Put an extract before the people of one body; without `body`, of the first that can be asked.

    Raises NoSuchCase, WrongState, NobodyAnswers, and Invalid for a text that holds words masked in the case, or a
    sentence of the reporter's.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    body = heard.require_askable(session, case, body, now=now)
    people = [one.id for one in heard.who_may_answer(session, case, body, officer=officer, now=now)]
    if not people:
        raise NobodyAnswers
    heard.require_fit(session, case, officer=officer, text=text)
    says = {"says": Says.EXTRACT.value, "body": body}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=says)
    row = HearingRow(
        id=ids.new_id(),
        case_id=case.id,
        body_code=body,
        asked_on=now.date(),
        due_on=deadlines.body_answer_by(now.date(), officer.settings),
        sealed=b"",
    )
    row.sealed = crypto.aead_seal(_key(keys.get(KEY)), sealing.pack({"text": text}), _bound(row.id))
    session.add(row)
    session.flush()
    session.add_all(HearingReaderRow(hearing_id=row.id, person_id=one, case_id=case.id) for one in people)
    session.flush()
    duties.open_duty(
        session,
        kind=ANSWER,
        subject=row.id,
        title=Message(N_("The office asks your body for an answer")),
        address=f"/desk/asked/{row.id}",
        people=people,
        due_at=reminders.end_of(row.due_on, now),
        now=day_start(now),
    )
    trail.note(session, case, officer, "cases.ask-body", now, body=body)


def asked_of(session: Session, *, actor: Actor, keys: KeyRing, now: datetime) -> tuple[Extract, ...]:
    """What this person was asked for the bodies that employ them, the newest first."""
    actor.require(CasesPermission.ANSWER)
    bodies = accounts.employers_of(session, person_id=actor.person_id, at=now)
    asked = select(HearingReaderRow.hearing_id).where(HearingReaderRow.person_id == actor.person_id)
    query = select(HearingRow).where(HearingRow.body_code.in_(sorted(bodies)), HearingRow.id.in_(asked))
    rows = session.scalars(query.order_by(HearingRow.asked_on.desc(), HearingRow.id))
    return tuple(_extract(row, keys, now) for row in rows)


def get_asked(session: Session, *, hearing_id: str, actor: Actor, keys: KeyRing, now: datetime) -> Extract:
    """Raises NoSuchCase when there is none for this person."""
    found = (one for one in asked_of(session, actor=actor, keys=keys, now=now) if one.id == hearing_id)
    extract = next(found, None)
    if extract is None:
        raise NoSuchCase
    return extract


def answer(
    session: Session, *, hearing_id: str, text: str, actor: Actor, keys: KeyRing, settings: Settings, now: datetime
) -> None:
    """The body's answer goes into the case, once, and is kept nowhere else.

    Raises NoSuchCase, AnsweredBefore, AnswerLate.
    """
    get_asked(session, hearing_id=hearing_id, actor=actor, keys=keys, now=now)
    row = session.get_one(HearingRow, hearing_id, with_for_update=True)
    if row.answered_on is not None:
        raise AnsweredBefore(row.answered_on)
    if not row.sealed or row.due_on < now.date():
        raise AnswerLate(row.due_on)
    case = session.get_one(Case, row.case_id, with_for_update=True)
    # whoever answers holds no key of the case: a new epoch needs public keys alone
    fresh = upkeep.remove_departed(session, case, settings=settings, now=now) or upkeep.change_lock(
        session, case, without=(), settings=settings, now=now
    )
    content = {"text": text, "author": actor.person_id, "says": Says.BODY_ANSWER.value, "body": row.body_code}
    items.add_item(session, case_id=case.id, keys=fresh, kind=ItemKind.NOTE, content=content, day=now.date())
    row.answered_on, row.sealed = now.date(), b""
    session.flush()
    duties.close_duty(session, kind=ANSWER, subject=row.id)
    record(
        session,
        actor=actor,
        act="cases.body-answered",
        subject=case.id,
        now=now,
        chain=case_chain(case.id),
    )


def forget_over(session: Session, *, today: date) -> None:
    """What a body did not answer in its time is no longer shown to it."""
    over = HearingRow.due_on < today
    for row in session.scalars(select(HearingRow).where(over, HearingRow.answered_on.is_(None))):
        row.sealed = b""
        duties.close_duty(session, kind=ANSWER, subject=row.id)
    session.flush()


def _extract(row: HearingRow, keys: KeyRing, now: datetime) -> Extract:
    text = None
    if row.sealed and row.answered_on is None and now.date() <= row.due_on:
        text = _open(row, keys)
    return Extract(row.id, row.body_code, row.asked_on, row.due_on, row.answered_on, text)


def _open(row: HearingRow, keys: KeyRing) -> str:
    for key in keys.every(KEY):
        try:
            opened = crypto.aead_open(_key(key), row.sealed, _bound(row.id))
        except crypto.CannotOpen:
            continue
        return str(sealing.unpack(opened)["text"])
    raise crypto.CannotOpen


def _key(key: bytes) -> bytes:
    return crypto.hkdf(key, "gongping hearing of a body 1")


def _bound(hearing_id: str) -> bytes:
    return f"gongping hearing of a body 1|{hearing_id}".encode()
