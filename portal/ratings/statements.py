"""What the log says of a month: of each service, of the services of a body together, and of its answers.

A hidden group is null: no number, no digest, nothing that could be tried against a guess.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.publishing.values import cite
from portal.ratings.register import RatedService
from portal.ratings.rules import wilson
from portal.ratings.rules.answered import Answered
from portal.ratings.rules.answered_together import Together
from portal.ratings.rules.disclosure import Parted
from portal.ratings.rules.rolling import BodySaid, ServiceSaid
from portal.ratings.values import Counts, Level


@dataclass(frozen=True)
class Served:
    """How many matters of a service were settled in a month, and how many codes were handed out for them; None
    where nobody has told, or where they are fewer than the threshold."""

    transactions: int | None = None
    receipts: int | None = None

    def __bool__(self) -> bool:
        return self.transactions is not None or self.receipts is not None


def service_statement(
    service: RatedService,
    period: str,
    said: ServiceSaid,
    served: Served,
    *,
    threshold: int,
) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if said.shown:
        more["threshold"] = threshold
        more["by"] = {way: _parts(parts) for way, parts in sorted(said.ways.items())}
        more["questions"] = _parts(said.questions)
    if served:
        more["served"] = {"transactions": _text(served.transactions), "receipts": _text(served.receipts)}
    if said.aside:
        more["set_aside"] = {rule: str(count) for rule, count in sorted(said.aside.items())}
    about = {"t": "rating", "service": service.code, "body": service.body, "period": period}
    return {**about, "suppressed": not said.shown, **_group(said.whole if said.shown else None), **more}


def body_statement(
    body: str, period: str, said: BodySaid, services: Iterable[ServiceSaid], *, threshold: int
) -> dict[str, Any]:
    """`set_aside` adds up what is said of the services, and nothing else."""
    about = {"t": "rating-body", "body": body, "period": period, "covers": said.covers.value}
    group = _group(said.whole if said.shown else None)
    aside = [count for one in services for count in one.aside.values()]
    more = {"set_aside": {"findings": str(len(aside)), "ratings": str(sum(aside))}} if aside else {}
    return {**about, "threshold": threshold, "suppressed": not said.shown, **group, **more}


def answers_statement(
    service: str, body: str, period: str, said: Answered, *, as_of: date, threshold: int
) -> dict[str, Any]:
    """How the answers stand on a day that the body has owed for the service since a month."""
    return {
        "t": "rating-answers",
        "service": service,
        "body": body,
        "period": period,
        "as_of": as_of.isoformat(),
        "threshold": threshold,
        **_outcomes(said),
    }


def body_answers_statement(
    body: str, period: str, said: Together, *, as_of: date, threshold: int
) -> dict[str, Any]:
    """The same of a body's services together: of all, or of those of which something is said."""
    about = {"t": "rating-body-answers", "body": body, "period": period, "covers": said.covers.value}
    return {**about, "as_of": as_of.isoformat(), "threshold": threshold, **_outcomes(said.whole)}


def reply_statement(service: str, body: str, period: str, digest: str) -> dict[str, Any]:
    """What the body says about the ratings of a month; a later one stands in front of it."""
    return {"t": "rating-reply", "service": service, "body": body, "period": period, "text": cite(digest)}


def _outcomes(said: Answered) -> dict[str, Any]:
    return {
        "asked": str(said.asked),
        "came": {each.value: str(count) for each, count in said.came.items()},
        "ended": {each.value: str(count) for each, count in said.ended.items()},
    }


def _parts(parts: Parted) -> dict[str, Any]:
    return {name: _group(counts) if name in parts.shown else None for name, counts in sorted(parts.counts.items())}


def _group(counts: Counts | None) -> Mapping[str, Any]:
    if counts is None:
        return {"n": None, "levels": {}}
    shares = {level: wilson(counts.of(level), counts.n) for level in Level} if counts.n else {}
    return {
        "n": str(counts.n),
        "levels": {
            str(int(level)): {"share": one.share, "low": one.low, "high": one.high}
            for level, one in shares.items()
        },
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
