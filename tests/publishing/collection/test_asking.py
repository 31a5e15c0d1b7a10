"""Whoever misses a figure asks for it, and reads in public how long the answer takes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from portal.app import create_runner
from portal.duties.calendar import WorkingDays
from portal.duties.errors import OwnProposal
from portal.duties.queries import duties_of
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing.asking import Answer, Drafted, NoReason, PublicRequest, PublicState, Refusal, RequestState
from portal.publishing.errors import NoSuchRequest, RequestNotOpen, RequestRefused
from portal.publishing.queries import current_edition
from portal.publishing.queries.asking import get_public_request, get_request, public_requests, queue
from portal.publishing.services import append_waiting, asking
from tests.factories.accounts import Someone, person

T = TypeVar("T")
CALENDAR = WorkingDays("CN")
TEXT = "How many building permits were refused, by district? 各区驳回了多少建筑许可？"
YES = Drafted(Answer.YES, None, "It comes with the yearly release.", expected=date(2026, 4, 30))


class Desk:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.moderator = person(portal, roles=["moderator"])
        self.registrar = person(portal, roles=["registrar"])
        self.publisher = person(portal, roles=["publisher"])

    def write(self, act: Callable[[Session], T]) -> T:
        with self.portal.database.write() as session:
            return act(session)

    def send(self, text: str = TEXT, submission: str = "one", body: str | None = None) -> asking.Received:
        return self.write(
            lambda session: asking.send_request(
                session,
                submission=submission,
                text=text,
                body=body,
                keys=self.portal.keys,
                calendar=CALENDAR,
                working_days=15,
                now=self.portal.clock.now(),
            )
        )

    def screened(self) -> str:
        reference = self.send().reference
        now = self.portal.clock.now()
        self.write(
            lambda session: asking.publish_request(
                session, reference=reference, actor=self.moderator.actor, now=now
            )
        )
        append_waiting(self.portal)
        return reference

    def propose(self, reference: str, drafted: Drafted = YES) -> None:
        now = self.portal.clock.now()
        self.write(
            lambda session: asking.propose_answer(
                session, reference=reference, drafted=drafted, actor=self.registrar.actor, now=now
            )
        )

    def approve(self, reference: str, by: Someone) -> None:
        now = self.portal.clock.now()
        self.write(
            lambda session: asking.publish_answer(
                session, reference=reference, calendar=CALENDAR, actor=by.actor, now=now
            )
        )
        append_waiting(self.portal)

    def public(self, reference: str) -> PublicRequest:
        with self.portal.database.read() as session:
            return get_public_request(session, reference, edition=current_edition(session).n)

    def pass_days(self, days: int) -> None:
        assert isinstance(self.portal.clock, FixedClock)
        self.portal.clock.at += timedelta(days=days)


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return Desk(portal)


def test_a_request_is_public_only_after_somebody_read_it(desk: Desk) -> None:
    received = desk.send()
    append_waiting(desk.portal)
    with desk.portal.database.read() as session:
        assert public_requests(session, edition=current_edition(session).n) == ()
        assert asking.find_by_code(session, code=received.code or "", keys=desk.portal.keys) == received.reference
        assert asking.find_by_code(session, code="aaaa-bbbb", keys=desk.portal.keys) is None
        desk.portal.keys.rotate("lookup")  # and a code that was given out goes on holding
        assert asking.find_by_code(session, code=received.code or "", keys=desk.portal.keys) == received.reference
    with pytest.raises(NoSuchRequest):
        desk.public(received.reference)


def test_the_clock_counts_working_days_and_knows_the_spring_festival(desk: Desk) -> None:
    """15 working days from Monday 9 February 2026: 14 and 28 February are worked, 15 to 23 are not."""
    reference = desk.screened()
    shown = desk.public(reference)
    assert (shown.state, shown.received, shown.due) == (PublicState.OPEN, date(2026, 2, 9), date(2026, 3, 6))
    assert shown.text.text == TEXT


def test_sent_twice_it_is_one_request_and_its_code_is_shown_once(desk: Desk) -> None:
    first, again = desk.send(), desk.send()
    assert (again.reference, again.code) == (first.reference, None)
    assert desk.send(submission="two").reference != first.reference


@pytest.mark.parametrize("text", ["", "short", "x" * 2001])
def test_what_cannot_be_a_request_is_refused_beside_its_field(desk: Desk, text: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        desk.send(text)
    assert "text" in refused.value.fields


def test_two_people_answer_and_everybody_reads_how_long_it_took(desk: Desk) -> None:
    reference = desk.screened()
    desk.pass_days(3)
    desk.propose(reference)
    assert desk.public(reference).state is PublicState.OPEN
    with pytest.raises((OwnProposal, Forbidden)):
        desk.approve(reference, desk.registrar)
    desk.approve(reference, desk.publisher)
    shown = desk.public(reference)
    assert (shown.state, shown.answer, shown.days) == (PublicState.ANSWERED, Answer.YES, 3)
    assert shown.words is not None
    assert shown.words.text == YES.words
    assert shown.expected == date(2026, 4, 30)


def test_an_overdue_answer_shows_after_the_last_day_and_not_before(desk: Desk) -> None:
    reference = desk.screened()
    runner = create_runner(desk.portal)
    desk.pass_days(25)
    runner.step()
    assert desk.public(reference).state is PublicState.OPEN
    desk.pass_days(1)
    runner.step()
    runner.step()
    assert desk.public(reference).state is PublicState.OVERDUE
    desk.propose(reference, Drafted(Answer.NO, NoReason.NOT_HELD, ""))
    desk.approve(reference, desk.publisher)
    shown = desk.public(reference)
    assert (shown.state, shown.answer, shown.reason) == (PublicState.ANSWERED, Answer.NO, NoReason.NOT_HELD)


@pytest.mark.parametrize(
    ("drafted", "named"),
    [
        (Drafted(Answer.NO, None, "No."), "reason"),
        (Drafted(Answer.YES, None, "Yes."), "expected"),
        (Drafted(Answer.YES, None, "", expected=date(2025, 1, 1)), "expected"),
        (Drafted(Answer.YES, None, "", figure="no/where"), "figure"),
        (Drafted(Answer.YES, None, "", release="none"), "release"),
    ],
)
def test_an_answer_says_where_when_or_why(desk: Desk, drafted: Drafted, named: str) -> None:
    reference = desk.screened()
    with pytest.raises(RequestRefused) as refused:
        desk.propose(reference, drafted)
    assert named in refused.value.fields


def test_a_refused_request_never_appears_and_says_why_under_its_code(desk: Desk) -> None:
    received = desk.send()
    now = desk.portal.clock.now()
    desk.write(
        lambda session: asking.refuse_request(
            session,
            reference=received.reference,
            refusal=Refusal.PERSONAL,
            actor=desk.moderator.actor,
            now=now,
        )
    )
    desk.pass_days(60)
    create_runner(desk.portal).step()
    append_waiting(desk.portal)
    with desk.portal.database.read() as session:
        assert get_request(session, received.reference).refusal is Refusal.PERSONAL
        assert public_requests(session, edition=current_edition(session).n) == ()
    with pytest.raises(RequestNotOpen):
        desk.propose(received.reference)


def test_the_queue_and_the_duties_lead_to_what_waits(desk: Desk) -> None:
    reference = desk.send().reference
    with desk.portal.database.read() as session:
        assert [one.reference for one in queue(session)] == [reference]
        now = desk.portal.clock.now()
        assert [one.kind for one in duties_of(session, desk.moderator.actor, now=now)] == [asking.SCREEN]
        assert duties_of(session, desk.registrar.actor, now=now) == ()
        assert get_request(session, reference).state is RequestState.RECEIVED
