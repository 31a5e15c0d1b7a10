"""If these failed, a night would cost more with every month the portal grows older, or leave out a month that has
changed; or a mark would count in another month than the one the office was in."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.tables import parse_table
from portal.ratings import jobs, services
from portal.ratings.matters import import_matters
from portal.ratings.models import HeldRow
from portal.ratings.rules.integrity import Fired, Rule
from portal.ratings.services import findings, looking
from portal.ratings.services.folding import add_details, add_totals
from tests.conftest import Beginning, new_client
from tests.factories.accounts import person
from tests.factories.ratings import (
    OFFICER,
    fold,
    issue,
    leave_marks,
    publish_services,
    rate,
    with_permits_and_parks,
)
from tests.ratings.published import statements
from tests.ratings.test_integrity import propose, sign

JANUARY, FEBRUARY = "2026-01", "2026-02"


@pytest.fixture
def beginning() -> Beginning:
    return with_permits_and_parks


def waiting(portal: Portal, *, threshold: int = 10) -> list[str]:
    """The months that tonight would look at."""
    now = portal.local_now()
    with portal.database.read() as session:
        under = services.circumstances(session, threshold=threshold, now=now)
        return list(services.months_to_look_at(session, under=under, now=now))


@pytest.fixture
def looked_at(portal: Portal, clock: FixedClock) -> Portal:
    """January and February were rated and are over; every month has been looked at."""
    with portal.database.write() as session:
        add_totals(session, Counter({("permits", month, 5, False, "web"): 12 for month in (JANUARY, FEBRUARY)}))
    clock.at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert waiting(portal) == [JANUARY, FEBRUARY]
    assert len(jobs.run_publish(portal)) == 2
    assert waiting(portal) == []
    return portal


def test_a_day_of_this_month_lets_the_closed_months_rest(looked_at: Portal) -> None:
    leave_marks(looked_at, "permits", [4] * 12)
    fold(looked_at)
    assert waiting(looked_at) == [] and jobs.run_publish(looked_at) == ()


def test_whatever_is_counted_of_a_closed_month_has_it_looked_at_once(looked_at: Portal) -> None:
    with looked_at.database.write() as session:
        add_details(session, Counter({("permits", JANUARY, "web", "in-person/attitude", "5"): 1}))
    assert waiting(looked_at) == [JANUARY]
    jobs.run_publish(looked_at)
    assert waiting(looked_at) == []
    with looked_at.database.write() as session:
        table = parse_table("matters.csv", b"service_code,period,way,count\npermits,2026-02,online,90\n")
        import_matters(session, table, source="hall", actor=OFFICER, now=looked_at.clock.now())
    assert waiting(looked_at) == [FEBRUARY]
    jobs.run_publish(looked_at)
    assert statements(looked_at, "rating")[-1]["served"]["transactions"] == "90"
    assert waiting(looked_at) == []


def test_all_months_are_looked_at_when_something_else_is_so_for_all_of_them(
    looked_at: Portal, clock: FixedClock
) -> None:
    assert waiting(looked_at, threshold=20) == [JANUARY, FEBRUARY]
    publish_services(looked_at, "library")
    assert waiting(looked_at) == [JANUARY, FEBRUARY]
    jobs.run_publish(looked_at)
    assert {one["service"] for one in statements(looked_at, "rating")} == {"permits", "parks", "library"}
    clock.at = datetime(2026, 4, 1, 3, tzinfo=UTC)
    assert waiting(looked_at) == [JANUARY, FEBRUARY, "2026-03"]


def test_a_month_that_changes_while_it_is_looked_at_is_looked_at_again(looked_at: Portal) -> None:
    with looked_at.database.read() as session:
        seen = looking.mark_of(session, JANUARY)
    with looked_at.database.write() as session:
        looking.touch(session, [JANUARY])
    with looked_at.database.write() as session:
        looking.looked_at(session, [(JANUARY, seen)], under="whatever")
    assert waiting(looked_at) == [JANUARY]


def test_marks_that_are_let_in_again_have_their_month_looked_at(looked_at: Portal) -> None:
    fired = Fired(Rule.TOP_MARKS, {}, "web")
    with looked_at.database.write() as session:
        found = findings.set_aside(
            session, fired, service="permits", period=JANUARY, threshold=10, now=looked_at.clock.now()
        )
    assert found and waiting(looked_at) == [JANUARY]
    jobs.run_publish(looked_at)
    first, second = (person(looked_at, roles=["publisher"]).actor for _ in range(2))
    sign(looked_at, propose(looked_at, found, first, let_in=True), second)
    assert waiting(looked_at) == [JANUARY]


@pytest.mark.parametrize(
    ("moment", "month"),
    [(datetime(2026, 1, 31, 15, 59, tzinfo=UTC), JANUARY), (datetime(2026, 1, 31, 16, 0, tzinfo=UTC), FEBRUARY)],
)
def test_a_mark_counts_in_the_month_that_it_is_at_the_office(
    portal: Portal, clock: FixedClock, moment: datetime, month: str
) -> None:
    clock.at = moment
    (code,) = issue(portal, "permits")
    shanghai = portal.settings.model_copy(update={"time_zone": "Asia/Shanghai"})
    there = new_client(replace(portal, settings=shanghai))
    rate(there, "/rate/permits", level="5")
    rate(there, "/rate/permits", level="4", receipt=code)
    with portal.database.read() as session:
        held = session.execute(select(HeldRow.period, HeldRow.verified)).all()
    assert sorted(held) == [(month, False), (month, True)]


def test_the_fold_has_its_hour_by_the_clock_of_the_office(portal: Portal) -> None:
    (nightly,) = jobs.SCHEDULES
    shanghai = portal.settings.model_copy(update={"time_zone": "Asia/Shanghai"})
    early, due = datetime(2026, 1, 31, 18, 59, tzinfo=UTC), datetime(2026, 1, 31, 19, 0, tzinfo=UTC)
    yesterday = datetime(2026, 1, 30, 19, 0, tzinfo=UTC)
    assert not nightly.due(yesterday, early, shanghai) and nightly.due(yesterday, due, shanghai)
    assert not nightly.due(due, datetime(2026, 2, 1, 3, 0, tzinfo=UTC), shanghai)
