"""The process that draws ahead: a real one, beside a runner that must never wait for it long."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.models import ReleasePlan
from portal.publishing.services.foreseeing import LEAD, LEAST, Ahead
from portal.publishing.services.timing import publish_due
from portal.web.cache.shared import open_files
from tests.factories.publishing import append, body
from tests.publishing.test_ahead import SECRET, SLUG, due, portal, publisher, stored  # noqa: F401  (fixtures)

__all__ = ["due", "portal", "publisher"]


@pytest.fixture
def ahead() -> Iterator[Ahead]:
    made = Ahead()
    yield made
    made.end()


@pytest.fixture
def real_due(portal: Portal, due: datetime, clock: FixedClock) -> datetime:
    """A moment that is to come by the clock of other processes, too."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    with portal.database.write() as session:
        session.execute(update(ReleasePlan).where(ReleasePlan.slug == SLUG).values(at=at))
    clock.at = at - timedelta(seconds=15)
    return at


def test_pages_are_drawn_shortly_before_the_release_unless_there_is_no_time_or_no_place(
    portal: Portal, due: datetime, clock: FixedClock, ahead: Ahead
) -> None:
    assert ahead.next_due(portal) == due - LEAD
    clock.at = due - LEAST + timedelta(seconds=1)
    assert ahead.next_due(portal) is None
    clock.at = due - LEAST
    assert ahead.next_due(portal) is not None
    nowhere = replace(portal, settings=portal.settings.model_copy(update={"page_files_mb": 0}))
    assert ahead.next_due(nowhere) is None


def test_a_process_draws_the_pages_and_hands_them_over_when_the_release_is_out(
    portal: Portal, real_due: datetime, clock: FixedClock, ahead: Ahead
) -> None:
    if not portal.database.is_sqlite:
        pytest.skip("the process is the same on both engines")
    ahead.start(portal)
    assert ahead.next_due(portal) is None
    assert ahead.is_ready(within=120)
    drawing = ahead._child
    assert drawing is not None
    assert stored(portal) == []
    clock.at = real_due
    publish_due(portal, ahead.reveal)
    shelf = open_files(portal.settings)
    assert shelf is not None
    assert {f"/releases/{SLUG}", "/zh-Hans/", "/releases.ics", "/api/v1/figures"} <= {
        kept.key[0] for kept in shelf.kept()
    }
    assert not ahead.is_ready()
    assert drawing.wait(timeout=60) == 0, "it ends when it has handed over its pages"


def test_what_was_drawn_upon_another_edition_is_drawn_again(
    portal: Portal, real_due: datetime, clock: FixedClock, ahead: Ahead
) -> None:
    if not portal.database.is_sqlite:
        pytest.skip("the process is the same on both engines")
    ahead.start(portal)
    append(portal, body("elsewhere"), kind="register")
    assert ahead.next_due(portal) == real_due - LEAD


def test_a_runner_without_such_a_process_publishes_all_the_same(
    portal: Portal, real_due: datetime, clock: FixedClock, ahead: Ahead
) -> None:
    clock.at = real_due
    publish_due(portal, ahead.reveal)
    assert stored(portal) == []
