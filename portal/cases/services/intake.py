"""A finished draft becomes a case: keys are made, everything is sealed, officers are told that something waits.

Nothing here records who sent it; rows and duties carry the day alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import bindparam, null, update
from sqlalchemy.orm import Session

from portal.cases import codes, rules
from portal.cases.errors import NothingSaid, ReportingClosed
from portal.cases.models import Case, Mailbox, StepRow, StoredFile
from portal.cases.rules import Candidate
from portal.cases.services import (
    about,
    deadlines,
    drafts,
    epochs,
    filings,
    holders,
    identities,
    items,
    lanes,
    reminders,
    upkeep,
)
from portal.cases.services.drafts import Found
from portal.cases.services.epochs import Holder
from portal.cases.values import CaseState, Channel, Draft, ItemKind, SentFile
from portal.config import Settings
from portal.foundation import ids
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.foundation.reads import Ask, asking
from portal.foundation.writes import Step, Write, into, run_all

_CASE = into(
    Case,
    *("id", "channel", "kind", "matter", "body_code", "indicator_code", "period", "service_code", "edition_seen"),
    *("further", "covered", "state", "lane", "files", "received_on", "acknowledge_due_on", "feedback_due_on"),
)
_STEP, _MAILBOX = into(StepRow), into(Mailbox)
_ITS_FILES = Write(
    update(StoredFile)
    .where(StoredFile.draft_id == bindparam("draft"))
    .values(draft_id=null(), case_id=bindparam("case"))
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

    Raises NothingSaid, ReportingClosed when too few officers may receive it, TooFewKeepers when no two of them
    could open who its writer is; the draft stays as it is.
    """
    ask = asking(session)
    found = drafts.read(ask, secret=secret, now=now)
    if found is None or found.draft.sent:
        return found is not None
    people = holders.receivers(session, found.draft, settings=settings, now=now)
    keepers = keepers_of(session, found.draft, people)
    first, *rest = _sending(ask, found, people, keepers, secret=secret, keys=keys, settings=settings, now=now)
    if first.run(session) == 1:
        run_all(session, rest)
        return True
    return drafts.find(session, secret=secret, now=now) is not None  # it was sent or deleted at the same moment


def send_by_itself(database: Database, *, secret: str, keys: KeyRing, settings: Settings, now: datetime) -> bool:
    """`send`, in a transaction of its own that begins when all is sealed; those of several threads end together.

    Between the reading and the writing somebody may lose the right to receive it, as they may a moment later:
    then their key to it goes as their keys to all cases do (`upkeep`).
    """
    with database.about_to_write():
        return _send_by_itself(database, secret=secret, keys=keys, settings=settings, now=now)


def _send_by_itself(database: Database, *, secret: str, keys: KeyRing, settings: Settings, now: datetime) -> bool:
    ask = database.read_alone
    with database.in_turn():
        found = drafts.read(ask, secret=secret, now=now)
        if found is None or found.draft.sent:
            return found is not None
        people = holders.receivers_known(database, found.draft, settings=settings, now=now, stamp=found.standing)
        keepers: tuple[Candidate, ...] = ()
        if found.draft.identity:
            with database.read() as session:
                keepers = keepers_of(session, found.draft, people)
        steps = _sending(ask, found, people, keepers, secret=secret, keys=keys, settings=settings, now=now)
    return database.write_steps(*steps) or drafts.read(ask, secret=secret, now=now) is not None


