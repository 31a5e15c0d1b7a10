"""The reporter's way back: the code opens a mailbox for a few minutes, and messages go both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.cases import codes, rules
from portal.cases.errors import LockForged
from portal.cases.models import Case, Identity, Mailbox, ReporterSession
from portal.cases.sealing import EpochKeys
from portal.cases.services import (
    about,
    batches,
    decisions,
    epochs,
    filings,
    identities,
    items,
    letting_in,
    reminders,
    sessions,
    trail,
    upkeep,
)
from portal.cases.services.filings import OwnProof
from portal.cases.values import CaseState, Entry, Finding, ItemKind, MailboxView, open_questions
from portal.config import Settings
from portal.foundation import crypto
from portal.foundation.keys import KeyRing

MAILBOX = "mailbox"
_MOST_ASKED = 500  # at once, of a database
LONGEST = timedelta(hours=8)
"""However busy it is: whoever copied the cookie of a browser cannot keep a mailbox open by writing into it."""
_WORDS = (ItemKind.FROM_REPORTER, ItemKind.TO_REPORTER, ItemKind.FEEDBACK)


def enter(session: Session, *, code: str, keys: KeyRing, settings: Settings, now: datetime) -> str | None:
    """The secret of a mailbox session, or None for a code nobody was given. Raises LockForged."""
    wanted = [codes.lookup(code, key) for key in keys.every("lookup")]
    row = session.scalar(select(Mailbox).where(Mailbox.lookup.in_(wanted)))
    if row is None:
        return None
    pair = codes.mailbox_keys(code, row.salt)
    if not crypto.same(pair.public, row.public):
        return None
    epochs.require_own_key(row, settings)
    if len(wanted) > 1 and row.lookup != wanted[0]:
        row.lookup = wanted[0]  # a key from before is needed for those alone who have not come back since
    epochs.renew_stamps(session, row, box_private=pair.private, settings=settings)
    _, secret = sessions.open_session(
        session,
        purpose=MAILBOX,
        content={
            "case": row.case_id,
            "private": pair.private.hex(),
            "nonce": codes.filing_nonce(code).hex(),
            "ends": (now + LONGEST).isoformat(),
        },
        until=now + timedelta(minutes=settings.mailbox_idle_minutes),
        now=now,
    )
    return secret


def look(session: Session, *, secret: str | None, settings: Settings, now: datetime) -> MailboxView | None:
    """What the reporter may see, or None when the mailbox is shut."""
    found = _find(session, secret=secret, now=now)
    if found is None:
        return None
    content = found[1]
    case = session.get_one(Case, content["case"])
    private = bytes.fromhex(content["private"])
    keys = epochs.opened_by_reporter(session, case_id=case.id, box_private=private, settings=settings)
    opened = items.open_items(session, case_id=case.id, keys=keys, shared_only=True)
    entries = tuple(items.to_entry(one) for one in opened if one[0].kind in _WORDS)
    offer = letting_in.find(session, case, keys=keys, settings=settings, now=now)
    state, identity = CaseState(case.state), session.get(Identity, case.id)
    return MailboxView(
        subject=about.subject_of(session, case),
        state=state,
        finding=Finding(case.finding) if case.finding else None,
        received_on=case.received_on,
        acknowledged_on=case.acknowledged_on,
        decided_on=case.decided_on,
        closed_on=case.closed_on,
        answer_due_on=case.answer_due_on,
        feedback_due_on=case.feedback_due_on,
        extended=case.extended_on is not None,
        filed=filings.is_public(session, case.id),
        withdrawn_on=case.withdrawn_on,
        files=tuple(items.to_file(content) for row, content in opened if row.kind == ItemKind.FILE),
        entries=entries,
        may_withdraw=rules.may_withdraw(state=state, withdrawn=case.withdrawn_on is not None),
        may_rate=rules.may_rate(state=state, rated=is_rated(case, entries)),
        identity_given=identity is not None,
        identity_opened_on=identity.opened_on if identity else None,
        identity_told=identities.told_of(identity, keys),
        linked_code=found[1].get("linked"),
        linked_by=found[1].get("linked_by"),
        letting_in=None if offer is None else offer.says,
        dismissed_with_others=batches.why_closed(session, case),
    )


def _find(
    session: Session, *, secret: str | None, now: datetime, lock: bool = False
) -> tuple[ReporterSession, dict[str, Any]] | None:
    """The session of an open mailbox; None when it is shut, or its case was deleted meanwhile."""
    found = sessions.find_session(session, purpose=MAILBOX, secret=secret, now=now, lock=lock)
    return found if found and session.get(Case, found[1]["case"]) is not None else None


def is_rated(case: Case, entries: Iterable[Entry]) -> bool:
    """Whether the handling was judged since the newest finding."""
    since = case.decided_on
    return since is not None and any(one.kind is ItemKind.FEEDBACK and one.day >= since for one in entries)


def proof(session: Session, *, secret: str | None, settings: Settings, now: datetime) -> OwnProof | None:
    """The reporter's proof of filing, or None while the mailbox is shut or the root is not public yet."""
    found = _find(session, secret=secret, now=now)
    if found is None:
        return None
    case_id, nonce = found[1]["case"], found[1].get("nonce")
    private = bytes.fromhex(found[1]["private"])
    keys = epochs.opened_by_reporter(session, case_id=case_id, box_private=private, settings=settings)
    opened = items.open_items(session, case_id=case_id, keys=keys, shared_only=True)
    content = next(content for row, content in opened if row.kind == ItemKind.REPORT)
    known = bytes.fromhex(nonce) if nonce else None
    return filings.find_proof(session, case_id=case_id, nonce=known, content=content, portal=settings.origin)


