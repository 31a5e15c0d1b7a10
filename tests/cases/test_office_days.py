"""Days are those of the office: no report is a day late, or due a day early, because of where the office is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.cases.jobs import escalate
from portal.cases.models import Case, Filing, Item, MissedRow, StepRow
from portal.duties.models import DutyRow
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from tests.factories.cases import Office, answer, desk_of, filed_by_pages

AROUND_MIDNIGHT = [
    ("Asia/Shanghai", datetime(2026, 2, 8, 23, 30, tzinfo=UTC), date(2026, 2, 9)),
    ("Asia/Shanghai", datetime(2026, 2, 9, 15, 59, tzinfo=UTC), date(2026, 2, 9)),
    ("America/New_York", datetime(2026, 2, 10, 3, 30, tzinfo=UTC), date(2026, 2, 9)),
    ("America/New_York", datetime(2026, 2, 9, 5, 0, tzinfo=UTC), date(2026, 2, 9)),
]


def at_the_office(portal: Portal, zone: str, moment: datetime) -> Portal:
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = moment
    return replace(portal, settings=portal.settings.model_copy(update={"time_zone": zone}))


@pytest.mark.parametrize(("zone", "moment", "day"), AROUND_MIDNIGHT)
def test_a_report_counts_for_the_day_that_it_is_at_the_office(
    portal: Portal, office: Office, zone: str, moment: datetime, day: date
) -> None:
    """A reporter was promised days; whoever handles the report counts the same ones on every page."""
    there = at_the_office(portal, zone, moment)
    report = filed_by_pages(there, what="x")
    ada = desk_of(there, office.officer)
    first_page = re.sub(r"<[^>]+>|\s+", " ", ada.get("/desk").get_data(as_text=True))
    answer(ada, f"{report.address}/acknowledge")
    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        assert (case.received_on, case.acknowledged_on) == (day, day)
        assert {*session.scalars(select(Item.day)), *session.scalars(select(StepRow.day))} == {day}
        assert session.scalars(select(Filing.day)).all() == [moment.date()], "the log counts days of UTC"
        ends = {duty.due_at.astimezone(there.settings.zone).date() for duty in session.scalars(select(DutyRow))}
        assert ends == {case.message_due_on, case.feedback_due_on}
        left = (case.acknowledge_due_on - day).days
    assert f"{left} days left" in first_page, first_page


def test_a_day_is_missed_when_it_is_over_at_the_office(portal: Portal, office: Office) -> None:
    there = at_the_office(portal, "Asia/Shanghai", datetime(2026, 2, 9, 1, 0, tzinfo=UTC))
    report = filed_by_pages(there, what="x")
    with portal.database.read() as session:
        due = session.get_one(Case, report.case_id).acknowledge_due_on
    missed = []
    for hour in (15, 17):  # a minute to midnight there, and an hour into the next day
        escalate(at_the_office(portal, "Asia/Shanghai", datetime(due.year, due.month, due.day, hour, tzinfo=UTC)))
        with portal.database.read() as session:
            missed.append(len(session.scalars(select(MissedRow)).all()))
    assert missed == [0, 1]
