"""A duty due "today" on the desk is due today for whoever reads it at the office."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portal.duties.rules import days_left, urgency
from portal.duties.values import Urgency


def test_days_are_those_of_the_office() -> None:
    evening, due = datetime(2026, 3, 1, 22, 30, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
    office = ZoneInfo("Asia/Shanghai")
    assert (days_left(due, evening, office), urgency(due, evening, office)) == (0, Urgency.TODAY)
    assert (days_left(due, evening), urgency(due, evening)) == (1, Urgency.LATER)
