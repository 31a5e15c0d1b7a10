"""What is published about cases: the same whether there were few or none, and true where there were many."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.cases.jobs import escalate, publish_counts
from portal.cases.models import Case, Epoch, Item, MissedRow, StepRow
from portal.cases.values import Deadline
from portal.foundation import ids
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade, upgrade
from portal.publishing.services import append_waiting
from tests.conftest import new_client, open_test_portal
from tests.factories.accounts import person
from tests.factories.cases import a_figure


def cases(portal: Portal, n: int, *, received: date, state: str = "received", **fields: Any) -> list[str]:
    """Rows of cases as they stand, for counting: no key, no content."""
    made = [ids.new_id() for _ in range(n)]
    known = {"kind": "general", "matter": "other", "channel": "web", "lane": "main", "files": 0, "state": state}
    due = {"acknowledge_due_on": received, "feedback_due_on": received}
    rows = [{"id": one, "received_on": received, **known, **due, **fields} for one in made]
    with portal.database.write() as session:
        session.execute(insert(Case), rows)
    return made


def decided(portal: Portal, n: int, finding: str, *, by: tuple[str, str], late: int = 0) -> None:
    """Reports of the first quarter on which something was found: acknowledged after 2 days, decided after 40."""
    received, on = date(2026, 3, 30), date(2026, 5, 9)
    people = {"assigned_to": by[0], "proposed_by": by[0], "decided_by": by[1]}
    days = {"acknowledged_on": date(2026, 4, 1), "decided_on": on}
    made = cases(portal, n, received=received, state="decided", finding=finding, **people, **days)
    with portal.database.write() as session:
        session.execute(
            insert(StepRow), [{"case_id": one, "number": 0, "state": "decided", "day": on} for one in made]
        )
        passed = {"deadline": "feedback", "due_on": date(2026, 5, 1), "noticed_on": date(2026, 5, 2)}
        if late:
            session.execute(insert(MissedRow), [{"case_id": one, **passed} for one in made[:late]])


def published(portal: Portal, day: date) -> list[dict[str, Any]]:
    """Let the clock say `day`, count, and read what everybody reads."""
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
    publish_counts(portal)
    append_waiting(portal)
    return new_client(portal).get("/cases.json").get_json()["cases"]  # type: ignore[no-any-return]


@pytest.fixture
def house(portal: Portal) -> Portal:
    a_figure(portal)
    return portal


@pytest.fixture
def two(house: Portal) -> tuple[str, str]:
    ada, ben = (person(house, roles=[role], name=role) for role in ("case-officer", "case-decider"))
    return ada.id, ben.id


def test_a_quarter_is_counted_once_when_another_has_passed(house: Portal) -> None:
    assert published(house, date(2026, 6, 30)) == []
    (first,) = published(house, date(2026, 7, 1))
    assert (first["from_quarter"], first["to_quarter"], first["as_of"]) == ("2026-Q1", "2026-Q1", "2026-07-01")
    assert published(house, date(2026, 7, 2)) == [first]


def test_few_reports_are_published_as_none_are(
    house: Portal, new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    """Whoever is accused reads this: were it to differ by one report, they would know that there is one."""
    other = open_test_portal(tmp_path / "other", new_database_url(), FixedClock(house.clock.now()))
    other.keys.add("lookup", house.keys.get("lookup"))  # what is drawn by lot follows from it
    a_figure(other)
    cases(other, 9, received=date(2026, 3, 31))
    found = [published(one, date(2026, 7, 1)) for one in (house, other)]
    pages = [new_client(one).get("/cases").get_data() for one in (house, other)]
    chunks = [new_client(one).get("/log/entries/2").get_json()["chunks"] for one in (house, other)]
    other.database.dispose()
    assert found[0] == found[1] and pages[0] == pages[1] and chunks[0] == chunks[1]
    assert found[0][0]["received"] is None and found[0][0]["stages"] == {}


def test_a_quarter_with_too_few_reports_is_counted_with_the_next(house: Portal) -> None:
    """Alone it would tell of few; left out, they would never be counted."""
    cases(house, 4, received=date(2026, 2, 20))
    cases(house, 8, received=date(2026, 4, 1))
    cases(house, 10, received=date(2026, 7, 1))
    found = published(house, date(2027, 1, 2))
    told = [(one["from_quarter"], one["to_quarter"], one["received"]) for one in found]
    assert told == [("2026-Q3", "2026-Q3", 10), ("2026-Q1", "2026-Q2", 12), ("2026-Q1", "2026-Q1", None)]


def test_what_became_of_many_reports_is_told(house: Portal, two: tuple[str, str]) -> None:
    decided(house, 12, "upheld", by=two, late=1)
    decided(house, 11, "not-upheld", by=two)
    decided(house, 10, "referred", by=two)
    (told,) = published(house, date(2026, 7, 1))
    assert told["received"] == 33
    assert told["stages"] == {"received": 0, "read": 0, "investigated": 0, "decided": 33}
    assert told["outcomes"]["upheld"] == 12 and told["outcomes"]["partly"] == 0
    feedback = told["duties"]["feedback"]
    assert (feedback["in_time"], feedback["missed"], feedback["median_days"]) == (32, 1, "40")
    assert told["duties"]["acknowledge"]["median_days"] == "2"
    client = new_client(house)
    page = client.get("/cases").get_data(as_text=True)
    assert "33 reports, as they stood on 1 July 2026" in page and "97.0" in page
    assert client.get("/zh-Hans/cases").status_code == 200
    rows = client.get("/cases.csv?bom=0").get_data(as_text=True).splitlines()
    assert "2026-Q1,2026-Q1,2026-07-01,outcome,upheld,12,A,2,4" in rows


def test_few_upheld_reports_are_hidden_with_others_so_that_nobody_can_subtract(
    house: Portal, two: tuple[str, str]
) -> None:
    decided(house, 3, "upheld", by=two)
    decided(house, 11, "not-upheld", by=two)
    decided(house, 20, "referred", by=two)
    (told,) = published(house, date(2026, 7, 1))
    assert told["received"] == 34
    expected = {"upheld": None, "not-upheld": None, "partly": 0, "not-admissible": 0, "referred": 20}
    assert told["outcomes"] == expected


def test_the_longest_wait_for_an_answer_is_told(house: Portal) -> None:
    """A question that got its answer after a week is not made good by one that got it the same day."""
    made = cases(house, 10, received=date(2026, 3, 1))
    said = [(1, "from-reporter", 2), (2, "from-reporter", 3), (3, "to-reporter", 9), (4, "from-reporter", 10)]
    said += [(5, "to-reporter", 10), (6, "from-reporter", 11)]
    common = {"epoch": 1, "sealed": b"-"}
    with house.database.write() as session:
        days = [{"case_id": one, "number": 1, "opened_on": date(2026, 3, 1), "reporter": b"-"} for one in made]
        session.execute(insert(Epoch), days)
        rows = [
            {"id": ids.new_id(), "case_id": one, "position": at, "kind": kind, "day": date(2026, 3, day), **common}
            for one in made
            for at, kind, day in said
        ]
        session.execute(insert(Item), rows)
    (told,) = published(house, date(2026, 7, 1))
    answered = told["duties"]["answer"]
    assert (answered["in_time"], answered["missed"], answered["median_days"]) == (10, 0, "7")
    assert "Answer what the reporter wrote" in new_client(house).get("/cases").get_data(as_text=True)


def test_a_missed_day_is_counted_in_public(house: Portal) -> None:
    """It is written down by the job that looks for missed days, also for reports that nobody acknowledged."""
    made = cases(house, 15, received=date(2026, 2, 10))
    assert isinstance(house.clock, FixedClock)
    house.clock.at = datetime(2026, 2, 10, 9, tzinfo=UTC)
    with house.database.write() as session:
        session.execute(update(Case).where(Case.id.in_(made)).values(acknowledge_due_on=date(2026, 2, 17)))
    house.clock.at = datetime(2026, 6, 2, 9, tzinfo=UTC)
    escalate(house)
    (told,) = published(house, date(2026, 7, 1))
    assert told["duties"]["acknowledge"] == {
        "in_time": 0, "missed": 15, "share_in_time": "0.0", "median_days": None
    }  # fmt: skip


def test_reports_that_nobody_took_in_hand_are_told_of_where_reports_are_told_of_at_all(
    house: Portal, two: tuple[str, str]
) -> None:
    """How many days it took is said of those that somebody took; one that was never acknowledged, nobody did."""
    known = {"state": "assigned", "acknowledged_on": date(2026, 2, 12), "assigned_to": two[0]}
    taken = cases(house, 12, received=date(2026, 2, 10), **known)
    cases(house, 2, received=date(2026, 2, 10))
    with house.database.write() as session:
        step = {"number": 0, "state": "assigned", "day": date(2026, 2, 15)}
        session.execute(insert(StepRow), [{"case_id": one, **step} for one in taken])
        passed = {"deadline": "assign", "due_on": date(2026, 2, 13), "noticed_on": date(2026, 2, 14)}
        session.execute(insert(MissedRow), [{"case_id": one, **passed} for one in taken[:3]])
    cases(house, 9, received=date(2026, 5, 10))
    second, first = published(house, date(2026, 10, 1))
    assert first["duties"]["assign"] == {
        "in_time": 9, "missed": 5, "share_in_time": "64.3", "median_days": "3"
    }  # fmt: skip
    assert second["duties"] == {}

    page = new_client(house).get("/cases").get_data(as_text=True)
    assert page.count("Give the report into somebody's hands") == 1


def test_what_was_missed_is_kept_when_the_house_is_brought_up_and_down(house: Portal) -> None:
    """The table is made anew for a new kind of promise; what the former schema knew stays in both directions."""
    (case_id,) = cases(house, 1, received=date(2026, 2, 10))
    day = {"case_id": case_id, "due_on": date(2026, 2, 13), "noticed_on": date(2026, 2, 14)}
    with house.database.write() as session:
        session.execute(insert(MissedRow), [{**day, "deadline": one} for one in Deadline])
    before = {one.value for one in Deadline} - {"assign"}
    downgrade(house.database, "0074_reports_by_key")
    with house.database.read() as session:
        assert set(session.scalars(text("SELECT deadline FROM case_missed"))) == before
    with house.database.write() as session, pytest.raises(IntegrityError):
        session.execute(insert(MissedRow), [{**day, "deadline": "assign"}])
    upgrade(house.database)

    with house.database.write() as session:
        session.execute(insert(MissedRow), [{**day, "deadline": "assign"}])
        assert set(session.scalars(select(MissedRow.deadline))) == {*before, "assign"}
