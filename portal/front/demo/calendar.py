"""The demonstration's calendar, a changed definition, and a reply: all of the invented body."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from portal.foundation.context import Portal
from portal.front.demo.people import INVENTED_BODY, Account, acting
from portal.publishing.calendar import CalendarState, When
from portal.publishing.services import append_waiting
from portal.publishing.services.calendar import PlanFacts, announce, approve_date, propose_date
from portal.publishing.services.redefining import approve_redefinition, propose_redefinition
from portal.publishing.services.replies import BODY, approve_reply, propose_reply
from portal.publishing.values import Cause, FigureKey
from portal.registry.queries import get_indicator

CONTACT = "Statistics desk of the invented office, releases@office.example"
HOLDS = {
    "en": "Plan review, inspections, unsafe buildings and the enquiry counter of the invented Riverside "
    "Building Office.",
    "zh_Hans": "虚构的河湾建筑局的方案审查、现场检查、危险建筑和咨询窗口指标。",
}


def plan_releases(portal: Portal, people: Mapping[str, Account]) -> None:
    """Four quarters ahead: the first confirmed and moved once, the others provisional, one given up."""
    start = portal.clock.now()
    quarters = [_quarter(start, ahead) for ahead in (1, 2, 3, 4)]
    before: str | None = "riverside-2025"
    for year, quarter in quarters:
        before = _announce(portal, people, year, quarter, before)
    year, quarter = quarters[0]
    slug = f"riverside-{year}-q{quarter}"
    at = datetime.combine(_month(year, quarter).replace(day=16), time(9, 30), UTC)
    _decide(portal, people, slug, CalendarState.CONFIRMED, at, "")
    reason = "The counter moved house in the last week of the quarter. 咨询窗口在季末一周搬迁。"
    _decide(portal, people, slug, CalendarState.CONFIRMED, at + timedelta(days=7), reason)
    year, quarter = quarters[3]
    reason = "Its figures will come with those of the whole year. 该季度数据将与全年数据一并发布。"
    _decide(portal, people, f"riverside-{year}-q{quarter}", CalendarState.CANCELLED, None, reason)
    append_waiting(portal)


def change_a_definition(portal: Portal, people: Mapping[str, Account]) -> None:
    """Waiting at the counter was measured otherwise from one edition on."""
    now = portal.clock.now()
    with portal.database.write() as session:
        kept = get_indicator(session, "RBO-COUNTER-WAIT")
        definition = {
            "en": "Minutes from entering the hall to being called; until now from drawing a number.",
            "zh_Hans": "从进入大厅到叫号的分钟数；此前从取号起计。",
        }
        proposal = propose_redefinition(
            session,
            indicator=replace(kept, definition=definition),
            cause=Cause.METHOD_CHANGE,
            reason="People waited in line before they could draw a number. 取号之前已有排队。",
            actor=acting(session, people["registrar"]),
            now=now,
        )
    with portal.database.write() as session:
        approve_redefinition(session, proposal_id=proposal.id, actor=acting(session, people["publisher"]), now=now)
    append_waiting(portal)


def reply(portal: Portal, people: Mapping[str, Account]) -> None:
    """The invented body says how its own error came about."""
    now = portal.clock.now()
    with portal.database.write() as session:
        proposal = propose_reply(
            session,
            figure=FigureKey(INVENTED_BODY, "RBO-UNSAFE", "2023"),
            text="Two buildings share an address and stood in two lists. Each building has a number of its own "
            "since then. 两栋建筑地址相同，曾被列入两份清单；此后每栋建筑均单独编号。",
            signed_by=BODY,
            actor=acting(session, people[WRITER]),
            now=now,
        )
    with portal.database.write() as session:
        approve_reply(session, proposal_id=proposal.id, actor=acting(session, people[SIGNER]), now=now)
    append_waiting(portal)


WRITER, SIGNER = "editor", "signer"


def _announce(portal: Portal, people: Mapping[str, Account], year: int, quarter: int, before: str | None) -> str:
    slug = f"riverside-{year}-q{quarter}"
    facts = PlanFacts(
        names={
            "en": f"Riverside Building Office, quarter {quarter} of {year} (invented)",
            "zh_Hans": f"河湾建筑局，{year} 年第 {quarter} 季度（虚构）",
        },
        period=f"{year}-Q{quarter}",
        holds=HOLDS,
        contact=CONTACT,
        follows=before,
    )
    with portal.database.write() as session:
        actor = acting(session, people["registrar"])
        when = When(f"{_month(year, quarter):%Y-%m}")
        announce(session, slug=slug, facts=facts, when=when, actor=actor, now=portal.clock.now())
    return slug


def _decide(
    portal: Portal,
    people: Mapping[str, Account],
    slug: str,
    state: CalendarState,
    at: datetime | None,
    reason: str,
) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        registrar = acting(session, people["registrar"])
        proposal = propose_date(session, slug=slug, state=state, at=at, reason=reason, actor=registrar, now=now)
    with portal.database.write() as session:
        approve_date(session, proposal_id=proposal.id, actor=acting(session, people["publisher"]), now=now)


def _month(year: int, quarter: int) -> date:
    """The second month after a quarter's end, in which its figures come out."""
    return date(year + quarter // 4, quarter % 4 * 3 + 2, 1)


def _quarter(start: datetime, ahead: int) -> tuple[int, int]:
    """The quarter that is running, and those after it."""
    place = start.year * 4 + (start.month - 1) // 3 + ahead - 1
    return place // 4, place % 4 + 1
