"""How bodies answered low ratings, and what they say about their ratings."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.publishing.models import StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.visible import Said, all_below, newest
from portal.publishing.readings import Answers, BodyAnswers, RatingReply


def rating_answers(session: Session, service: str, *, edition: int) -> tuple[Answers, ...]:
    """The newest of each month, the latest month first."""
    latest: dict[str, Said] = {}
    for one in all_below(session, "rating-answers", service, edition):
        latest.setdefault(one.content["period"], one)
    return tuple(answers_of(latest[period]) for period in sorted(latest, reverse=True))


def body_answers(session: Session, body: str, *, edition: int) -> tuple[BodyAnswers, ...]:
    """The newest of each month of a body's services together, the latest month first."""
    found = newest(session, "rating-body-answers", edition, StatementRow.scope == body)
    return tuple(sorted(map(_body_answers, found), key=lambda one: one.period, reverse=True))


def rating_replies(session: Session, service: str, *, edition: int) -> tuple[RatingReply, ...]:
    """Every version of what the body said about each month, the latest first."""
    found = all_below(session, "rating-reply", service, edition)
    texts = texts_cited(session, (one.content["text"]["digest"] for one in found), edition=edition)
    said, versions = [], Counter[str]()
    for one in reversed(found):
        content = one.content
        versions[content["period"]] += 1
        said.append(
            RatingReply(
                service=content["service"],
                body=content["body"],
                period=content["period"],
                text=texts[content["text"]["digest"]],
                version=versions[content["period"]],
                edition=one.edition,
                at=one.at,
            )
        )
    return tuple(reversed(said))


def answers_of(one: Said) -> Answers:
    """What a statement says, as a value."""
    content = one.content
    return Answers(service=content["service"], **_counted(one))


def _body_answers(one: Said) -> BodyAnswers:
    return BodyAnswers(covers_all=one.content["covers"] == "all", **_counted(one))


def _counted(one: Said) -> dict[str, Any]:
    content = one.content
    return {
        "body": content["body"],
        "period": content["period"],
        "as_of": date.fromisoformat(content["as_of"]),
        "threshold": content["threshold"],
        "asked": int(content["asked"]),
        "came": {name: int(count) for name, count in content["came"].items()},
        "ended": {name: int(count) for name, count in content["ended"].items()},
        "edition": one.edition,
        "at": one.at,
    }