def keepers_of(session: Session, draft: Draft, people: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Those who could open who its writer is, where that is said."""
    return identities.require_keepers(session, people) if people and draft.identity else ()


def _sending(
    ask: Ask,
    found: Found,
    people: tuple[Candidate, ...],
    keepers: tuple[Candidate, ...],
    *,
    secret: str,
    keys: KeyRing,
    settings: Settings,
    now: datetime,
) -> tuple[Step, ...]:
    """All there is to write; the first step touches nothing when the draft is not what it was any more."""
    draft = found.draft
    if not draft.what:
        raise NothingSaid
    if not people:
        raise ReportingClosed
    code, lookup_key = codes.new_code(), keys.get("lookup")
    done = drafts.finished(draft, secret, was=found.sealed, code=code, now=now, settings=settings)
    _, steps = filing(ask, draft, people, keepers, code=code, lookup_key=lookup_key, settings=settings, now=now)
    return done, *steps


def open_linked(
    session: Session, *, draft: Draft, case: Case, keys: KeyRing, settings: Settings, now: datetime
) -> str | None:
    """A case of its own about what was done to the writer of `case`'s report. Returns its code.

    None when too few officers may receive it. Whoever stepped aside from the first case gets no part of this one.
    """
    aside = upkeep.recused(session, case.id)
    found = holders.receivers(session, draft, settings=settings, now=now)
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
    made, steps = filing(
        asking(session),
        draft,
        people,
        keepers_of(session, draft, people),
        code=code,
        lookup_key=keys.get("lookup"),
        settings=settings,
        now=now,
        of=case.id,
    )
    run_all(session, steps)
    for person_id in sorted(aside):
        upkeep.note_recusal(session, case_id=made, person_id=person_id, day=day)
    return code


def filing(
    ask: Ask,
    draft: Draft,
    people: tuple[Candidate, ...],
    keepers: tuple[Candidate, ...],
    *,
    code: str,
    lookup_key: bytes,
    settings: Settings,
    now: datetime,
    case_id: str | None = None,
    channel: Channel = Channel.WEB,
    of: str | None = None,
) -> tuple[str, tuple[Step, ...]]:
    """The id of the new case, and all there is to write of it: keys are made and everything is sealed here.

    It came on the day it is by the clock of `now`, the office's; the proof of filing counts days of UTC, as the
    log does.
    """
    day = now.date()
    subject, made = draft.subject, case_id or ids.new_id()
    place, acknowledge_by = (
        lanes.place(ask, subject, settings=settings, day=day),
        deadlines.acknowledge_by(day, settings),
    )
    case = {
        "id": made,
        "channel": channel,
        "kind": subject.kind,
        "matter": draft.meant,
        "body_code": subject.body,
        "indicator_code": subject.indicator,
        "period": subject.period,
        "service_code": subject.service,
        "edition_seen": subject.edition,
        "further": len(subject.more),
        "covered": True,
        "state": CaseState.RECEIVED,
        "lane": place.lane,
        "files": len(draft.files),
        "received_on": day,
        "acknowledge_due_on": acknowledge_by,
        "feedback_due_on": deadlines.feedback_by(day, settings),
    }
    salt = ids.random_bytes(16)
    reporter = codes.mailbox_keys(code, salt).public
    mailbox = {"case_id": made, "lookup": codes.lookup(code, lookup_key), "salt": salt, "public": reporter}
    mailbox["stamp"] = epochs.mailbox_stamp(made, reporter, settings=settings)
    sealers = [Holder(p.person_id, p.key_id, p.box_public, p.holder) for p in people]
    epoch, locked = epochs.new_epoch(
        case_id=made, number=1, reporter=reporter, holders=sealers, settings=settings, day=day
    )
    content = _report(draft) | ({"retaliation_for": of} if of else {})
    parts = [(ItemKind.REPORT, content), *((ItemKind.FILE, items.file_content(file)) for file in draft.files)]
    sealed = [
        items.sealed_item(ids.new_id(), made, at, keys=epoch, kind=kind, content=said, day=day)
        for at, (kind, said) in enumerate(parts, start=1)
    ]
    steps = [
        _CASE.step(case),
        _STEP.step({"case_id": made, "number": 0, "state": CaseState.RECEIVED, "day": day}),
        _MAILBOX.step(mailbox),
        *about.further(made, subject),
        *locked,
        items.add_sealed(*sealed),
        filings.commit(case_id=made, code=code, content=content, day=now.astimezone(UTC).date()),
    ]
    if draft.files:
        steps.append(_ITS_FILES.step({"draft": draft.id, "case": made}))
    if draft.identity:
        steps += identities.seal(case_id=made, text=draft.identity, keepers=keepers, day=day)
    steps += reminders.received(
        case_id=made,
        subject=subject,
        lane=place.lane,
        told=place.told,
        now=now,
        acknowledge_by=acknowledge_by,
        people=[one.person_id for one in people],
    )
    return made, tuple(steps)


def _report(draft: Draft) -> dict[str, object]:
    """All that is filed: what the reporter said, about what, and the digest of each file."""
    return {
        "subject": drafts.subject_content(draft.subject),
        "matter": draft.meant.value,
        "details": drafts.details_content(draft.details),
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in draft.files],
        "what": draft.what,
        "how": draft.how,
        "names": draft.names,
        "bodies": list(draft.bodies),
        "outside_only": draft.outside_only,
    }
