"""A report under way: kept under the secret in its writer's cookie, for a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.cases.models import ReporterSession, StoredFile
from portal.cases.services import items, sessions
from portal.cases.values import MOST_PARTS, Channel, Details, Draft, Matter, Question, Subject, Wrong
from portal.config import Settings
from portal.foundation.clock import day_start
from portal.foundation.jobs import enqueue
from portal.foundation.reads import Ask
from portal.foundation.writes import Step

DRAFT = "draft"
MOST_FILES = 10


def start(session: Session, *, subject: Subject, secret: str | None, settings: Settings, now: datetime) -> str:
    """Begin a report about `subject`, or add it to what the one under way is about: nothing typed is lost.

    Returns the secret for the cookie.
    """
    found = _find(session, secret=secret, now=now, lock=True)
    if found is not None and secret is not None and not found[1].sent:
        about = with_another(found[1].subject, subject)
        _save(found[0], secret, replace(found[1], subject=about), until=_until(settings, now), now=now)
        return secret
    _, fresh = sessions.open_session(
        session,
        purpose=DRAFT,
        content=to_content(Draft(id="", subject=subject)),
        until=_until(settings, now),
        now=now,
    )
    return fresh


def write_down(session: Session, *, secret: str, settings: Settings, now: datetime, **answers: Any) -> None:
    """Keep what somebody else says under a secret that is there before: in the draft it opens, or a new one."""
    if save(session, secret=secret, settings=settings, now=now, **answers) is None:
        forget(session, secret=secret, now=now)
        content = to_content(replace(Draft(id="", subject=Subject()), **answers))
        sessions.open_session(
            session, purpose=DRAFT, content=content, secret=secret, until=_until(settings, now), now=now
        )


def with_another(subject: Subject, another: Subject) -> Subject:
    """Both together. Nothing is added that is there already, nor beyond MOST_PARTS; where nothing was named, the
    new one is all."""
    if not (another.body or another.service):
        return subject if subject.body or subject.service else another
    if len(subject.parts) >= MOST_PARTS:
        return subject
    return Subject.of([*subject.parts, another])


def find(session: Session, *, secret: str | None, now: datetime) -> Draft | None:
    found = sessions.read_session(session, purpose=DRAFT, secret=secret, now=now)
    return _from_content(*found) if found else None


def save(session: Session, *, secret: str, settings: Settings, now: datetime, **changes: Any) -> Draft | None:
    """Keep changed answers. None when the draft is over; a sent one is not changed."""
    found = _find(session, secret=secret, now=now, lock=True)
    if found is None:
        return None
    row, draft = found
    if not draft.sent:
        draft = replace(draft, **changes)
        _save(row, secret, draft, until=_until(settings, now), now=now)
    return draft


def discard(session: Session, *, secret: str | None, now: datetime) -> None:
    """Forget the draft and its files."""
    if secret is not None:
        forget(session, secret=secret, now=now)


def forget(session: Session, *, secret: str, now: datetime) -> None:
    """Nothing is left of what this secret opens, were it over or not, but files that a case has."""
    row_id = sessions.row_of(session, purpose=DRAFT, secret=secret)
    if row_id is None:
        return
    for file_id in session.scalars(select(StoredFile.id).where(StoredFile.draft_id == row_id)).all():
        drop_file(session, file_id=file_id, now=now)
    session.execute(delete(ReporterSession).where(ReporterSession.id == row_id))


def drop_file(session: Session, *, file_id: str, now: datetime) -> None:
    """Forget a file's row now and remove its sealed bytes once that is committed."""
    session.execute(delete(StoredFile).where(StoredFile.id == file_id))
    enqueue(session, "cases.remove-file", {"file": file_id}, due_at=day_start(now))


@dataclass(frozen=True, slots=True)
class Found:
    """A draft as it was read; how it lies `sealed`, which `finished` has to find unchanged; and, as of the same
    moment, `standing` and `edition` (see `sessions.Sealed`)."""

    draft: Draft
    sealed: bytes
    standing: str
    edition: int


