"""A request arrives from somebody without an account, who keeps a follow-up code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.crypto import hmac_digest
from portal.foundation.i18n import N_, Message, message
from portal.foundation.ids import random_bytes
from portal.foundation.jobs import enqueue
from portal.foundation.keys import KeyRing
from portal.foundation.text import plain
from portal.publishing.asking import RequestState
from portal.publishing.errors import RequestRefused
from portal.publishing.models import FigureRequest
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.asking.kept import SCREEN, end_of, require_words, start_of
from portal.publishing.services.asking.telling import OVERDUE
from portal.registry import queries as registry

SCREEN_WITHIN = 2
SYMBOLS = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Received:
    """What the sender is shown once. The code opens the state of this one request and nothing else."""

    reference: str
    code: str | None


def send_request(
    session: Session,
    *,
    submission: str,
    text: str,
    body: str | None,
    keys: KeyRing,
    calendar: WorkingDays,
    working_days: int,
    now: datetime,
) -> Received:
    """Take a request in. The same submission sent twice is one request; its code is shown the first time only.

    Raises RequestRefused naming what cannot be used.
    """
    known = session.scalar(select(FigureRequest).where(FigureRequest.submission == submission))
    if known is not None:
        return Received(known.reference, None)
    words = plain(text)
    require_words(words)
    if body and registry.find_body(session, body) is None:
        raise RequestRefused(
            N_("There is no such body."), {"body": Message(N_("Choose a body from the list, or leave it open."))}
        )
    reference, code, today = f"R-{_symbols(6)}", _symbols(16), now.date()
    due_on = calendar.after(today, working_days)
    session.add(
        FigureRequest(
            reference=reference,
            submission=submission,
            code_digest=_digest(keys.get("lookup"), code),
            state=RequestState.RECEIVED,
            body=body or None,
            text=words,
            received_on=today,
            due_on=due_on,
            overdue=False,
        )
    )
    session.flush()
    duties.open_duty(
        session,
        kind=SCREEN,
        subject=f"request:{reference}",
        title=message(N_("Read the request {reference} before it appears"), reference=reference),
        address=f"/desk/requests/{reference}",
        permission=PublishingPermission.SCREEN_REQUESTS,
        due_at=end_of(calendar.after(today, SCREEN_WITHIN)),
        now=start_of(today),
    )
    enqueue(session, OVERDUE, {"request": reference}, due_at=end_of(due_on))
    return Received(reference, grouped(code))


def find_by_code(session: Session, *, code: str, keys: KeyRing) -> str | None:
    """The reference of the request this follow-up code belongs to, None when it belongs to none."""
    read = "".join(symbol for symbol in code.lower() if symbol in SYMBOLS)
    digests = [_digest(key, read) for key in keys.every("lookup")]  # a code given out under an older key holds
    return session.scalar(select(FigureRequest.reference).where(FigureRequest.code_digest.in_(digests)))


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _symbols(count: int) -> str:
    """Even draws from the symbols: bytes that would favour some are drawn again."""
    found = ""
    while len(found) < count:
        found += "".join(SYMBOLS[byte % 30] for byte in random_bytes(count) if byte < 240)
    return found[:count]


def _digest(key: bytes, code: str) -> bytes:
    return hmac_digest(key, b"figure-request" + code.encode())
