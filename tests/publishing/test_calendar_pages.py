"""The calendar is read as a page, a table, a feed and a calendar file, and all say the same."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.calendar import CalendarState, When
from portal.publishing.icalendar import Event, fold, write_calendar
from portal.publishing.services import append_waiting
from portal.publishing.services.timing import publish_due, tell_missed
from tests.factories.calendar import announced, confirmed, decide
from tests.factories.releases import figures_csv, line, publish
from tests.pages import PageClient
from tests.publishing.feeds import read_atom


def events(client: PageClient, path: str = "/releases.ics") -> dict[str, icalendar.Event]:
    reply = client.get(path)
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = reply.data.split(b"\r\n")
    assert all(len(one) <= 75 and b"\n" not in one for one in lines)
    calendar = icalendar.Calendar.from_ical(reply.data)
    assert not calendar.errors
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    for event in found.values():
        assert not event.errors
        assert str(event["STATUS"]) in {"TENTATIVE", "CONFIRMED", "CANCELLED"}
        assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY"} <= set(event)
    return found


def event(client: PageClient) -> icalendar.Event:
    return events(client)["review-2022@portal.test"]


def test_a_provisional_month_is_a_tentative_event_of_whole_days(client: PageClient, portal: Portal) -> None:
    announced(portal)
    found = event(client)
    assert (str(found["STATUS"]), found["SEQUENCE"]) == ("TENTATIVE", 0)
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2026, 6, 1), date(2026, 7, 1))
    page = client.get("/releases").text
    assert "June 2026" in page
    assert "Provisional" in page
    assert "It is expected in June 2026." in client.get("/releases/review-2022").text


def test_every_change_keeps_the_event_and_counts_on(client: PageClient, portal: Portal, clock: FixedClock) -> None:
    announced(portal)
    clock.at += timedelta(days=1)
    at = confirmed(portal)
    first = event(client)
    assert (str(first["STATUS"]), first["SEQUENCE"], first["DTSTART"].dt) == ("CONFIRMED", 1, at)
    clock.at += timedelta(days=1)
    confirmed(portal, at + timedelta(days=3), reason="The source, late; again.")
    moved = event(client)
    assert (moved["SEQUENCE"], moved["DTSTART"].dt) == (2, at + timedelta(days=3))
    assert moved["DTSTAMP"].dt - first["DTSTAMP"].dt == timedelta(days=1)
    assert "The source, late; again." in str(moved["DESCRIPTION"])
    decide(portal, "review-2022", CalendarState.CANCELLED, None, "Given up.")
    gone = event(client)
    assert (str(gone["STATUS"]), gone["SEQUENCE"]) == ("CANCELLED", 3)


def test_reasons_stand_on_the_pages(client: PageClient, portal: Portal) -> None:
    announced(portal)
    at = confirmed(portal)
    confirmed(portal, at + timedelta(days=3), reason="The source is late.")
    for path in ("/releases", "/releases/review-2022", "/zh-Hans/releases/review-2022"):
        assert "The source is late." in client.get(path).text
    history = json.loads(client.get("/releases/review-2022.json").text)["calendar"]["history"]
    assert [one["reason"] for one in history] == [None, None, "The source is late."]
    decide(portal, "review-2022", CalendarState.CANCELLED, None, "The survey was given up.")
    for path in ("/releases", "/releases/review-2022"):
        assert "The survey was given up." in client.get(path).text


def test_the_table_holds_what_is_coming_and_what_came(client: PageClient, portal: Portal) -> None:
    publish(portal, figures_csv(line("2021")), "review-2021")
    announced(portal, follows="review-2021")
    table = list(csv.DictReader(io.StringIO(client.get("/releases.csv?bom=0").text)))
    assert [(row["slug"], row["state"], row["when"]) for row in table] == [
        ("review-2022", "provisional", "2026-06"),
        ("review-2021", "published", "2026-02-09T09:00:00Z"),
    ]
    found = json.loads(client.get("/releases.json").text)
    assert [one["slug"] for one in found["upcoming"]] == ["review-2022"]
    assert 'rel="prev"' in client.get("/releases/review-2022").text


def test_the_feed_tells_of_releases_and_of_changed_dates(
    client: PageClient, portal: Portal, clock: FixedClock
) -> None:
    publish(portal, figures_csv(line("2021")), "review-2021")
    clock.at += timedelta(days=1)
    announced(portal)
    confirmed(portal)
    titles = [one["title"] for one in read_atom(client.get("/releases.atom").data)]
    assert titles[-1] == "Published: Release review-2021"
    assert titles[:2] == [
        "Provisional: Review times 2022, June 2026",
        "Confirmed: Review times 2022, 24 March 2026, 09:00 UTC",
    ]
    assert len(read_atom(client.get("/zh-Hans/releases.atom").data)) == 3


def test_an_empty_calendar_is_a_calendar(client: PageClient) -> None:
    assert events(client) == {}
    assert read_atom(client.get("/releases.atom").data) == []
    assert "No release is announced." in client.get("/releases").text


def test_a_release_that_was_not_announced_is_not_found(client: PageClient) -> None:
    assert client.get("/releases/nothing").status_code == 404


def test_a_missed_time_is_told_once_and_until_it_is_made_good(
    client: PageClient, portal: Portal, clock: FixedClock
) -> None:
    announced(portal)
    at = confirmed(portal)
    clock.at = at
    publish_due(portal)
    tell_missed(portal)
    append_waiting(portal)
    assert "It will be published on" in client.get("/releases/review-2022").text
    clock.at = at + timedelta(minutes=1)
    for _ in range(3):
        tell_missed(portal)
        append_waiting(portal)
    assert "This release did not come at its time" in client.get("/releases/review-2022").text
    assert "Overdue" in client.get("/releases").text
    history = json.loads(client.get("/releases/review-2022.json").text)["calendar"]["history"]
    assert [one["missed"] for one in history] == [False, False, True]
    assert event(client)["SEQUENCE"] == 1
    confirmed(portal, clock.at.replace(second=0) + timedelta(days=9), reason="The source was late.")
    assert "did not come" not in client.get("/releases/review-2022").text


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(line=text)
def test_folded_lines_join_to_the_line_and_never_cut_a_character(line: str) -> None:
    pieces = list(fold(line))
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])


@given(summary=text, description=text)
def test_any_words_come_through_the_calendar(summary: str, description: str) -> None:
    now = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
    when = When("2026-06-01")
    one = Event("a@b", 0, CalendarState.PROVISIONAL, when, now, summary, description, "https://portal.test/")
    calendar = icalendar.Calendar.from_ical(write_calendar([one], name="x", zone="UTC"))
    (found,) = calendar.walk("VEVENT")
    plain = summary.replace("\r\n", "\n").replace("\r", "\n")
    assert str(found["SUMMARY"]) == "".join(c for c in plain if c == "\n" or (c >= " " and c != "\x7f"))


@pytest.mark.parametrize("path", ["/releases.ics", "/releases.atom", "/zh-Hans/releases.ics"])
def test_programs_are_told_when_nothing_changed(client: PageClient, portal: Portal, path: str) -> None:
    announced(portal)
    kept = client.get(path)
    assert client.get(path, headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304