def read(ask: Ask, *, secret: str | None, now: datetime) -> Found | None:
    found = sessions.read_sealed(ask, purpose=DRAFT, secret=secret, now=now)
    if found is None:
        return None
    return Found(_from_content(found.row_id, found.content), found.sealed, found.standing, found.edition)


def finished(draft: Draft, secret: str, *, was: bytes, code: str, now: datetime, settings: Settings) -> Step:
    """What was typed is gone from the draft; the code stays for a few minutes, for the page that shows it.

    A draft that was sent or changed meanwhile is not touched by the step.
    """
    done = to_content(Draft(id=draft.id, subject=Subject(), code=code))
    until = now + timedelta(minutes=settings.mailbox_idle_minutes)
    return sessions.replaced(draft.id, secret, done, purpose=DRAFT, until=until, now=now, was=was)


def lock(session: Session, *, secret: str | None, now: datetime) -> tuple[ReporterSession, Draft] | None:
    """The draft, for one request at a time."""
    return _find(session, secret=secret, now=now, lock=True)


def subject_content(subject: Subject) -> list[Any]:
    """What is sealed of it; a subject of one part looks as it did before there could be more."""
    alone = [subject.body, subject.indicator, subject.period, subject.service, subject.edition]
    return [*alone, [subject_content(one) for one in subject.more]] if subject.more else alone


def to_subject(content: Sequence[Any]) -> Subject:
    body, indicator, period, service, edition, *more = content
    return Subject(body, indicator, period, service, edition, tuple(map(to_subject, *more)) if more else ())


def details_content(details: Details) -> dict[str, Any]:
    return {
        "said": {one.value: text for one, text in details.said},
        "wrongs": [one.value for one in details.wrongs],
    }


def to_details(content: Mapping[str, Any]) -> Details:
    """The answers in a draft or a report; in those from before, what was said of one's own matter."""
    kept = content.get("details")
    if kept is not None:
        told = kept["said"]
        said = tuple((one, told[one.value]) for one in Question if told.get(one.value)) if told else ()
        return Details(said, tuple(map(Wrong, kept["wrongs"])))
    own = content.get("own") or {}
    said = tuple((one, own[one.value]) for one in Question if own.get(one.value))
    return Details(said, (Wrong.RATING,) if own.get("never_rated") else ())


def to_content(draft: Draft) -> dict[str, Any]:
    return {
        "subject": subject_content(draft.subject),
        "matter": draft.matter,
        "details": details_content(draft.details),
        "what": draft.what,
        "how": draft.how,
        "names": draft.names,
        "bodies": list(draft.bodies),
        "outside_only": draft.outside_only,
        "identity": draft.identity,
        "files": [items.file_content(file) for file in draft.files],
        "code": draft.code,
        "channel": draft.channel,
    }


def _from_content(row_id: str, content: dict[str, Any]) -> Draft:
    return Draft(
        id=row_id,
        subject=to_subject(content["subject"]),
        matter=Matter(content["matter"]) if content.get("matter") else None,
        details=to_details(content),
        what=content["what"],
        how=content["how"],
        names=content["names"],
        bodies=tuple(content["bodies"]),
        outside_only=content["outside_only"],
        identity=content.get("identity", ""),
        files=tuple(items.to_file(file) for file in content["files"]),
        code=content["code"],
        channel=Channel(content.get("channel", Channel.WEB)),
    )


def _find(
    session: Session, *, secret: str | None, now: datetime, lock: bool
) -> tuple[ReporterSession, Draft] | None:
    found = sessions.find_session(session, purpose=DRAFT, secret=secret, now=now, lock=lock)
    return (found[0], _from_content(found[0].id, found[1])) if found else None


def _save(row: ReporterSession, secret: str, draft: Draft, *, until: datetime, now: datetime) -> None:
    sessions.reseal(row, secret, to_content(draft), until=until, now=now)


def _until(settings: Settings, now: datetime) -> datetime:
    return now + timedelta(hours=settings.draft_hours)
