"""A date that was promised is kept, or everybody reads why it was not."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.duties.errors import AlreadyProposed, OwnProposal
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing import queries
from portal.publishing.calendar import (
    TRANSITIONS,
    CalendarState,
    PlannedRelease,
    When,
    require_reason,
    require_transition,
)
from portal.publishing.errors import CalendarRefused, ReleaseNotOpen, ReleaseTaken
from portal.publishing.services.calendar import announce, approve_date, decline_date, propose_date, revise
from tests.factories.accounts import Someone, person
from tests.factories.calendar import FACTS, announced, confirmed, decide
from tests.factories.releases import figures_csv, line, publish

PROVISIONAL, CONFIRMED, PUBLISHED, CANCELLED = CalendarState
SLUG = "review-2022"


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"])


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"])


def planned(portal: Portal, slug: str = SLUG) -> PlannedRelease:
    with portal.database.read() as session:
        found = queries.find_planned(session, slug, edition=queries.current_edition(session).n)
    assert found is not None
    return found


@pytest.mark.parametrize(("old", "new"), list(itertools.product(CalendarState, CalendarState)))
def test_a_release_only_goes_where_the_table_lets_it(old: CalendarState, new: CalendarState) -> None:
    allowed = {
        (PROVISIONAL, PROVISIONAL),
        (PROVISIONAL, CONFIRMED),
        (PROVISIONAL, CANCELLED),
        (CONFIRMED, CONFIRMED),
        (CONFIRMED, PUBLISHED),
        (CONFIRMED, CANCELLED),
    }
    assert (new in TRANSITIONS[old]) is ((old, new) in allowed)
    if (old, new) in allowed:
        require_transition(old, new)
    else:
        with pytest.raises(ReleaseNotOpen):
            require_transition(old, new)


@pytest.mark.parametrize(
    ("old", "new", "ahead", "needed"),
    [
        (PROVISIONAL, CONFIRMED, timedelta(weeks=4), False),
        (PROVISIONAL, CONFIRMED, timedelta(weeks=4) - timedelta(minutes=1), True),
        (CONFIRMED, CONFIRMED, timedelta(weeks=20), True),
        (CONFIRMED, CANCELLED, None, True),
        (PROVISIONAL, CANCELLED, None, True),
    ],
)
def test_a_reason_is_published_where_readers_were_promised_otherwise(
    old: CalendarState, new: CalendarState, ahead: timedelta | None, needed: bool
) -> None:
    now = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
    at = None if ahead is None else now + ahead
    require_reason(old, new, at, "Because the source is late.", now)
    if needed:
        with pytest.raises(CalendarRefused) as refusal:
            require_reason(old, new, at, "  ", now)
        assert "reason" in refusal.value.fields
    else:
        require_reason(old, new, at, "", now)


@pytest.mark.parametrize("given", ["2027-03", "2027-03-15", "2027-03-15T01:30:00Z"])
def test_dates_are_written_in_one_way_each(given: str) -> None:
    assert When.parse(given).text == given


@pytest.mark.parametrize("given", ["2027", "2027-13", "2027-02-30", "15.3.2027", "2027-03-15T01:30", "", "soon"])
def test_what_is_no_date_is_none(given: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        When.parse(given)


def test_a_release_is_announced_by_one_and_confirmed_by_two(portal: Portal, registrar: Someone) -> None:
    announced(portal, registrar=registrar)
    assert (planned(portal).state, planned(portal).when.text) == (PROVISIONAL, "2026-06")
    at = confirmed(portal, registrar=registrar)
    found = planned(portal)
    assert (found.state, found.when.at, found.sequence) == (CONFIRMED, at, 1)
    assert [one.state for one in found.history] == [PROVISIONAL, CONFIRMED]


def test_nobody_confirms_their_own_date(portal: Portal) -> None:
    both = person(portal, roles=["registrar", "publisher"])
    announced(portal)
    with pytest.raises(OwnProposal):
        confirmed(portal, registrar=both, publisher=both)
    assert planned(portal).state is PROVISIONAL


def test_each_half_needs_its_right(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    with pytest.raises(Forbidden):
        announced(portal, registrar=publisher)
    announced(portal)
    with pytest.raises(Forbidden):
        confirmed(portal, registrar=publisher)
    with pytest.raises(Forbidden):
        confirmed(portal, publisher=person(portal, roles=["registrar"]))


def test_a_confirmed_time_moves_with_its_reason_in_everybodys_sight(portal: Portal) -> None:
    announced(portal)
    first = confirmed(portal)
    with pytest.raises(CalendarRefused):
        confirmed(portal, first + timedelta(days=7))
    confirmed(portal, first + timedelta(days=7), reason="The source is late.")
    found = planned(portal)
    assert found.was_moved
    assert [one.when.at for one in found.history] == [None, first, first + timedelta(days=7)]
    assert found.newest.reason is not None
    assert found.newest.reason.text == "The source is late."
    assert found.sequence == 2


def test_a_cancelled_release_stays_cancelled(portal: Portal, registrar: Someone) -> None:
    announced(portal)
    decide(portal, SLUG, CANCELLED, None, "The survey was given up.")
    assert planned(portal).state is CANCELLED
    with pytest.raises(ReleaseNotOpen):
        confirmed(portal)
    with pytest.raises(ReleaseNotOpen), portal.database.write() as session:
        when = When("2026-09")
        revise(session, slug=SLUG, facts=FACTS, when=when, actor=registrar.actor, now=portal.clock.now())


@pytest.mark.parametrize("days", [-1, 0])
def test_no_time_that_has_passed_is_promised(portal: Portal, clock: FixedClock, days: int) -> None:
    announced(portal)
    with pytest.raises(CalendarRefused):
        confirmed(portal, clock.now() + timedelta(days=days), reason="x")


def test_a_time_is_confirmed_to_the_minute(portal: Portal, clock: FixedClock) -> None:
    announced(portal)
    with pytest.raises(CalendarRefused):
        confirmed(portal, clock.now() + timedelta(weeks=6, seconds=30))


def test_what_passed_while_it_waited_is_refused_by_the_second_too(
    portal: Portal, clock: FixedClock, registrar: Someone, publisher: Someone
) -> None:
    announced(portal)
    with portal.database.write() as session:
        at = clock.now() + timedelta(days=1)
        proposal = propose_date(
            session, slug=SLUG, state=CONFIRMED, at=at, reason="Late.", actor=registrar.actor, now=clock.now()
        )
    clock.at += timedelta(days=2)
    with pytest.raises(CalendarRefused), portal.database.write() as session:
        approve_date(session, proposal_id=proposal.id, actor=publisher.actor, now=clock.now())


def test_one_change_of_a_date_waits_at_a_time(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    announced(portal)
    now = portal.clock.now()
    with portal.database.write() as session:
        first = propose_date(
            session, slug=SLUG, state=CANCELLED, at=None, reason="No.", actor=registrar.actor, now=now
        )
    with pytest.raises(AlreadyProposed):
        confirmed(portal)
    with portal.database.write() as session:
        decline_date(session, proposal_id=first.id, actor=publisher.actor, now=now)
    confirmed(portal)


def test_a_code_is_announced_once(portal: Portal, registrar: Someone) -> None:
    announced(portal)
    with pytest.raises(ReleaseTaken):
        announced(portal)
    publish(portal, figures_csv(line()), "out-already")
    with pytest.raises(ReleaseTaken):
        announced(portal, "out-already")


def test_only_a_month_or_a_day_ahead_is_provisional(portal: Portal, registrar: Someone) -> None:
    for when in ("2026-01", "2026-02-08", "2026-06-01T09:00:00Z"):
        with pytest.raises(CalendarRefused), portal.database.write() as session:
            now = portal.clock.now()
            announce(session, slug="x", facts=FACTS, when=When(when), actor=registrar.actor, now=now)


def test_the_database_refuses_states_the_table_does_not_know(portal: Portal) -> None:
    announced(portal)
    for change in ("state = 'ready'", "state = 'confirmed'", "state = 'published'", "day = NULL"):
        with pytest.raises(IntegrityError), portal.database.write() as session:
            session.execute(text(f"UPDATE release_plan SET {change}"))


def test_releases_of_a_series_know_each_other(portal: Portal) -> None:
    announced(portal, "review-2021", "2026-05")
    announced(portal, follows="review-2021")
    assert planned(portal).follows == "review-2021"
    assert planned(portal, "review-2021").followed_by == SLUG


def test_an_older_edition_knows_only_what_was_announced_then(portal: Portal) -> None:
    announced(portal)
    confirmed(portal)
    with portal.database.read() as session:
        (before,) = queries.planned_releases(session, edition=1)
        assert queries.planned_releases(session, edition=0) == ()
    assert (before.state, before.when.text) == (PROVISIONAL, "2026-06")
