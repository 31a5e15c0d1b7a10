"""What went before a body and what follows it, on its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.readings import PublishedBody, PublishedIndicator
from portal.registry.values import EndedHow
from portal.web.words import name


@dataclass(frozen=True)
class Life:
    """What went before a body and what follows it; `former` has what a renamed body's code still shows."""

    following: Mapping[str, PublishedBody]
    before: tuple[PublishedBody, ...]
    former: Mapping[str, Sequence[PublishedIndicator]]


def life_of(session: Session, body: PublishedBody, n: int) -> Life:
    before = queries.predecessors(session, body.code, edition=n)
    former = {}
    for one in before:
        figures = queries.figures_of(session, one.code, edition=n)
        named = queries.indicators_named(session, {figure.key.indicator for figure in figures}, edition=n)
        former[one.code] = sorted(named.values(), key=lambda indicator: name(indicator.names))
    following = queries.bodies_named(session, body.ended.into if body.ended else (), edition=n)
    return Life(following, before, former)


def renamed_to(body: PublishedBody) -> str | None:
    """The code under which a renamed body goes on: its old address leads there."""
    if body.ended is None or body.ended.how is not EndedHow.RENAMED:
        return None
    return body.ended.into[0]