def holds_code(session: Session, *, secret: str | None, text: str, keys: KeyRing, now: datetime) -> bool:
    """Whether a message gives a code away: this mailbox's own or that of the case linked to it, however they are
    written, or anybody's. Who reads it could open the mailbox."""
    found = _find(session, secret=secret, now=now)
    if found is None:
        return False
    every = keys.every("lookup")
    own = {session.get_one(Mailbox, found[1]["case"]).lookup}
    if "linked" in found[1]:
        own |= {codes.lookup(found[1]["linked"], key) for key in every}
    return codes.stands_in(text, lookups=frozenset(own), lookup_keys=every) or holds_any_code(
        session, text=text, keys=keys
    )


def holds_any_code(session: Session, *, text: str, keys: KeyRing) -> bool:
    """Whether the seven words of any report stand in a text."""
    wanted = [codes.lookup(one, key) for one in codes.possible_in(text) for key in keys.every("lookup")]
    parts = (wanted[at : at + _MOST_ASKED] for at in range(0, len(wanted), _MOST_ASKED))
    return any(session.scalar(select(Mailbox.case_id).where(Mailbox.lookup.in_(part))) for part in parts)


def write(
    session: Session,
    *,
    secret: str | None,
    text: str,
    answers: str | None = None,
    submission: str,
    settings: Settings,
    now: datetime,
) -> bool:
    """Add a message from the reporter and keep the mailbox open. False when it is shut already.

    `answers` names the question it answers; a name that is none of an open question is passed over.
    """
    way = take(session, secret=secret, settings=settings, now=now)
    if way is None:
        return False
    asked = {one.id for one in open_questions(way.entries(session))}
    more = {"answers": answers} if answers in asked else {}
    if way.add(session, {"text": text, **more}, submission=submission, settings=settings, now=now):
        object_to_dismissal(session, way.case, settings=settings, now=now)
        reminders.on_reporter_wrote(session, way.case, settings=settings, now=now)
    return True


def object_to_dismissal(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """Whatever a reporter says opens a report again that was dismissed with others, which nobody had to read."""
    if batches.why_closed(session, case) is None:
        return
    decisions.begin_anew(session, case, settings=settings, now=now)
    trail.note_by_itself(session, case, "cases.objected", now)


@dataclass
class Way:
    """An open mailbox, for one request at a time."""

    row: ReporterSession
    secret: str
    content: dict[str, Any]
    case: Case
    opened: dict[int, EpochKeys]

    def entries(self, session: Session) -> tuple[Entry, ...]:
        found = items.open_items(session, case_id=self.case.id, keys=self.opened, shared_only=True)
        return tuple(items.to_entry(one) for one in found if one[0].kind in _WORDS)

    def add(
        self,
        session: Session,
        content: Mapping[str, Any],
        *,
        kind: ItemKind = ItemKind.FROM_REPORTER,
        submission: str,
        settings: Settings,
        now: datetime,
    ) -> bool:
        """Seal one more thing from the reporter into the case, and keep the mailbox open.

        False when it is there already: the same form was sent twice.
        """
        known = items.is_there(session, case_id=self.case.id, submission=submission)
        fresh = upkeep.renew_lock(session, self.case, settings=settings, now=now)
        items.add_item(
            session,
            case_id=self.case.id,
            keys=fresh or self._newest(session),
            kind=kind,
            content=content,
            day=now.date(),
            submission=submission,
        )
        self.stay(settings=settings, now=now)
        return not known

    def _newest(self, session: Session) -> EpochKeys:
        """Raises LockForged where the newest epoch is none of the reporter's: it was made without them."""
        newest = epochs.newest(session, self.case.id)
        if newest not in self.opened:
            raise LockForged
        return self.opened[newest]

    def stay(self, *, settings: Settings, now: datetime) -> None:
        """Keep the mailbox open for some minutes more, though never longer than LONGEST after it was opened."""
        # opened by a portal that did not know an end: its hours begin now
        content = {"ends": (now + LONGEST).isoformat(), **self.content}
        ends = datetime.fromisoformat(content["ends"])
        until = min(now + timedelta(minutes=settings.mailbox_idle_minutes), ends)
        sessions.reseal(self.row, self.secret, content, until=until, now=now)


def take(session: Session, *, secret: str | None, settings: Settings, now: datetime) -> Way | None:
    """The mailbox this secret opened, locked with its case; None when it is shut."""
    found = _find(session, secret=secret, now=now, lock=True)
    if found is None or secret is None:
        return None
    row, content = found
    case = session.get_one(Case, content["case"], with_for_update=True)
    private = bytes.fromhex(content["private"])
    opened = epochs.opened_by_reporter(session, case_id=case.id, box_private=private, settings=settings)
    return Way(row, secret, content, case, opened)


def leave(session: Session, *, secret: str | None, now: datetime) -> None:
    found = sessions.find_session(session, purpose=MAILBOX, secret=secret, now=now, lock=True)
    if found is not None:
        session.execute(delete(ReporterSession).where(ReporterSession.id == found[0].id))
