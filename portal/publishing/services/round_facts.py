"""What a round asks: the facts given for it, checked, and one row for each value it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, Message, Names, message
from portal.publishing.collecting import RoundState, ValueState
from portal.publishing.errors import RoundRefused, RoundTaken
from portal.publishing.models import CollectedValue, CollectionRound
from portal.publishing.standing import Standing, figures_standing, statements_standing
from portal.publishing.values import FigureKey, ObsStatus
from portal.registry import queries as registry
from portal.registry.values import Indicator, Period


@dataclass(frozen=True)
class RoundFacts:
    """What a round asks: which bodies, which indicators, for which period, until when.

    Without indicators, each body is asked for what it published for the period before.
    `targets` are targets the office sets beforehand, by body and indicator; `reminders` are working days
    before the due moment.
    """

    slug: str
    names: Names
    period: str
    due_at: datetime
    bodies: Sequence[str]
    indicators: Sequence[str]
    reminders: Sequence[int] = (5, 1)
    targets: Mapping[tuple[str, str], str] = field(default_factory=dict)


def require_usable(session: Session, facts: RoundFacts, now: datetime) -> None:
    faults: dict[str, Message] = {}
    if not registry.is_code(facts.slug):
        faults["slug"] = Message(N_("Use letters A to Z, digits, hyphens and underscores only."))
    if not any(facts.names.values()):
        faults["title_en"] = Message(N_("Enter a name for the round in at least one language."))
    try:
        Period.parse(facts.period)
    except ValueError:
        faults["period"] = Message(N_("Enter a period such as 2026, 2026-27, 2026-Q1 or 2026-04."))
    if facts.due_at <= now:
        faults["due_at"] = Message(N_("Choose a moment in the future."))
    if any(not 0 <= days <= 60 for days in facts.reminders):
        faults["reminders"] = Message(N_("Give working days from 0 to 60, with commas between them."))
    for name, found in _unknown(session, facts):
        faults[name] = found
    if faults:
        raise RoundRefused(N_("The round cannot be opened like this."), faults)
    taken = session.get(CollectionRound, facts.slug) is not None
    if taken or statements_standing(session, "round", [facts.slug]):
        raise RoundTaken(message(N_("There is already a round with the code {slug}."), slug=facts.slug))


def _unknown(session: Session, facts: RoundFacts) -> Iterator[tuple[str, Message]]:
    bodies = {body.code for body in registry.list_bodies(session)}
    indicators = {one.code for one in registry.list_indicators(session)}
    for name, given, known in (("bodies", facts.bodies, bodies), ("indicators", facts.indicators, indicators)):
        wrong = sorted(set(given) - known)
        if not given and name == "bodies":
            yield name, Message(N_("Choose at least one."))
        elif wrong:
            yield name, message(N_("The register does not have {codes}."), codes=", ".join(wrong[:5]))


def cells_of(session: Session, facts: RoundFacts) -> list[dict[str, Any]]:
    """One row for each value asked for: with the last value known, and the target already settled."""
    standing = figures_standing(session, facts.bodies)
    last = _last_values(standing, facts.period)
    named = set(facts.indicators) or {code for _, code in last}
    wanted = {one.code: one for one in registry.list_indicators(session) if one.code in named}
    elsewhere = _asked_elsewhere(session, facts)
    cells = []
    for body in sorted(set(facts.bodies)):
        for code in sorted(wanted):
            if not facts.indicators and (body, code) not in last:
                continue
            if _is_asked(body, wanted[code], standing.get(FigureKey(body, code, facts.period))):
                if (body, code) in elsewhere:
                    raise RoundRefused(
                        N_("Another open round asks for the same."),
                        {
                            "indicators": message(
                                N_("{figure} is asked for by the open round {round}."),
                                figure=f"{body}/{code}/{facts.period}",
                                round=elsewhere[body, code],
                            )
                        },
                    )
                cells.append(_cell(facts, body, code, standing, last.get((body, code))))
    return cells


def _is_asked(body: str, indicator: Indicator, standing: Standing | None) -> bool:
    if indicator.body_code not in (None, body):
        return False
    if standing is None or standing.actual is None:
        return True
    return standing.obs_status == ObsStatus.PROVISIONAL


def _cell(
    facts: RoundFacts,
    body: str,
    indicator: str,
    standing: Mapping[FigureKey, Standing],
    last: Standing | None,
) -> dict[str, Any]:
    published = standing.get(FigureKey(body, indicator, facts.period))
    target = published.target if published and published.target else facts.targets.get((body, indicator))
    return {
        "round": facts.slug,
        "body": body,
        "indicator": indicator,
        "state": ValueState.EMPTY,
        "asked": {
            "last_period": last.key.period if last else None,
            "last": last.actual if last else None,
            "target": target,
        },
        "handed": 0,
    }


def _last_values(standing: Mapping[FigureKey, Standing], period: str) -> dict[tuple[str, str], Standing]:
    """The newest value before the period, of each body and indicator, among periods of the same length."""
    asked = Period.parse(period)
    found: dict[tuple[str, str], Standing] = {}
    earlier = [
        (parsed.sort_key, one)
        for one in standing.values()
        if one.actual is not None
        and (parsed := Period.parse(one.key.period)).type is asked.type
        and parsed.sort_key < asked.sort_key
    ]
    for _, one in sorted(earlier, key=lambda pair: pair[0]):
        found[one.key.body, one.key.indicator] = one
    return found


def _asked_elsewhere(session: Session, facts: RoundFacts) -> dict[tuple[str, str], str]:
    query = (
        select(CollectedValue.body, CollectedValue.indicator, CollectedValue.round)
        .join(CollectionRound, CollectionRound.slug == CollectedValue.round)
        .where(CollectionRound.state == RoundState.OPEN, CollectionRound.period == facts.period)
    )
    return {(body, indicator): slug for body, indicator, slug in session.execute(query)}
