"""What is promised for a moment comes at that moment: not before, whatever is asked, and not late."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import create_runner
from portal.audit.models import AuditEntry
from portal.duties.queries import duties_of
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.calendar import CalendarState
from portal.publishing.errors import ReleaseNotOpen
from portal.publishing.models import ScheduledRelease
from portal.publishing.services import append_waiting, prepare_release, publish_release, stop_release
from portal.publishing.services.timing import check_scheduled, next_due, publish_due
from portal.publishing.values import ReleaseState
from tests.factories.accounts import Someone, person
from tests.factories.calendar import announced, confirmed, decide
from tests.factories.releases import draft, figures_csv, line, publish

SLUG = "review-2022"


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"])


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"])


def sign(portal: Portal, registrar: Someone, publisher: Someone, slug: str = SLUG) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        prepare_release(session, slug=slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=slug, actor=publisher.actor, now=now)
    append_waiting(portal)


@pytest.fixture
def waiting(portal: Portal, registrar: Someone, publisher: Someone, clock: FixedClock) -> FixedClock:
    """A release that both signed and that waits six weeks for its time."""
    announced(portal)
    confirmed(portal)
    draft(portal, figures_csv(line()), actor=registrar.actor)
    sign(portal, registrar, publisher)
    return clock


def is_out(portal: Portal, slug: str = SLUG) -> bool:
    with portal.database.read() as session:
        found = queries.releases(session, edition=queries.current_edition(session).n)
    return slug in {one.slug for one in found}


def state(portal: Portal) -> ReleaseState:
    with portal.database.read() as session:
        return queries.get_draft(session, SLUG).state


def test_an_approved_release_waits_for_its_time_to_the_second(portal: Portal, waiting: FixedClock) -> None:
    due = next_due(portal)
    assert due is not None
    assert state(portal) is ReleaseState.SCHEDULED
    waiting.at = due - timedelta(seconds=1)
    publish_due(portal)
    assert not is_out(portal)
    waiting.at = due
    publish_due(portal)
    assert is_out(portal)
    assert state(portal) is ReleaseState.PUBLISHED
    with portal.database.read() as session:
        n = queries.current_edition(session).n
        found = queries.find_planned(session, SLUG, edition=n)
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == f"release:{SLUG}")).all()
    assert found is not None
    assert (found.state, found.published_at) == (CalendarState.PUBLISHED, due)
    assert acts[-1] == "publishing.publish-on-time"
    assert next_due(portal) is None


def test_a_runner_that_was_away_at_the_time_publishes_when_it_returns(portal: Portal, waiting: FixedClock) -> None:
    waiting.at += timedelta(weeks=7)
    create_runner(portal).step()
    assert is_out(portal)


def test_a_moved_release_comes_at_its_new_time_only(portal: Portal, waiting: FixedClock) -> None:
    old = next_due(portal)
    assert old is not None
    confirmed(portal, old + timedelta(days=1), reason="The source is late.")
    waiting.at = old
    publish_due(portal)
    assert not is_out(portal)
    waiting.at = old + timedelta(days=1)
    publish_due(portal)
    assert is_out(portal)


def test_a_cancelled_or_stopped_release_does_not_come(
    portal: Portal, waiting: FixedClock, publisher: Someone
) -> None:
    with portal.database.write() as session:
        stop_release(session, slug=SLUG, actor=publisher.actor, now=waiting.now())
    assert state(portal) is ReleaseState.DRAFT
    with pytest.raises(ReleaseNotOpen), portal.database.write() as session:
        stop_release(session, slug=SLUG, actor=publisher.actor, now=waiting.now())
    waiting.at += timedelta(weeks=7)
    publish_due(portal)
    assert not is_out(portal)


def test_cancelling_takes_back_what_both_had_signed(portal: Portal, waiting: FixedClock) -> None:
    decide(portal, SLUG, CalendarState.CANCELLED, None, "The survey was found wanting.")
    assert state(portal) is ReleaseState.DRAFT
    assert next_due(portal) is None


def test_what_another_release_overtook_is_stopped_ahead_of_its_time(
    portal: Portal, waiting: FixedClock, registrar: Someone
) -> None:
    publish(portal, figures_csv(line(actual="9")), "in-between")
    check_scheduled(portal)
    assert state(portal) is ReleaseState.DRAFT
    with portal.database.read() as session:
        duties = duties_of(session, registrar.actor, now=waiting.now())
    assert [one.address for one in duties] == [f"/desk/releases/{SLUG}"]
    waiting.at += timedelta(weeks=7)
    publish_due(portal)
    assert not is_out(portal)


def test_what_was_overtaken_in_the_last_moment_is_not_published(portal: Portal, waiting: FixedClock) -> None:
    publish(portal, figures_csv(line(actual="9")), "in-between")
    waiting.at += timedelta(weeks=7)
    publish_due(portal)
    assert not is_out(portal)
    assert state(portal) is ReleaseState.DRAFT


def test_acts_about_other_things_do_not_hold_it_up(portal: Portal, waiting: FixedClock) -> None:
    publish(portal, figures_csv(line(indicator_code="other", indicator_name="Other")), "in-between")
    check_scheduled(portal)
    with portal.database.read() as session:
        checked = session.scalar(select(func.max(ScheduledRelease.checked_edition)))
        assert checked == queries.current_edition(session).n
    waiting.at += timedelta(weeks=7)
    publish_due(portal)
    assert is_out(portal)


def test_a_release_of_the_calendar_is_not_published_before_its_time_is_confirmed(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    announced(portal)
    draft(portal, figures_csv(line()), actor=registrar.actor)
    with pytest.raises(ReleaseNotOpen):
        sign(portal, registrar, publisher)


def test_a_release_whose_time_has_come_already_is_published_at_once(
    portal: Portal, registrar: Someone, publisher: Someone, clock: FixedClock
) -> None:
    announced(portal)
    confirmed(portal)
    draft(portal, figures_csv(line()), actor=registrar.actor)
    clock.at += timedelta(weeks=7)
    sign(portal, registrar, publisher)
    assert is_out(portal)
