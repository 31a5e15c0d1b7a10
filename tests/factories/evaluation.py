"""A body with published figures and ratings, its evaluators, and a cycle that evaluates it.

setting = an_evaluation(portal)       figures clean-parks 91.50 of 85 and late-permits 15 of 12 (fewer is better),
                                      80 ratings of the service permits, marks of the body and of government
edition = published_result(setting)   proposed by one person, published by another, really appended
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.evaluation import services
from portal.evaluation.queries import compute
from portal.evaluation.values import Element, Group
from portal.foundation.context import Portal
from portal.publishing.queries import current_edition
from portal.publishing.services import append_waiting
from portal.ratings.rules import summarise
from portal.ratings.values import Counts, Level
from portal.registry.values import Direction
from tests.factories import publishing as published
from tests.factories import registry
from tests.factories.accounts import Someone, person

CYCLE = "2022"


@dataclass(frozen=True)
class Setting:
    """A cycle with one body, and everybody who has a part in it."""

    portal: Portal
    officer: Someone
    approver: Someone
    own: Someone
    government: Someone
    cycle: str = CYCLE
    body: str = "DPR"


def people(portal: Portal) -> dict[str, Someone]:
    return {
        "officer": person(portal, roles=["evaluation-officer"], name="Eva Officer"),
        "approver": person(portal, roles=["evaluation-approver"], name="Abe Approver"),
        "own": person(portal, roles=["evaluator"], name="Olive Own"),
        "government": person(portal, roles=["evaluator"], name="Gus Government"),
    }


def a_body(portal: Portal, body: str = "DPR") -> None:
    """The body with its service and two indicators, in the register and published with figures and ratings."""
    with portal.database.write() as session:
        registry.body(session, body)
        registry.service(session, "permits", body)
        registry.indicator(session, "clean-parks", direction=Direction.UP)
        registry.indicator(session, "late-permits", direction=Direction.DOWN)
    published.append(
        portal,
        published.body(body),
        published.service(body=body),
        published.indicator(),
        published.indicator("late-permits", direction="down"),
        published.figure(body=body),
        published.figure(body=body, indicator="late-permits", target="12", actual="15"),
    )
    coded, uncoded = a_rating(0, 0, 0, 30, 20), a_rating(0, 0, 0, 10, 20)
    parts = {"with": coded, "without": uncoded}
    by_code = {name: {part: one[part] for part in ("n", "levels")} for name, one in parts.items()}
    rated = a_rating(0, 0, 0, 40, 40, body=body, by={"code": by_code})
    published.append(portal, rated, kind="ratings")


def a_rating(*counts: int, body: str = "DPR", **fields: Any) -> dict[str, Any]:
    """The statement the ratings room publishes of so many marks of level 1 to 5."""
    found = summarise(Counts(counts), threshold=10)  # type: ignore[arg-type]
    levels = {
        str(int(level)): {"share": one.share, "low": one.low, "high": one.high}
        for level, one in found.levels.items()
    }
    assert found.suppressed or set(found.levels) == set(Level)
    return {
        "t": "rating",
        "service": "permits",
        "body": body,
        "period": "2022-03",
        "suppressed": found.suppressed,
        "n": found.n,
        "levels": levels,
    } | fields


def a_cycle(portal: Portal, actor: Someone, *, code: str = CYCLE, **fields: Any) -> None:
    defaults: dict[str, Any] = {
        "names": {"en": f"Evaluation {code}", "zh_Hans": f"{code} 年度评估"},
        "period": "2022",
        "ratings_from": "2022-01",
        "ratings_until": "2022-12",
        "bodies": ["DPR"],
    }
    with portal.database.write() as session:
        services.open_cycle(session, code=code, actor=actor.actor, now=portal.clock.now(), **(defaults | fields))


def an_evaluation(portal: Portal, *, marks: bool = True) -> Setting:
    a_body(portal)
    setting = Setting(portal, **people(portal))
    a_cycle(portal, setting.officer)
    appoint(setting, setting.own, Group.SELF, "DPR")
    appoint(setting, setting.government, Group.HIGHER_GOVERNMENT)
    if marks:
        mark(setting, setting.own, Element.ORGANISATIONAL_ABILITY, Group.SELF, "90")
        mark(setting, setting.government, Element.ORGANISATIONAL_ABILITY, Group.HIGHER_GOVERNMENT, "60")
    return setting


def appoint(setting: Setting, someone: Someone, group: Group, body: str | None = None) -> None:
    with setting.portal.database.write() as session:
        services.appoint_member(
            session,
            person_id=someone.id,
            group=group,
            body=body,
            actor=setting.officer.actor,
            now=setting.portal.clock.now(),
        )


def mark(
    setting: Setting,
    someone: Someone,
    element: Element,
    group: Group,
    value: str,
    *,
    body: str = "DPR",
    reason: str = "As the records show.",
) -> None:
    with setting.portal.database.write() as session:
        services.enter_mark(
            session,
            cycle=setting.cycle,
            body=body,
            element=element,
            group=group,
            value=value,
            reason=reason,
            actor=someone.actor,
            now=setting.portal.clock.now(),
        )


def propose(setting: Setting, *, reason: str = "The yearly result.") -> str:
    with setting.portal.database.write() as session:
        proposal = services.propose_result(
            session,
            cycle=setting.cycle,
            body=setting.body,
            reason=reason,
            actor=setting.officer.actor,
            now=setting.portal.clock.now(),
        )
    return proposal.id


def publish(setting: Setting, proposal_id: str) -> int:
    """The second signature, and the appender; returns the edition that made the result public."""
    with setting.portal.database.write() as session:
        services.publish_result(
            session,
            proposal_id=proposal_id,
            actor=setting.approver.actor,
            now=setting.portal.clock.now(),
        )
    append_waiting(setting.portal)
    with setting.portal.database.read() as session:
        return current_edition(session).n


def published_result(setting: Setting, **fields: Any) -> int:
    return publish(setting, propose(setting, **fields))


def score_now(setting: Setting) -> Decimal | None:
    with setting.portal.database.read() as session:
        return compute(session, cycle=setting.cycle, body=setting.body).score.value
