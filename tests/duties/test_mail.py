"""Staff are told by mail that something waits: at fixed hours, once, in the same words for everything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts.services import choose_mail, create_person, disable_person
from portal.accounts.values import NO_MAIL, Scope
from portal.audit.jobs import HANDLERS as SEALING
from portal.duties.hours import WINDOW, hour_of, newest_hour
from portal.duties.jobs import HANDLERS, SCHEDULES
from portal.duties.mailing import tell
from portal.duties.models import Mailed, MailedItem
from portal.duties.services import close_duty, decline, reassign_duty
from portal.foundation.actor import Actor
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Job, Runner
from portal.ratings.permissions import RatingsPermission
from tests.factories.accounts import Someone, person
from tests.factories.duties import duty, proposal
from tests.factories.mail import MailServer, mail_server

NINE = datetime(2026, 2, 9, 1, 0, tzinfo=UTC)  # Monday, nine in Shanghai
SYSTEM = Actor.system()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def house(portal: Portal, clock: FixedClock, server: MailServer) -> Portal:
    clock.at = NINE
    return with_mail(portal, server.url)


def with_mail(portal: Portal, url: str) -> Portal:
    fields = {"smtp_url": url, "mail_from": "portal@office.example", "time_zone": "Asia/Shanghai"}
    return replace(portal, settings=portal.settings.model_copy(update=fields))


def at(portal: Portal, moment: datetime) -> None:
    """The runner at work at that moment, until nothing is due any more."""
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = moment
    runner = Runner(portal, SEALING | HANDLERS, SCHEDULES)
    while runner.step():
        pass


def someone_waiting(portal: Portal, **fields: object) -> Someone:
    """A moderator with one duty of two days."""
    found = person(portal, roles=["moderator"])
    duty(portal, subject=found.id, people=[found.id], **fields)
    return found


def wish(portal: Portal, someone: Someone, mail: str) -> None:
    with portal.database.write() as session:
        choose_mail(session, person_id=someone.id, mail=mail, actor=SYSTEM, now=portal.clock.now())


def kept(portal: Portal, table: type) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(table)).all())


def test_the_letter_is_the_same_for_everything_and_names_nothing(house: Portal, server: MailServer) -> None:
    ada, ben = (
        person(house, roles=["moderator"]),
        person(house, roles=["publisher"], name="Ben\r\nBcc: x@y.example"),
    )
    duty(house, subject="secret-thing", people=[ada.id])
    for number in range(3):
        duty(house, subject=f"other-{number}", people=[ben.id], days=0)
    at(house, NINE)
    assert sorted(server.to) == sorted([ada.address, ben.address])
    one, other = (received.letter for received in server.letters)
    assert (one["Subject"], other["Subject"]) == ("Something waits for you at the desk",) * 2
    assert server.letters[0].text == server.letters[1].text
    assert "https://portal.test/desk\n" in server.letters[0].text
    assert (one["From"], one["Auto-Submitted"]) == ("portal@office.example", "auto-generated")
    for received, owner in zip(server.letters, (one, other), strict=True):
        assert "secret" not in received.raw.decode()
        assert not {"Bcc", "Cc"} & set(owner.keys())
        assert owner["To"] == received.to


def test_it_is_written_in_the_language_its_reader_chose(house: Portal, server: MailServer) -> None:
    chosen, by_office, none = (someone_waiting(house) for _ in range(3))
    wish(house, chosen, "zh_Hans")
    wish(house, none, NO_MAIL)
    at(house, NINE)
    found = {received.to: received for received in server.letters}
    assert set(found) == {chosen.address, by_office.address}
    assert found[chosen.address].letter["Subject"] == "工作台上有事项等您处理"
    assert "https://portal.test/zh-Hans/desk\n" in found[chosen.address].text
    assert "Something waits" in found[by_office.address].text


def test_only_what_is_new_or_newly_due_is_told_and_once_for_each_hour(house: Portal, server: MailServer) -> None:
    ada = someone_waiting(house)
    hours = [NINE + timedelta(hours=n) for n in (0, 6, 24, 30, 48, 54, 72, 78)]
    told = []
    for hour in hours:
        at(house, hour)
        at(house, hour + timedelta(minutes=30))
        told.append(len(server.letters))
    # Monday morning: new; Wednesday morning: due; Wednesday afternoon: late
    assert told == [1, 1, 1, 1, 2, 3, 3, 3]
    assert set(server.to) == {ada.address}


def test_what_comes_after_the_hour_waits_for_the_next(house: Portal, server: MailServer) -> None:
    at(house, NINE)
    ada = someone_waiting(house)
    at(house, NINE + timedelta(minutes=5))
    at(house, NINE + timedelta(hours=5, minutes=59))
    assert server.to == []
    at(house, NINE + timedelta(hours=6))
    assert server.to == [ada.address]


def test_a_start_between_two_hours_sends_nothing(house: Portal, server: MailServer) -> None:
    """Else the time of a restart, or of a report that caused one, would stand in a mailbox."""
    someone_waiting(house)
    at(house, NINE + WINDOW)
    assert server.to == []


def test_what_somebody_is_connected_to_brings_them_no_letter(house: Portal, server: MailServer) -> None:
    ada = person(house, roles=["moderator"])
    person(house, roles=["moderator"], connected_to=["DPR"])
    duty(house, permission=RatingsPermission.MODERATE, about=Scope("DPR"))
    at(house, NINE)
    assert server.to == [ada.address]


def test_an_hour_that_has_passed_is_left_alone(house: Portal, server: MailServer) -> None:
    """A job that waited too long, or a runner that was down, does not write between the hours."""
    someone_waiting(house)
    assert hour_of(house.settings, NINE + WINDOW - timedelta(seconds=1)) == NINE
    assert hour_of(house.settings, NINE + WINDOW) is None
    assert isinstance(house.clock, FixedClock)
    house.clock.at = NINE + WINDOW
    tell(house, {"hour": NINE.isoformat()})
    assert server.to == []


def test_a_second_signature_waits_for_the_other_not_for_who_proposed(house: Portal, server: MailServer) -> None:
    ada, ben = person(house, roles=["publisher"]), person(house, roles=["publisher"])
    found = proposal(house, ada, people=[ada.id, ben.id])
    at(house, NINE)
    assert server.to == [ben.address]
    with house.database.write() as session:
        decline(session, proposal_id=found.id, actor=ben.actor, now=house.clock.now())
    assert kept(house, MailedItem) == 0


def test_what_is_done_leaves_no_trace_of_having_been_told(house: Portal, server: MailServer) -> None:
    ada = someone_waiting(house)
    at(house, NINE)
    assert (len(server.letters), kept(house, MailedItem)) == (1, 1)
    with house.database.write() as session:
        close_duty(session, kind="test.duty", subject=ada.id)
    assert kept(house, MailedItem) == 0


def test_what_is_given_to_others_is_new_to_them_and_forgotten_for_who_had_it(
    house: Portal, server: MailServer
) -> None:
    ada, ben = someone_waiting(house), person(house, roles=["moderator"])
    at(house, NINE)
    with house.database.write() as session:
        reassign_duty(session, kind="test.duty", subject=ada.id, people=[ben.id])
    assert kept(house, MailedItem) == 0
    at(house, NINE + timedelta(hours=6))
    assert server.to == [ada.address, ben.address]


def test_nobody_who_has_left_or_has_no_mail_address_is_written_to(house: Portal, server: MailServer) -> None:
    gone = someone_waiting(house)
    with house.database.write() as session:
        disable_person(session, person_id=gone.id, actor=SYSTEM, now=NINE)
        hostile = create_person(
            session, name="H", address="h@office.example\r\nbcc: x@y.example", roles=[], actor=SYSTEM, now=NINE
        )
    duty(house, subject="hostile", people=[hostile.id])
    at(house, NINE)
    assert server.letters == []


def test_without_a_server_nothing_is_written_down(portal: Portal, clock: FixedClock) -> None:
    clock.at = NINE
    someone_waiting(portal)
    at(portal, NINE)
    assert (kept(portal, Job), kept(portal, Mailed), kept(portal, MailedItem)) == (0, 0, 0)


def test_a_refused_letter_is_tried_again_within_the_hour_and_no_other_is_repeated(
    house: Portal, server: MailServer
) -> None:
    ada, ben = someone_waiting(house), someone_waiting(house)
    server.refuse(ada.address, 451)
    at(house, NINE)
    at(house, NINE + timedelta(minutes=1))
    assert server.to == [ben.address]
    duty(house, subject="newer", people=[ben.id])  # has to wait for the next hour
    server.take(ada.address)
    at(house, NINE + timedelta(minutes=2))
    assert server.to == [ben.address, ada.address]
    assert kept(house, Job) == 0
    at(house, NINE + timedelta(hours=6))
    assert server.to == [ben.address, ada.address, ben.address]


def test_a_letter_refused_for_good_is_not_tried_again(house: Portal, server: MailServer) -> None:
    ada = someone_waiting(house)
    server.refuse(ada.address, 550)
    at(house, NINE)
    server.take(ada.address)
    at(house, NINE + timedelta(hours=6))
    assert (server.to, kept(house, Job)) == ([], 0)


def test_a_server_that_is_away_is_tried_a_few_times_and_again_at_the_next_hour(
    portal: Portal, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.at = NINE
    ada = someone_waiting(portal)
    away = with_mail(portal, "smtp://127.0.0.1:1")
    tried = 0
    for minute in (0, 1, 2, 9, 10, 29, 30, 54, 55, 59):
        at(away, NINE + timedelta(minutes=minute))
        tried += "mail server not reached" in (said := "".join(capsys.readouterr()))
        assert ada.address not in said
    assert tried == 5
    assert kept(away, Job) == 0
    with mail_server() as server:
        at(with_mail(portal, server.url), NINE + timedelta(hours=6))
        assert server.to == [ada.address]


def test_a_job_that_comes_twice_writes_once(house: Portal, server: MailServer) -> None:
    someone_waiting(house)
    for _ in range(2):
        tell(house, {"hour": NINE.isoformat()})
    assert len(server.letters) == 1


def test_a_letter_repeated_after_a_crash_is_the_same_letter(house: Portal, server: MailServer) -> None:
    """Killed between sending and noting it: the mailbox can tell that both are one."""
    ada = someone_waiting(house)
    tell(house, {"hour": NINE.isoformat()})
    with house.database.write() as session:
        for table in (Mailed, MailedItem):
            for row in session.scalars(select(table)):
                session.delete(row)
    tell(house, {"hour": NINE.isoformat()})
    assert server.to == [ada.address] * 2
    assert server.letters[0].letter["Message-ID"] == server.letters[1].letter["Message-ID"]


def test_many_people_are_written_to_some_at_a_time(house: Portal, server: MailServer) -> None:
    people = []
    with house.database.write() as session:
        for number in range(45):
            made = create_person(session, name="P", address=f"p{number}@office.example", actor=SYSTEM, now=NINE)
            people.append(made.id)
    duty(house, people=people)
    tell(house, {"hour": NINE.isoformat()})
    assert len(server.letters) == 20
    at(house, NINE + timedelta(seconds=1))
    assert len(set(server.to)) == len(server.to) == 45


@given(
    now=st.integers(0, 3000 * 24 * 60).map(lambda minutes: NINE + timedelta(minutes=minutes)),
    hours=st.lists(st.integers(0, 23), min_size=1, max_size=4),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
)
def test_the_newest_hour_has_come_less_than_a_day_ago_and_is_one_of_the_clock(
    now: datetime, hours: list[int], zone: str
) -> None:
    found = newest_hour(now, hours, ZoneInfo(zone))
    assert now - timedelta(hours=25) <= found <= now
    assert found.astimezone(ZoneInfo(zone)).minute == 0
