"""What a reporter can do in the mailbox besides writing: send files, step back, judge the handling, and say that
they were retaliated against. Like everything reporters do it leaves no audit row, and no time but the day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.models import StoredFile
from portal.cases.services import about, casework, decisions, intake, items, letting_in, mailbox, reminders, steps
from portal.cases.values import (
    CaseState,
    Draft,
    Finding,
    Handling,
    ItemKind,
    Matter,
    Retaliation,
    Says,
    SentFile,
    Subject,
)
from portal.config import Settings
from portal.foundation.keys import KeyRing

MOST_FILES = 30


def send_file(session: Session, *, secret: str | None, file: SentFile, settings: Settings, now: datetime) -> bool:
    """Add a sealed upload to the case. False when the mailbox is shut or the case is full; the caller drops it."""
    way = mailbox.take(session, secret=secret, settings=settings, now=now)
    if way is None or way.case.files >= MOST_FILES:
        return False
    session.add(StoredFile(id=file.id, case_id=way.case.id, day=now.date()))
    way.case.files += 1
    content = items.file_content(file)
    way.add(session, content, kind=ItemKind.FILE, submission=f"file|{file.id}", settings=settings, now=now)
    mailbox.object_to_dismissal(session, way.case, settings=settings, now=now)
    reminders.on_reporter_wrote(session, way.case, settings=settings, now=now)
    return True


def withdraw(
    session: Session, *, secret: str | None, text: str, submission: str, settings: Settings, now: datetime
) -> bool:
    """The reporter steps back; the case may go on without them. False when it is not open to them any more.

    The same form sent twice is taken once.
    """
    way = mailbox.take(session, secret=secret, settings=settings, now=now)
    if way is None:
        return False
    if items.is_there(session, case_id=way.case.id, submission=submission):
        return True
    state, withdrawn = CaseState(way.case.state), way.case.withdrawn_on is not None
    if not rules.may_withdraw(state=state, withdrawn=withdrawn):
        return False
    way.case.withdrawn_on = now.date()
    content = {"text": text, "says": Says.WITHDRAWS.value}
    way.add(session, content, submission=submission, settings=settings, now=now)
    return True


def let_in(session: Session, *, secret: str | None, settings: Settings, now: datetime) -> bool:
    """Let others read a report that nobody can read any more. False when shut, or there is nobody to let in."""
    way = mailbox.take(session, secret=secret, settings=settings, now=now)
    if way is None or not letting_in.open_to(session, way.case, keys=way.opened, settings=settings, now=now):
        return False
    way.stay(settings=settings, now=now)
    return True


def judge(
    session: Session,
    *,
    secret: str | None,
    level: Handling,
    text: str,
    submission: str,
    settings: Settings,
    now: datetime,
) -> bool:
    """What the reporter thinks of how they were dealt with; sealed like a message, the level as well.

    False when it is not asked any more. The same form sent twice is taken once.
    """
    way = mailbox.take(session, secret=secret, settings=settings, now=now)
    if way is None:
        return False
    if items.is_there(session, case_id=way.case.id, submission=submission):
        return True
    rated = mailbox.is_rated(way.case, way.entries(session))
    if not rules.may_rate(state=CaseState(way.case.state), rated=rated):
        return False
    content = {"text": text, "level": level.value}
    way.add(session, content, kind=ItemKind.FEEDBACK, submission=submission, settings=settings, now=now)
    return True


def report_retaliation(
    session: Session,
    *,
    secret: str | None,
    text: str,
    submission: str,
    keys: KeyRing,
    settings: Settings,
    now: datetime,
) -> Retaliation | None:
    """Somebody was punished for a report. Where it goes is decided by `rules.after_retaliation`. None when the
    mailbox is shut, or another form has made a case of its own meanwhile: the caller gives the words back.

    A case of its own gets seven words of its own, which the open mailbox shows until it shuts. Where too few
    officers may receive one, those who hold the first case are told instead.
    """
    way = mailbox.take(session, secret=secret, settings=settings, now=now)
    if way is None:
        return None
    if "linked" in way.content:
        return Retaliation.NEW_CASE if way.content.get("linked_by") == submission else None
    case = way.case
    finding = Finding(case.finding) if case.finding else None
    goes = rules.after_retaliation(state=CaseState(case.state), finding=finding)
    content = {"text": text, "says": Says.RETALIATION.value}
    if goes is Retaliation.NEW_CASE:
        first = casework.read_report(session, case, way.opened)
        draft = Draft(
            id="",
            subject=Subject.of(
                Subject(body, edition=case.edition_seen) for body in about.subject_of(session, case).bodies
            ),
            matter=Matter.OTHER,
            what=text,
            names=first.names,
            bodies=first.bodies,
            outside_only=first.outside_only,
        )
        code = intake.open_linked(session, draft=draft, case=case, keys=keys, settings=settings, now=now)
        if code is not None:
            way.content |= {"linked": code, "linked_by": submission}
            way.stay(settings=settings, now=now)
            return Retaliation.NEW_CASE
        goes = Retaliation.IN_CASE
    way.add(session, content, submission=submission, settings=settings, now=now)
    if goes is Retaliation.REOPENED:
        decisions.begin_anew(session, case, settings=settings, now=now)
        steps.move(session, case, rules.after("triage", CaseState.REOPENED), day=now.date())
    reminders.on_retaliation(session, case, settings=settings, now=now)
    return goes
