"""People of a body are reminded by mail on the working days the round says, by the days of the office."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.audit.jobs import HANDLERS as SEALING
from portal.duties.calendar import WorkingDays
from portal.duties.jobs import HANDLERS as MAILING
from portal.duties.jobs import SCHEDULES
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Runner
from portal.publishing.jobs import HANDLERS as PUBLISHING
from portal.publishing.services import rounds
from tests.factories.mail import MailServer, mail_server
from tests.factories.rounds import Collecting

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENED = datetime(2026, 2, 9, 5, 30, tzinfo=SHANGHAI)  # a Monday; in UTC it is still Sunday


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def office(portal: Portal, clock: FixedClock, server: MailServer) -> Portal:
    clock.at = OPENED.astimezone(UTC)
    fields = {
        "smtp_url": server.url,
        "mail_from": "portal@office.example",
        "time_zone": SHANGHAI.key,
        "mail_hours": "6,15",
        "holidays_country": "",
    }
    return replace(portal, settings=portal.settings.model_copy(update=fields))


def opened(office: Portal, due_at: datetime) -> Collecting:
    house = Collecting(office)
    facts = house.facts(due_at=due_at, reminders=(5, 1))
    house.write(
        lambda session, now: rounds.open_round(
            session, facts, calendar=WorkingDays.of(office.settings), actor=house.officer.actor, now=now
        )
    )
    return house


def mailed_on(office: Portal, server: MailServer, address: str, days: int) -> list[str]:
    """The mornings and afternoons, in Shanghai, on which a letter came."""
    runner, came = Runner(office, SEALING | PUBLISHING | MAILING, SCHEDULES), []
    assert isinstance(office.clock, FixedClock)
    for day in range(days):
        for hour, name in ((6, "morning"), (15, "afternoon")):
            local = OPENED.replace(hour=hour, minute=0) + timedelta(days=day)
            office.clock.at = local.astimezone(UTC)
            server.letters.clear()
            while runner.step():
                pass
            came += [f"{local:%a %d} {name}"] * server.to.count(address)
    return came


def test_reminders_reach_mailboxes_on_the_mornings_the_round_says(office: Portal, server: MailServer) -> None:
    due = datetime(2026, 2, 25, 4, 0, tzinfo=UTC)  # Wednesday noon in Shanghai
    house = opened(office, due)
    assert mailed_on(office, server, house.editor.address, days=18) == [
        "Mon 09 morning",  # the round has opened
        "Wed 18 morning",  # five working days are left
        "Tue 24 morning",  # one
        "Wed 25 morning",  # the day it is due
        "Wed 25 afternoon",  # late
    ]


def test_nobody_is_reminded_of_what_is_handed_in(office: Portal, server: MailServer) -> None:
    house = opened(office, datetime(2026, 2, 25, 4, 0, tzinfo=UTC))
    house.hand_in()
    assert mailed_on(office, server, house.editor.address, days=18) == []
