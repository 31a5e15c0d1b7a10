"""The invented body evaluated in two cycles, so that it can be read against its own past."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.evaluation import services
from portal.evaluation.values import Element, Group
from portal.foundation.context import Portal
from portal.front.demo.people import INVENTED_BODY, Account, acting
from portal.publishing.services import append_waiting
from portal.ratings.values import month_of

# who marks what, for which group; and the marks they gave, cycle by cycle
MARKERS = (
    ("body", Group.SELF, Element.ORGANISATIONAL_ABILITY),
    ("marker", Group.HIGHER_GOVERNMENT, Element.ORGANISATIONAL_ABILITY),
    ("committee", Group.COMMITTEE, Element.DEPARTMENT_PERFORMANCE),
)
MARKS = {"2024": ("88", "74", "81"), "2025": ("90", "79", "84")}
REASON = "The yearly result by the published method. 按公布方法得出的年度结果。"


def evaluate(portal: Portal, people: Mapping[str, Account]) -> None:
    """Open both cycles, mark, compute and publish them, each by two people."""
    now = portal.clock.now()
    with portal.database.write() as session:
        officer = acting(session, people["evaluator"])
        for key, group, _element in MARKERS:
            services.appoint_member(
                session,
                person_id=people[key].person_id,
                group=group,
                body=INVENTED_BODY if group.is_of_one_body else None,
                actor=officer,
                now=now,
            )
    for cycle in MARKS:
        with portal.database.write() as session:
            _open(session, cycle, people, now)
            _mark(session, cycle, people, now)
        with portal.database.write() as session:
            proposal = services.propose_result(
                session,
                cycle=cycle,
                body=INVENTED_BODY,
                reason=REASON,
                actor=acting(session, people["evaluator"]),
                now=now,
            )
        with portal.database.write() as session:
            approver = acting(session, people["approver"])
            services.publish_result(session, proposal_id=proposal.id, actor=approver, now=now)
        append_waiting(portal)


def _open(session: Session, cycle: str, people: Mapping[str, Account], now: datetime) -> None:
    """The newest cycle takes the ratings of the last closed months, an older one those of its own year."""
    newest = cycle == max(MARKS)
    last = now.replace(day=1) - timedelta(days=1)
    first = last - timedelta(days=365)
    services.open_cycle(
        session,
        code=cycle,
        names={"en": f"Evaluation of {cycle}", "zh_Hans": f"{cycle} 年度绩效评估"},
        period=cycle,
        ratings_from=month_of(first) if newest else f"{cycle}-01",
        ratings_until=month_of(last) if newest else f"{cycle}-12",
        bodies=[INVENTED_BODY],
        actor=acting(session, people["evaluator"]),
        now=now,
    )


def _mark(session: Session, cycle: str, people: Mapping[str, Account], now: datetime) -> None:
    for (key, group, element), value in zip(MARKERS, MARKS[cycle], strict=True):
        services.enter_mark(
            session,
            cycle=cycle,
            body=INVENTED_BODY,
            element=element,
            group=group,
            value=value,
            reason="Minutes and staffing records of the year. 依据全年会议纪要和人员记录。",
            actor=acting(session, people[key]),
            now=now,
        )
