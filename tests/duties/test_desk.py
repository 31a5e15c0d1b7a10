"""The desk's first page: mine, to sign, later; and nothing that is not mine."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from portal.accounts.permissions import AccountsPermission
from portal.accounts.services import declare_interest
from portal.accounts.values import Scope
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.duties.rules import add_working_days
from portal.duties.services import close_duty, reassign_duty
from portal.foundation.context import Portal
from portal.front.web.desk import ON_ONE_PAGE
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.duties import duty, proposal
from tests.pages import PageClient


def mine(portal: Portal, someone: Someone) -> list[str]:
    with portal.database.read() as session:
        return [item.subject for item in duties_of(session, someone.actor, now=portal.clock.now())]


def test_first_page_sorts_by_what_is_due(portal: Portal, client: PageClient) -> None:
    one, two = (person(portal, roles=["case-officer"], name=name) for name in ("Chen Wei", "Li Na"))
    duty(portal, subject="late-one", days=-3, people=[one.id])
    duty(portal, subject="today-one", days=0, people=[one.id])
    duty(portal, subject="later-one", days=5, permission=AccountsPermission.SIGN_KEYS)
    proposal(portal, two, subject="theirs", permission=AccountsPermission.SIGN_KEYS)
    proposal(portal, one, subject="ours", permission=AccountsPermission.SIGN_KEYS)
    sign_in(client, one)
    page = client.get("/desk").get_data(as_text=True)
    for words in (
        "Monday, 9 February",
        "Look at late-one",
        "3 days late",
        "due today",
        "5 days left",
        "Change theirs",
        "proposed by Li Na, 9 Feb 2026",
        "source-correction",
        "Proposed by you, not yet signed",
    ):
        assert words in page, words
    assert page.index("late-one") < page.index("today-one") < page.index("Change theirs") < page.index("later-one")


def test_first_page_speaks_chinese(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    assert "2月9日 星期一" in client.get("/zh-Hans/desk").get_data(as_text=True)


def test_named_duty_exists_for_the_named_only(portal: Portal, client: PageClient) -> None:
    one, two = (person(portal, roles=["case-officer"]) for _ in range(2))
    duty(portal, subject="secret-thing", people=[one.id])
    assert mine(portal, one) == ["secret-thing"]
    assert mine(portal, two) == []
    sign_in(client, two)
    assert "secret-thing" not in client.get("/desk").get_data(as_text=True)


def test_pages_of_an_uninvolved_person_do_not_differ_by_a_duty(portal: Portal, client: PageClient) -> None:
    one, two = (person(portal, roles=["case-officer"]) for _ in range(2))
    sign_in(client, two)
    before = client.get("/desk").get_data()
    duty(portal, people=[one.id])
    proposal(portal, one, people=[one.id])
    assert client.get("/desk").get_data() == before


def test_duty_about_a_body_leaves_whoever_becomes_connected(portal: Portal) -> None:
    one = person(portal, roles=["case-officer"])
    duty(portal, people=[one.id], about=Scope("DPR"))
    with portal.database.write() as session:
        declare_interest(session, actor=one.actor, body_code="DPR", now=portal.clock.now())
    assert mine(portal, one) == []


def test_reassigned_duty_is_the_others_alone(portal: Portal) -> None:
    one, two = (person(portal, roles=["case-officer"]) for _ in range(2))
    duty(portal, people=[one.id])
    with portal.database.write() as session:
        reassign_duty(session, kind="test.duty", subject="thing", people=[two.id])
    assert (mine(portal, one), mine(portal, two)) == ([], ["thing"])


def test_duty_opened_again_replaces_the_first_and_closing_leaves_nothing(portal: Portal) -> None:
    one = person(portal)
    duty(portal, people=[one.id], days=1)
    duty(portal, people=[one.id], days=9)
    assert mine(portal, one) == ["thing"]
    with portal.database.write() as session:
        close_duty(session, kind="test.duty", subject="thing")
        close_duty(session, kind="test.duty", subject="never-was")
    assert mine(portal, one) == []


MONDAY = datetime(2026, 2, 9, 9, tzinfo=UTC)


def test_working_days_leave_out_the_weekend() -> None:
    assert add_working_days(MONDAY, 4) == MONDAY + timedelta(days=4)
    assert add_working_days(MONDAY, 5) == MONDAY + timedelta(days=7)
    assert add_working_days(MONDAY + timedelta(days=5), 1) == MONDAY + timedelta(days=7)  # from Saturday


@given(st.integers(0, 400), st.integers(0, 400))
def test_working_days_agree_with_counting_them(start: int, days: int) -> None:
    begun = MONDAY + timedelta(days=start)
    ends = add_working_days(begun, days)
    worked = [
        begun + timedelta(days=n)
        for n in range(1, (ends - begun).days + 1)
        if (begun + timedelta(days=n)).weekday() < 5
    ]
    assert len(worked) == days
    assert days == 0 or ends.weekday() < 5


def test_what_is_read_for_the_first_page_does_not_grow_with_what_waits(portal: Portal) -> None:
    one, two = (person(portal, roles=["case-officer"]) for _ in range(2))

    def read() -> int:
        with portal.database.read() as session:
            statements: list[str] = []
            engine, now = session.get_bind(), portal.clock.now()

            def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
                statements.append(statement)

            event.listen(engine, "before_cursor_execute", note)
            found = duties_of(session, one.actor, now=now), signatures_waiting_for(session, one.actor, now=now)
            event.remove(engine, "before_cursor_execute", note)
        assert all(found)
        return len(statements)

    for number in range(2):
        duty(portal, subject=f"thing-{number}", people=[one.id], about=[Scope("DPR", "parks", str(number))])
        proposal(portal, two, subject=f"thing-{number}", people=[one.id], about=[Scope(f"D{number}")])
    few = read()
    for number in range(2, 8):
        duty(portal, subject=f"thing-{number}", people=[one.id], about=[Scope("DPR", "parks", str(number))])
        proposal(portal, two, subject=f"thing-{number}", people=[one.id], about=[Scope(f"D{number}")])
    assert read() == few


def test_first_page_shows_a_part_of_a_long_list_and_leads_to_the_rest(portal: Portal, client: PageClient) -> None:
    one, two = (person(portal, roles=["case-officer"]) for _ in range(2))
    for number in range(ON_ONE_PAGE + 1):
        duty(portal, subject=f"mine-{number:02}", people=[one.id], days=number + 1)
        later = portal.clock.now() + timedelta(days=number + 1)
        proposal(portal, two, subject=f"sign-{number:02}", people=[one.id], due_at=later)
    sign_in(client, one)
    first = client.get("/desk").get_data(as_text=True)
    assert "mine-00" in first and "sign-00" in first
    assert f"mine-{ON_ONE_PAGE}" not in first and f"sign-{ON_ONE_PAGE}" not in first
    second = client.get("/desk?mine=2").get_data(as_text=True)
    assert f"mine-{ON_ONE_PAGE}" in second and "mine-00" not in second and "sign-00" in second
    assert 'href="/desk?mine=2&amp;sign=2"' in second, "one list is turned without turning the other back"
    assert f"sign-{ON_ONE_PAGE}" in client.get("/desk?mine=x&sign=999").get_data(as_text=True)
