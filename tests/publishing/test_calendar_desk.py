"""The calendar at the desk: announced, confirmed by two, moved with a reason, seen early by few."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.queries import get_person
from portal.audit.models import AuditEntry
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.services import append_waiting
from portal.publishing.services.early_access import tell_views
from portal.publishing.services.timing import publish_due
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.calendar import announced, confirmed
from tests.factories.releases import draft, figures_csv, line
from tests.pages import PageClient
from tests.publishing.test_desk import submit

SLUG = "review-2022"
PAGE = f"/desk/calendar/{SLUG}"
PLAN = {
    "slug": SLUG,
    "title_en": "Review times 2022",
    "when": "2026-06",
    "period": "2022",
    "holds_en": "Days to first review.",
    "contact": "Statistics office, 12345",
}


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"], name="Rita Registrar")


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"], name="Paul Publisher")


@pytest.fixture
def at_desk(portal: Portal) -> Any:
    def open_desk(someone: Someone) -> PageClient:
        client = new_client(portal)
        sign_in(client, someone)
        return client

    return open_desk


def state(portal: Portal) -> str:
    append_waiting(portal)
    with portal.database.read() as session:
        found = queries.find_planned(session, SLUG, edition=queries.current_edition(session).n)
    assert found is not None
    return f"{found.state} {found.when.text}"


def test_a_release_is_announced_confirmed_and_moved(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any
) -> None:
    rita, paul = at_desk(registrar), at_desk(publisher)
    made = submit(rita, "/desk/calendar/new", **PLAN)
    assert (made.status_code, made.location) == (303, PAGE)
    assert state(portal) == "provisional 2026-06"
    submit(rita, f"{PAGE}/edit", **{**PLAN, "when": "2026-07"})
    assert state(portal) == "provisional 2026-07"
    assert submit(rita, PAGE, act="confirm", day="2026-07-15", hour="09:30").status_code == 303
    assert "Take it back" in rita.get(PAGE).text
    assert "Rita Registrar put forward" in paul.get(PAGE).text
    submit(paul, PAGE, act="approve")
    assert state(portal) == "confirmed 2026-07-15T09:30:00Z"
    refused = submit(rita, PAGE, act="confirm", day="2026-07-20", hour="09:30")
    assert refused.status_code == 422
    assert "Say why a confirmed release changes" in refused.text
    assert 'value="2026-07-20"' in refused.text
    submit(rita, PAGE, act="confirm", day="2026-07-20", hour="09:30", reason="The source is late.")
    submit(paul, PAGE, act="decline")
    assert state(portal) == "confirmed 2026-07-15T09:30:00Z"
    submit(rita, PAGE, act="cancel", reason="The survey was given up.")
    submit(paul, PAGE, act="approve")
    assert state(portal) == "cancelled 2026-07-15T09:30:00Z"
    assert "Review times 2022" in paul.get("/desk/calendar").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "a b"}, "Use letters A to Z"),
        ({"when": "soon"}, "Enter a month such as 2027-03"),
        ({"when": "2026-01"}, "Choose a time that is still to come."),
        ({"when": "2026-06-01T09:00:00Z"}, "Enter a month such as 2027-03"),
        ({"title_en": ""}, "Enter a name for the release"),
        ({"contact": ""}, "Say which office answers questions."),
        ({"period": "then"}, "Enter a period such as 2026"),
    ],
)
def test_what_cannot_be_announced_is_said_beside_its_field(
    registrar: Someone, at_desk: Any, wrong: dict[str, str], said: str
) -> None:
    answer = submit(at_desk(registrar), "/desk/calendar/new", **{**PLAN, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Days to first review." in answer.text


@pytest.mark.parametrize(
    ("day", "hour"), [("", ""), ("2026-07-15", ""), ("15.7.2026", "09:30"), ("2026-07-15", "9")]
)
def test_a_time_that_is_none_is_asked_for_again(
    portal: Portal, registrar: Someone, at_desk: Any, day: str, hour: str
) -> None:
    announced(portal)
    answer = submit(at_desk(registrar), PAGE, act="confirm", day=day, hour=hour, reason="Because.")
    assert answer.status_code == 422
    assert "Enter the day and the time, to the minute." in answer.text
    assert "Because." in answer.text


def test_a_waiting_release_says_so_and_can_be_stopped(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any
) -> None:
    rita, paul = at_desk(registrar), at_desk(publisher)
    announced(portal)
    confirmed(portal)
    draft(portal, figures_csv(line()), actor=registrar.actor)
    submit(rita, f"/desk/releases/{SLUG}", act="prepare")
    submit(paul, f"/desk/releases/{SLUG}", act="publish")
    assert "It will be published on 23 March 2026, 09:00 UTC by itself" in rita.get(f"/desk/releases/{SLUG}").text
    submit(rita, f"/desk/releases/{SLUG}", act="stop")
    assert "Put forward" in rita.get(f"/desk/releases/{SLUG}").text


def test_early_readers_see_it_on_the_last_day_and_every_look_counts(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any, clock: FixedClock
) -> None:
    minister = person(portal, roles=["auditor"], name="Mina Minister")
    rita, paul, mina = at_desk(registrar), at_desk(publisher), at_desk(minister)
    announced(portal)
    at = confirmed(portal)
    with portal.database.read() as session:
        address = get_person(session, minister.id).address
    listed = f"{address} | Office of the mayor | Answers questions at nine"
    submit(rita, f"{PAGE}/access", readers=listed)
    assert "Mina Minister" in paul.get(f"{PAGE}/access").text
    submit_step(paul, f"{PAGE}/access", f"{PAGE}/access/decision", act="approve")
    append_waiting(portal)
    public = new_client(portal).get(f"/releases/{SLUG}").text
    assert "Office of the mayor" in public
    assert "Answers questions at nine" in public
    assert "Mina" not in public
    draft(portal, figures_csv(line()), actor=registrar.actor)
    preview = f"/desk/previews/{SLUG}"
    clock.at = at - timedelta(hours=12)
    assert mina.get(preview).status_code in {303, 403}  # the session is long over; and nothing is approved
    rita, paul, mina = at_desk(registrar), at_desk(publisher), at_desk(minister)
    assert mina.get(preview).status_code == 403
    submit(rita, f"/desk/releases/{SLUG}", act="prepare")
    submit(paul, f"/desk/releases/{SLUG}", act="publish")
    clock.at = at - timedelta(hours=25)
    mina, paul = at_desk(minister), at_desk(publisher)
    assert mina.get(preview).status_code == 403
    clock.at = at - timedelta(hours=24)
    mina, paul = at_desk(minister), at_desk(publisher)
    seen = mina.get(preview)
    assert "Not to be published before 23 March 2026, 09:00 UTC" in seen.text
    assert "8.5" in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert "Review times 2022" in mina.get("/desk/previews").text
    assert "/desk/previews" in mina.get("/desk").text
    assert paul.get(preview).status_code == 404
    assert new_client(portal).get(preview).status_code == 303
    assert "Mina Minister" in paul.get(f"{PAGE}/access").text
    with portal.database.read() as session:
        looks = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.act == "publishing.calendar-preview"))
        assert looks.all() == [minister.id]
    clock.at = at
    publish_due(portal)
    tell_views(portal)
    append_waiting(portal)
    tell_views(portal)  # once only
    append_waiting(portal)
    with portal.database.read() as session:
        n = queries.current_edition(session).n
        access = queries.early_access_of(session, SLUG, edition=n)
    assert access is not None
    assert (access.views, access.edition) == (1, n)
    assert "It was looked at 1 time before its time." in new_client(portal).get(f"/releases/{SLUG}").text
    assert at_desk(minister).get(preview).status_code == 403


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("nobody@office.example | Office | Reason", "Nobody here has the address nobody@office.example."),
        ("just a name", "Line 1 needs an address, an office and a reason"),
        ("a | b |", "Line 1 needs"),
    ],
)
def test_a_list_that_cannot_be_read_is_given_back(
    portal: Portal, registrar: Someone, at_desk: Any, listed: str, said: str
) -> None:
    announced(portal)
    answer = submit(at_desk(registrar), f"{PAGE}/access", readers=listed)
    assert answer.status_code == 422
    assert said in answer.text
    assert listed in answer.text


def submit_step(client: PageClient, page: str, path: str, **fields: Any) -> None:
    """Send the one-button form of a page to its own address."""
    found = re.search(
        rf'action="{path}".*?name="form_token"[^>]*value="([^"]+)"', client.get(page).text, re.DOTALL
    )
    assert found
    assert client.post(path, data={"form_token": found[1], **fields}).status_code == 303
