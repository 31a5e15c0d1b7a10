"""Whoever becomes connected to one of several joined cases has lost them all at the next read.

Nothing is written meanwhile and no job runs: their keys are still there. Were this to fail, a case would stay open
to whoever declared a conflict for up to a minute, and longer where a job hangs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from portal.accounts.queries import get_person
from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases import queries
from portal.cases.errors import NoSuchCase
from portal.cases.listing import Matches
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, assigning, casework, extensions, handover, joining, reminders
from portal.cases.services.epochs import holders_of
from portal.cases.timeline import timeline
from portal.cases.values import Asked, Shelf, Subject
from portal.duties.mailing import items_of
from portal.duties.queries import duties_of, proposed_by, signatures_waiting_for
from portal.foundation.context import Portal
from portal.foundation.errors import NotFound
from tests.cases.test_desk import do
from tests.conftest import Beginning, World
from tests.factories import publishing as published
from tests.factories.accounts import Someone
from tests.factories.cases import Filed, Office, an_office, filed_report, officer_of

PARKS = {"body": "PRK", "indicator": "lawns", "period": "2022"}
ROADS = {"body": "DOT", "indicator": "potholes", "period": "2022"}
BUSES = Subject("BUS", "late", "2023", edition=2)
SCOPES: list[dict[str, Any]] = [
    {"body_code": "PRK", "indicator_code": "lawns", "period": "2022"},  # what the main case is about
    {"body_code": "DOT"},  # the body of what was joined into it
    {"body_code": "BUS", "indicator_code": "late", "period": "2023"},  # what another of them names besides
]
NEARLY: list[dict[str, Any]] = [
    {"body_code": "DOT", "indicator_code": "potholes", "period": "2021"},
    {"body_code": "BUS", "indicator_code": "early"},
    {"body_code": "DPR"},
]


@dataclass(frozen=True)
class Together:
    office: Office
    main: Filed
    roads: Filed
    several: Filed
    apart: Filed

    @property
    def joined(self) -> tuple[Filed, ...]:
        return self.main, self.roads, self.several


def three_joined(portal: Portal) -> Together:
    """A case and two that were joined into it, and a fourth that is linked; something waits for everybody."""
    published.append(portal, *(published.body(one) for one in ("PRK", "DOT", "BUS", "DPW", "LIB")))
    office = an_office(portal)
    main = filed_report(portal, subject=PARKS, what="parks")
    roads = filed_report(portal, subject=ROADS, what="roads")
    several = filed_report(portal, subject={"body": "DPW", "indicator": "x", "period": "2022"}, more=(BUSES,))
    apart = filed_report(portal, subject={"body": "LIB", "indicator": "books", "period": "2022"}, what="books")
    for report in (main, roads, several, apart):
        do(portal, casework.acknowledge, office.officer, report.case_id)
    with patch.object(about, "figures_of", return_value=()):  # before those of others were refused
        for report in (roads, several):
            do(portal, joining.propose_joining, office.officer, report.case_id, into_id=main.case_id, reason="so")
            do(portal, joining.agree_to_joining, office.decider, report.case_id)
    do(portal, casework.assign, office.officer, main.case_id, person_id=office.officer.id)
    do(portal, joining.link, office.officer, main.case_id, other_id=apart.case_id)
    do(portal, extensions.propose_extension, office.officer, main.case_id, reason="so")
    return Together(office, main, roads, several, apart)


@pytest.fixture
def beginning() -> Beginning:
    return three_joined


@pytest.fixture
def cases(portal: Portal, world: World) -> Together:
    found: Together = world.told_in(portal)
    return found


@contextmanager
def connected(session: Session, someone: Someone, kind: ConnectionKind, scope: dict[str, Any]) -> Iterator[None]:
    """For a moment, and nothing stays of it: as if the act that connects had just been committed."""
    with session.begin_nested() as savepoint:
        connect(session, person_id=someone.id, kind=kind, now=someone.portal.clock.now(), **scope)
        yield
        savepoint.rollback()


def lists(session: Session, someone: Someone) -> dict[str, Any]:
    """What every list shows of cases, by id."""
    officer, now = officer_of(someone), someone.portal.clock.now()
    given: dict[str, Any] = {"officer": officer, "now": now}
    found: dict[str, Any] = {}
    for shelf in Shelf:
        found[shelf] = {one.id for one in queries.queue(session, asked=Asked(shelf=shelf), **given).cases}
    matches = Matches(bodies=frozenset({"PRK", "DOT", "BUS", "DPW"}))
    plain, inside = Asked(words="x"), Asked(words="parks", inside=True)
    found["search"] = {one.id for one in queries.queue(session, asked=plain, matches=matches, **given).cases}
    found["inside"] = {one.id for one in queries.queue(session, asked=inside, matches=matches, **given).cases}
    found["count"] = queries.tally(session, **given).open
    found["judged"] = {case.id for case, _ in queries.handling(session, **given).said}
    duties, to_sign = (of(session, someone.actor, now=now) for of in (duties_of, signatures_waiting_for))
    found["duties"], found["to sign"] = {one.subject for one in duties}, {one.subject for one in to_sign}
    found["waits"] = len(duties) + len(to_sign)
    found["proposed"] = {one.subject for one in proposed_by(session, someone.actor, now=now)}
    found["mail"] = len(items_of(session, get_person(session, someone.id), zone=ZoneInfo("UTC"), now=now))
    return found


def open_to(session: Session, someone: Someone, case_id: str) -> list[str]:
    """The ways by which the case is reached after all, of all that begin with its address."""
    officer, now = officer_of(someone), someone.portal.clock.now()
    given: dict[str, Any] = {"case_id": case_id, "officer": officer, "now": now}
    ways = {
        "page": lambda: queries.read_case(session, **given),
        "together": lambda: queries.together(session, **given),
        "timeline": lambda: timeline(session, **given),
        "file": lambda: queries.get_file(session, file_id="x", **given),
        "about the same": lambda: joining.about_the_same(session, **given),
        "whom to assign": lambda: assigning.suggested(session, permission=CasesPermission.HANDLE, **given),
        "act": lambda: access.take(session, right=CasesPermission.READ, **given),
    }
    return [name for name, way in ways.items() if _is_there(way)]


def _is_there(way: Callable[[], object]) -> bool:
    try:
        way()
    except NoSuchCase:
        return False
    except NotFound:  # of a case that is there: no such file
        return True
    return True


def test_a_person_connected_to_any_of_them_finds_none_in_any_way(portal: Portal, cases: Together) -> None:
    """Each role, connected to each of the cases, in each way in which somebody can become connected."""
    office, kinds = cases.office, cycle(ConnectionKind)
    assert office.outside is not None
    ids = {one.case_id for one in cases.joined}
    with portal.database.write() as session:
        for someone in (office.officer, office.decider, office.outside):
            before = lists(session, someone)
            assert ids <= before["open"] and before["count"] > len(ids), someone.name
            assert all("page" in open_to(session, someone, one) for one in ids)
            for scope in SCOPES:
                with connected(session, someone, next(kinds), scope):
                    after = lists(session, someone)
                    assert {one: open_to(session, someone, one) for one in ids} == {one: [] for one in ids}
                assert after["open"] == before["open"] - ids, (someone.name, scope)
                seen = {name: found & ids for name, found in after.items() if isinstance(found, set)}
                assert not any(seen.values()), (someone.name, scope, seen)
                assert after["count"] == before["count"] - len(ids)
                assert after["mail"] == after["waits"] < before["waits"]
            assert lists(session, someone) == before


def test_every_kind_of_connection_counts_from_the_moment_it_is_made(portal: Portal, cases: Together) -> None:
    ben, now = cases.office.decider, portal.clock.now()
    ids = {one.case_id for one in cases.joined}
    near = [(kind, scope) for kind in ConnectionKind for scope in SCOPES]
    with portal.database.write() as session:
        for kind, scope in (*near, *((ConnectionKind.ENTERED, scope) for scope in NEARLY)):
            with connected(session, ben, kind, scope):
                found = {one.id for one in queries.queue(session, officer=officer_of(ben), now=now).cases}
            assert ids & found == (ids if scope in NEARLY else set()), (kind, scope)


def test_what_is_not_joined_any_more_stays_with_whoever_is_connected_to_the_other(
    portal: Portal, cases: Together
) -> None:
    ben, now = cases.office.decider, portal.clock.now()
    do(portal, joining.part, cases.office.officer, cases.roads.case_id, reason="so")
    with portal.database.write() as session, connected(session, ben, ConnectionKind.SCORED, SCOPES[1]):
        found = lists(session, ben)
        subjects = {one.subject for one in duties_of(session, ben.actor, now=now)}
    assert found["open"] == {cases.main.case_id, cases.several.case_id, cases.apart.case_id}
    assert cases.roads.case_id not in subjects and cases.main.case_id in subjects


def test_what_waits_for_a_case_is_about_everything_that_is_joined_with_it(portal: Portal, cases: Together) -> None:
    with portal.database.read() as session:
        for one in cases.joined:
            scopes = reminders.scopes(session, session.get_one(Case, one.case_id))
            assert {scope.body_code for scope in scopes} == {"PRK", "DOT", "DPW", "BUS"}


def test_a_link_and_a_trail_tell_nothing_of_a_case_that_somebody_became_connected_to(
    portal: Portal, cases: Together
) -> None:
    """The other case stays: what it says of the joined ones is gone with them."""
    ada, apart = cases.office.officer, cases.apart.case_id
    given: dict[str, Any] = {"case_id": apart, "officer": officer_of(ada), "now": portal.clock.now()}
    with portal.database.write() as session:
        assert [one.id for one in queries.together(session, **given).linked] == [cases.main.case_id]
        with connected(session, ada, ConnectionKind.DECLARED, SCOPES[2]):
            assert queries.together(session, **given).linked == ()
            assert "cases.link" not in {event.act for event in timeline(session, **given)}
            assert handover.in_hand(session, officer=officer_of(ada), now=portal.clock.now()) == {}


def test_keys_are_still_there_when_the_case_is_gone_already(portal: Portal, cases: Together) -> None:
    """What these tests read is decided by the reading alone."""
    ben = cases.office.decider
    with portal.database.write() as session, connected(session, ben, ConnectionKind.VERIFIED, SCOPES[1]):
        assert all(ben.id in holders_of(session, one.case_id) for one in cases.joined)
        assert not any(open_to(session, ben, one.case_id) for one in cases.joined)
