"""Requests for figures that are not here, as values.

Words: a *request* asks the office for a figure it does not publish; it is *screened* before anybody else
reads it, and *answered* within working days: yes (where and when), or no with a reason from the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.publishing.values import Text


class RequestState(StrEnum):
    """received: waits to be screened · refused: never public · open: public, waits for its answer ·
    proposed: an answer waits for the second person · answered: the answer is public."""

    RECEIVED = "received"
    REFUSED = "refused"
    OPEN = "open"
    PROPOSED = "proposed"
    ANSWERED = "answered"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


class Refusal(StrEnum):
    """Why a request does not become public."""

    PERSONAL = "personal-data"
    ABUSE = "abuse"
    NOT_A_REQUEST = "not-a-request"
    DUPLICATE = "duplicate"


class NoReason(StrEnum):
    """Why the office does not publish what was asked for."""

    NOT_HELD = "not-held"
    NOT_MEASURED = "not-measured"
    TOO_SMALL = "small-numbers"
    CONFIDENTIAL = "confidential"
    OTHER_BODY = "other-body"
    TOO_COSTLY = "too-costly"


class PublicState(StrEnum):
    """What the log says of a request."""

    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Drafted:
    """An answer as it is put forward. `figure` is body/indicator, `release` a slug, `expected` a day."""

    answer: Answer
    reason: NoReason | None
    words: str
    figure: str | None = None
    release: str | None = None
    expected: date | None = None


@dataclass(frozen=True)
class Request:
    """A request as the desk sees it."""

    reference: str
    state: RequestState
    body: str | None
    text: str
    received_on: date
    due_on: date
    refusal: Refusal | None
    drafted: Drafted | None
    proposal_id: str | None
    overdue: bool
    answered_at: datetime | None


@dataclass(frozen=True)
class PublicRequest:
    """A request as everybody reads it. `days` are the working days its answer took."""

    reference: str
    state: PublicState
    body: str | None
    text: Text
    received: date
    due: date
    answered: date | None
    days: int | None
    answer: Answer | None
    reason: NoReason | None
    words: Text | None
    figure: str | None
    release: str | None
    expected: date | None
    edition: int
    at: datetime
