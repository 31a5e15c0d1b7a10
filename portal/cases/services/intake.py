"""A finished draft becomes a case: keys are made, everything is sealed, officers are told that something waits.

Nothing here records who sent it; rows and duties carry the day alone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, String, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.cases import codes, rules
from portal.cases.errors import OwnConnection, ReportingClosed
from portal.cases.models import Case, Mailbox, StepRow, StoredFile
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.services import (
    deadlines,
    drafts,
    epochs,
    filings,
    holders,
    identities,
    items,
    reminders,
    trail,
    upkeep,
)
from portal.cases.services.access import Officer
from portal.cases.services.epochs import Holder
from portal.cases.values import CaseKind, CaseState, Channel, Draft, ItemKind, Lane, SentFile, Subject
from portal.config import Settings
from portal.foundation import crypto, ids
from portal.foundation.db import add_plain
from portal.foundation.keys import KeyRing
from portal.foundation.reads import Read


def _count(*conditions: ColumnElement[bool]) -> Read:
    """How many cases of a `day` fulfil some conditions, up to `most`."""
    found = select(Case.id).where(Case.received_on == bindparam("day"), *conditions).limit(bindparam("most"))
    return Read(select(func.count()).select_from(found.subquery()))


def _is(column: InstrumentedAttribute[str | None], name: str) -> ColumnElement[bool]:
    return column.is_not_distinct_from(bindparam(name, type_=String))


_TODAY = _count()
_SAME_BODY = _count(_is(Case.body_code, "body"), Case.indicator_code.is_(None))
_SAME = _count(
    _is(Case.body_code, "body"),
    _is(Case.indicator_code, "indicator"),
    _is(Case.period, "period"),
    _is(Case.service_code, "service"),
)


def keep_file(session: Session, *, secret: str, file: SentFile, settings: Settings, now: datetime) -> Draft | None:
    """Add a sealed upload to the draft. None when the draft is over or full; the caller then drops the file."""
    found = drafts.lock(session, secret=secret, now=now)
    if found is None or found[1].sent or len(found[1].files) >= drafts.MOST_FILES:
        return None
    row, draft = found
    session.add(StoredFile(id=file.id, draft_id=row.id, day=now.date()))
    return drafts.save(session, secret=secret, settings=settings, now=now, files=(*draft.files, file))


def remove_file(session: Session, *, secret: str, file_id: str, settings: Settings, now: datetime) -> None:
    """Take one file out of the draft; nothing happens when it holds no such file."""
    found = drafts.lock(session, secret=secret, now=now)
    if found is None or file_id not in {file.id for file in found[1].files}:
        return
    left = tuple(file for file in found[1].files if file.id != file_id)
    drafts.save(session, secret=secret, settings=settings, now=now, files=left)
    drafts.drop_file(session, file_id=file_id, now=now)


def send(session: Session, *, secret: str, keys: KeyRing, settings: Settings, now: datetime) -> bool:
    """File the report. Sending twice files it once. False when the draft is over.

    Raises ReportingClosed when too few officers may receive it, TooFewKeepers when no two of them could open who
    its writer is; the draft stays as it is.
    """
    found = drafts.lock(session, secret=secret, now=now)
    if found is None:
        return False
    row, draft = found
    if draft.sent:
        return True
    people = _receivers(session, draft, settings=settings, now=now)
    if not people:
        raise ReportingClosed
    code = codes.new_code()
    case = _file(
        session, draft, people, code=code, lookup_key=keys.get("lookup"), settings=settings, day=now.date()
    )
    reminders.on_received(session, case, people=[one.person_id for one in people], now=now)
    drafts.finish(row, secret, draft, code=code, now=now, settings=settings)
    return True


def enter(
    session: Session,
    *,
    draft: Draft,
    channel: Channel,
    submission: str,
    officer: Officer,
    keys: KeyRing,
    now: datetime,
) -> str | None:
    """File what came by letter, telephone or in person. Returns the code to hand over, which is kept nowhere.

    None when the same form was filed before. Raises OwnConnection, ReportingClosed.
    """
    officer.actor.require(CasesPermission.INTAKE)
    case_id = ids.id_of(crypto.sha256(f"gongping entered|{officer.id}|{submission}".encode())[:16])
    if session.get(Case, case_id) is not None:
        return None
    accused = holders.scope_of(draft.subject)
    if accused and holders.is_connected(session, person_id=officer.id, scopes=[accused], now=now):
        raise OwnConnection
    settings = officer.settings
    people = _receivers(session, draft, settings=settings, now=now)
    if not people:
        raise ReportingClosed
    code = codes.new_code()
    case = _file(
        session,
        draft,
        people,
        code=code,
        lookup_key=keys.get("lookup"),
        settings=settings,
        day=now.date(),
        case_id=case_id,
        channel=channel,
    )
    reminders.on_received(session, case, people=[one.person_id for one in people], now=now)
    trail.note(session, case, officer, "cases.enter", now, channel=channel.value)
    return code


def open_linked(
    session: Session, *, draft: Draft, case: Case, keys: KeyRing, settings: Settings, now: datetime
) -> str | None:
    """A case of its own about what was done to the writer of `case`'s report. Returns its code.

    None when too few officers may receive it. Whoever stepped aside from the first case gets no part of this one.
    """
    aside = upkeep.recused(session, case.id)
    found = _receivers(session, draft, settings=settings, now=now)
    known = draft.subject.body is not None
    people = rules.recipients(
        (one for one in found if one.person_id not in aside),
        names="",
        body_known=known,
        outside_only=draft.outside_only,
    )
    if not people:
        return None
    code, day = codes.new_code(), now.date()
    lookup_key = keys.get("lookup")
    made = _file(session, draft, people, code=code, lookup_key=lookup_key, settings=settings, day=day, of=case.id)
    for person_id in sorted(aside):
        upkeep.note_recusal(session, case_id=made.id, person_id=person_id, day=day)
    reminders.on_received(session, made, people=[one.person_id for one in people], now=now)
    return code


def _receivers(session: Session, draft: Draft, *, settings: Settings, now: datetime) -> tuple[Candidate, ...]:
    """Who may receive the report, as its writer wishes; nobody when they are too few."""
    return holders.receivers(
        session,
        subject=draft.subject,
        names=draft.names,
        bodies=draft.bodies,
        outside_only=draft.outside_only,
        settings=settings,
        now=now,
    )


def _file(
    session: Session,
    draft: Draft,
    people: tuple[Candidate, ...],
    *,
    code: str,
    lookup_key: bytes,
    settings: Settings,
    day: date,
    case_id: str | None = None,
    channel: Channel = Channel.WEB,
    of: str | None = None,
) -> Case:
    # before anything is written: a page answers the refusal
    keepers = identities.require_keepers(session, people) if draft.identity else ()
    subject = draft.subject
    case = Case(
        id=case_id or ids.new_id(),
        channel=channel,
        kind=subject.kind,
        matter=draft.meant,
        body_code=subject.body,
        indicator_code=subject.indicator,
        period=subject.period,
        service_code=subject.service,
        edition_seen=subject.edition,
        state=CaseState.RECEIVED,
        lane=_lane(session, subject, settings, day),
        files=len(draft.files),
        received_on=day,
        acknowledge_due_on=deadlines.acknowledge_by(day, settings),
        feedback_due_on=deadlines.feedback_by(day, settings),
    )
    salt = ids.random_bytes(16)
    reporter = codes.mailbox_keys(code, salt).public
    lookup = codes.lookup(code, lookup_key)
    first = StepRow(case_id=case.id, number=0, state=CaseState.RECEIVED, day=day)
    add_plain(session, case, first, Mailbox(case_id=case.id, lookup=lookup, salt=salt, public=reporter))
    sealers = [Holder(p.person_id, p.key_id, p.box_public, p.holder) for p in people]
    epoch = epochs.open_numbered(session, case_id=case.id, number=1, reporter=reporter, holders=sealers, day=day)
    content = _report(draft) | ({"retaliation_for": of} if of else {})
    parts = [(ItemKind.REPORT, content), *((ItemKind.FILE, items.file_content(file)) for file in draft.files)]
    rows = [
        items.sealed_item(ids.new_id(), case.id, at, keys=epoch, kind=kind, content=said, day=day)
        for at, (kind, said) in enumerate(parts, start=1)
    ]
    add_plain(session, *rows, filings.commitment(case_id=case.id, code=code, content=content, day=day))
    if draft.files:
        own = update(StoredFile).where(StoredFile.draft_id == draft.id)
        session.execute(own.values(draft_id=None, case_id=case.id))
    if draft.identity:
        identities.seal(session, case_id=case.id, text=draft.identity, keepers=keepers, day=day)
    return case


def _report(draft: Draft) -> dict[str, object]:
    """All that is filed: what the reporter said, about what, and the digest of each file."""
    return {
        "subject": drafts.subject_content(draft.subject),
        "matter": draft.meant.value,
        "own": drafts.own_content(draft.own),
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in draft.files],
        "what": draft.what,
        "how": draft.how,
        "names": draft.names,
        "bodies": list(draft.bodies),
        "outside_only": draft.outside_only,
    }


def _lane(session: Session, subject: Subject, settings: Settings, day: date) -> Lane:
    """In a flood no more is counted than what makes it one."""
    session.flush()
    daily, same_subject = settings.report_lane_daily, settings.report_lane_subject
    today, same = {"day": day.isoformat()}, 0
    received = _TODAY.rows(session, most=daily, **today)[0][0]
    if received < daily:
        about = {"body": subject.body, "most": same_subject}
        figure = {
            "indicator": subject.indicator,
            "period": subject.period,
            "service": subject.service,
        }
        query, more = (_SAME, figure) if subject.kind is CaseKind.FIGURE else (_SAME_BODY, {})
        same = query.rows(session, **today, **about, **more)[0][0]
    return rules.lane_for(
        received_today=received, received_today_same_subject=same, daily=daily, same_subject=same_subject
    )
