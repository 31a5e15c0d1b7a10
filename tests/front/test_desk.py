"""The desk's first page and the audit reader, for people who handle cases and for people who must not know."""

from dataclasses import replace
from datetime import UTC, datetime

from portal.app import create_runner
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.crypto import sha256
from tests.conftest import new_client
from tests.factories.accounts import person, sign_in
from tests.factories.cases import a_figure, an_office, filed_report
from tests.pages import PageClient


def test_cases_show_to_their_officer_and_not_to_the_connected(portal: Portal, client: PageClient) -> None:
    a_figure(portal)
    office = an_office(portal)
    connected = new_client(portal)
    sign_in(connected, office.connected)
    before = connected.get("/desk").get_data()
    report = filed_report(portal)
    sign_in(client, office.officer)
    page = client.get("/desk").get_data(as_text=True)
    assert "1 open, 0 late" in page
    assert f'href="{report.address}"' in page
    assert sha256(connected.get("/desk").get_data()) == sha256(before)


def test_people_without_cases_see_no_word_of_them(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal, roles=["moderator"]))
    assert "open, 0 late" not in client.get("/desk").get_data(as_text=True)


def test_the_day_on_the_desk_is_the_day_at_the_office(portal: Portal, clock: FixedClock) -> None:
    clock.at = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # in Shanghai it is Monday, half past six
    office = portal.settings.model_copy(update={"time_zone": "Asia/Shanghai"})
    client = new_client(replace(portal, settings=office))
    sign_in(client, person(portal, roles=["moderator"]))
    assert "Monday, 2 March" in client.get("/desk").get_data(as_text=True)


def test_auditor_reads_codes_and_ids_and_no_case(portal: Portal, client: PageClient) -> None:
    a_figure(portal)
    office = an_office(portal)
    report = filed_report(portal)
    sign_in(client, office.officer)
    client.get(report.address)
    auditor = person(portal, roles=["auditor"])
    create_runner(portal).step()
    sign_in(client, auditor)
    page = client.get("/desk/audit").get_data(as_text=True)
    assert "accounts.grant-role" in page
    assert report.case_id not in page
    assert "case:" not in page
    one = client.get(f"/desk/audit?person={auditor.id}&page=999").get_data(as_text=True)
    assert "No row matches." in one
    assert client.get("/desk/audit?page=x&act=%3Cscript%3E").status_code == 200
