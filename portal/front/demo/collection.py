"""Two collection rounds of the invented body, one released and one late, and two requests for figures."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.front.demo.people import INVENTED_BODY, Account, acting
from portal.publishing.asking import Answer, Drafted
from portal.publishing.collecting import Entry
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    asking,
    checking,
    collected,
    prepare_release,
    publish_release,
    returns,
    rounds,
)
from portal.publishing.services.round_facts import RoundFacts
from portal.registry.services import upsert_indicator
from portal.registry.values import Direction, Indicator, Kind

FILED, REFUSED, DECIDED = "RBO-Q-FILED", "RBO-Q-REFUSED", "RBO-Q-DECIDED"
INDICATORS = (
    (FILED, "Permit applications filed in the quarter", "本季度收到的许可申请", "", Direction.NONE),
    (REFUSED, "Permit applications refused in the quarter", "本季度驳回的许可申请", "", Direction.NONE),
    (DECIDED, "Applications decided within the promised time", "按承诺时限作出决定的申请", "%", Direction.UP),
)
ENTRIES = {
    FILED: Entry(actual="1284", note="Counted on the day of filing. 按收件日统计。"),
    REFUSED: Entry(actual="97"),
    DECIDED: Entry(target="90", actual="88.4", numerator="1135", denominator="1284"),
}
ASKED = (
    "How many inspections were carried out without notice, by year? 每年进行了多少次不事先通知的检查？",
    "How long does the enquiry counter let people wait? 咨询窗口要等多久？",
)
People = Mapping[str, Account]
T = TypeVar("T")


def collect(portal: Portal, people: People) -> None:
    """Both rounds and the requests, act by act, as the people of the demonstration would do it."""
    now = portal.clock.now()
    done, late = _quarter_before(now, 2), _quarter_before(now, 1)
    _write(portal, lambda session: _register(session, now))
    _open(portal, people, done, due_at=now - timedelta(days=95))
    _hand_in(portal, people, _slug(done), at=now - timedelta(days=97))
    _check(portal, people, _slug(done), at=now - timedelta(days=94))
    _release(portal, people, done, now)
    _write(
        portal, lambda s: rounds.close_round(s, slug=_slug(done), actor=acting(s, people["registrar"]), now=now)
    )
    _open(portal, people, late, due_at=now - timedelta(days=5))
    _write(portal, lambda session: rounds.mark_overdue(session, slug=_slug(late), now=now))
    append_waiting(portal)
    _ask(portal, people, now)


def _register(session: Session, now: datetime) -> None:
    for code, english, chinese, unit, direction in INDICATORS:
        names = {"en": english, "zh_Hans": chinese}
        units = {"en": unit} if unit else {}
        one = Indicator(code, names, {}, units, direction, Kind.EXPECTED, INVENTED_BODY, None, None)
        upsert_indicator(session, one, actor=Actor.system(), now=now)


def _open(portal: Portal, people: People, period: str, *, due_at: datetime) -> None:
    due = due_at.replace(hour=16, minute=0, second=0, microsecond=0)
    facts = RoundFacts(
        slug=_slug(period),
        names={"en": f"Quarterly figures {period}", "zh_Hans": f"{period} 季度数据"},
        period=period,
        due_at=due,
        bodies=[INVENTED_BODY],
        indicators=[code for code, *_ in INDICATORS],
    )
    opened = due - timedelta(days=30)
    calendar = WorkingDays.of(portal.settings)
    _write(
        portal,
        lambda session: rounds.open_round(
            session, facts, calendar=calendar, actor=acting(session, people["registrar"]), now=opened
        ),
    )
    append_waiting(portal)


def _hand_in(portal: Portal, people: People, slug: str, *, at: datetime) -> None:
    def enter(session: Session) -> None:
        editor = acting(session, people["editor"])
        returns.enter_values(session, slug=slug, body=INVENTED_BODY, entries=ENTRIES, actor=editor, now=at)
        jump = portal.settings.jump_percent
        returns.put_forward(
            session,
            slug=slug,
            body=INVENTED_BODY,
            reason="From the register of applications. 依据申请登记簿。",
            jump_percent=jump,
            actor=editor,
            now=at,
        )

    _write(portal, enter)
    _write(
        portal,
        lambda session: returns.sign_return(
            session, slug=slug, body=INVENTED_BODY, actor=acting(session, people["signer"]), now=at
        ),
    )
    append_waiting(portal)


def _check(portal: Portal, people: People, slug: str, *, at: datetime) -> None:
    """The office takes two values as they are, and one with a change that everybody sees."""

    def check(session: Session) -> None:
        officer = acting(session, people["registrar"])
        for code in (FILED, DECIDED):
            checking.accept_value(session, slug=slug, body=INVENTED_BODY, indicator=code, actor=officer, now=at)
        checking.settle_value(
            session,
            slug=slug,
            body=INVENTED_BODY,
            indicator=REFUSED,
            entry=Entry(actual="101"),
            reason="Four refusals on appeal had been left out. 补入四件复议后驳回的申请。",
            actor=officer,
            now=at,
        )

    _write(portal, check)


def _release(portal: Portal, people: People, period: str, now: datetime) -> None:
    slug = _slug(period)
    names = {
        "en": f"Riverside quarterly figures {period} (invented)",
        "zh_Hans": f"河湾 {period} 季度数据（虚构）",
    }
    facts = ReleaseFacts(slug, names, "Handed in by the invented body", "CC0 1.0")

    def draft(session: Session) -> None:
        registrar = acting(session, people["registrar"])
        collected.draft_collected(session, slug=slug, facts=facts, actor=registrar, now=now)
        prepare_release(session, slug=slug, actor=registrar, now=now)

    _write(portal, draft)
    _write(
        portal,
        lambda session: publish_release(session, slug=slug, actor=acting(session, people["publisher"]), now=now),
    )
    append_waiting(portal)


def _ask(portal: Portal, people: People, now: datetime) -> None:
    """One request waits for its answer, the other one has it."""
    calendar = WorkingDays.of(portal.settings)
    received = now - timedelta(days=4)
    references = []
    for text in ASKED:
        sent = _write(
            portal,
            lambda session, text=text: asking.send_request(  # type: ignore[misc]
                session,
                submission=new_id(),
                text=text,
                body=INVENTED_BODY,
                keys=portal.keys,
                calendar=calendar,
                working_days=portal.settings.request_working_days,
                now=received,
            ),
        )
        references.append(sent.reference)
    for reference in references:
        _write(
            portal,
            lambda session, reference=reference: asking.publish_request(  # type: ignore[misc]
                session, reference=reference, actor=acting(session, people["moderator"]), now=received
            ),
        )
    append_waiting(portal)
    answer = Drafted(
        Answer.YES,
        None,
        "It is published each year, in minutes. 每年公布，以分钟计。",
        figure=f"{INVENTED_BODY}/RBO-COUNTER-WAIT",
    )
    _write(
        portal,
        lambda session: asking.propose_answer(
            session, reference=references[1], drafted=answer, actor=acting(session, people["registrar"]), now=now
        ),
    )
    _write(
        portal,
        lambda session: asking.publish_answer(
            session,
            reference=references[1],
            calendar=calendar,
            actor=acting(session, people["publisher"]),
            now=now,
        ),
    )
    append_waiting(portal)


def _write(portal: Portal, act: Callable[[Session], T]) -> T:
    with portal.database.write() as session:
        return act(session)


def _quarter_before(now: datetime, back: int) -> str:
    year, quarter = now.year, (now.month + 2) // 3 - back
    while quarter < 1:
        year, quarter = year - 1, quarter + 4
    return f"{year}-Q{quarter}"


def _slug(period: str) -> str:
    return f"riverside-{period.lower()}"
