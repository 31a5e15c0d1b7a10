"""Entering values, and answering what the office asked about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.values import ConnectionKind
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.publishing.collecting import Asked, Entry, RemarkKind, ValueState
from portal.publishing.errors import EntryRefused
from portal.publishing.models import CollectedValue, Remark
from portal.publishing.permissions import PublishingPermission
from portal.publishing.rules.entries import faults
from portal.publishing.rules.returns import moved
from portal.publishing.services.returns.own import note_act, open_return, require_own, tie, values_named
from portal.publishing.services.rounds import open_row


def enter_values(
    session: Session, *, slug: str, body: str, entries: Mapping[str, Entry], actor: Actor, now: datetime
) -> None:
    """Save drafts by indicator, all of them or none. Faults come as fields named `indicator.field`.

    Raises Forbidden, NoSuchRound, RoundNotOpen, NoSuchReturn, ReturnNotOpen, ValueNotOpen, EntryRefused.
    """
    require_own(session, actor, body, PublishingPermission.ENTER_VALUES, now=now)
    row = open_row(session, slug)
    open_return(session, slug, body)
    values = values_named(session, slug, body, entries)
    wrong = {
        f"{code}.{name}": found
        for code, entry in entries.items()
        for name, found in faults(entry, Asked(**values[code].asked)).items()
    }
    if wrong:
        raise EntryRefused(N_("Some of what you entered cannot be used."), wrong)
    for code, entry in entries.items():
        value = values[code]
        value.state = moved(ValueState(value.state), "enter")
        value.entry = with_target(entry, Asked(**value.asked)).stored
        value.entered_by, value.entered_at = actor.person_id, now
        value.settled = value.verified_by = value.verified_at = None
    session.flush()
    tie(session, row, body, actor, entries, ConnectionKind.ENTERED, now)
    note_act(session, "publishing.enter-values", slug, body, actor, now, {"values": str(len(entries))})


def answer_query(
    session: Session, *, slug: str, body: str, indicator: str, text: str, actor: Actor, now: datetime
) -> None:
    """Answer the office's question and stand by the value: it is put forward and signed again.

    Raises Forbidden, NoSuchReturn, ReturnNotOpen, ValueNotOpen, EntryRefused for an empty answer.
    """
    require_own(session, actor, body, PublishingPermission.ENTER_VALUES, now=now)
    row = open_row(session, slug)
    open_return(session, slug, body)
    value = values_named(session, slug, body, [indicator])[indicator]
    value.state = moved(ValueState(value.state), "answer")
    value.entered_by, value.entered_at = actor.person_id, now
    add_remark(session, value, RemarkKind.ANSWER, text, actor=actor, now=now)
    tie(session, row, body, actor, [indicator], ConnectionKind.ENTERED, now)
    note_act(session, "publishing.answer-query", slug, body, actor, now, {"indicator": indicator})


def with_target(entry: Entry, asked: Asked) -> Entry:
    """The entry with the target that was settled beforehand, as it was given then."""
    return entry if asked.target is None else replace(entry, target=asked.target)


def add_remark(
    session: Session, value: CollectedValue, kind: RemarkKind, text: str, *, actor: Actor, now: datetime
) -> None:
    """Raises EntryRefused for an empty text."""
    if not text.strip():
        raise EntryRefused(N_("Say it in words."), {"text": Message(N_("Write a sentence."))})
    session.add(
        Remark(
            round=value.round,
            body=value.body,
            indicator=value.indicator,
            kind=kind,
            text=text.strip(),
            by=actor.person_id,
            at=now,
        )
    )
    session.flush()
