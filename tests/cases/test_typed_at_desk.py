"""What somebody at the desk typed comes back with every page that does not take it."""

from datetime import timedelta

import pytest

from portal.cases.services import casework, decisions
from portal.cases.values import Finding
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.web.forms import fields_of_words
from tests.cases.test_desk import do
from tests.conftest import new_client
from tests.factories.cases import Filed, Office, desk_of, filed_report, send
from tests.pages import PageClient

TYPED = "Typed for a long while: 写了很久。"


@pytest.fixture
def report(portal: Portal, office: Office) -> Filed:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    return report


@pytest.fixture
def ada(portal: Portal, office: Office) -> PageClient:
    return desk_of(portal, office.officer)


def test_who_typed_for_longer_than_a_session_lasts_gets_it_back(
    clock: FixedClock, ada: PageClient, report: Filed
) -> None:
    page = ada.get(f"{report.address}/note")
    clock.at += timedelta(minutes=40)
    sent = send(ada, f"{report.address}/note", page, text=TYPED)
    shown = sent.get_data(as_text=True)
    assert sent.status_code == 403 and TYPED in shown
    assert f'href="/desk/sign-in?next={report.address}/note"' in shown
    assert "no-store" in sent.headers["Cache-Control"]


def test_nothing_typed_leads_straight_to_signing_in(clock: FixedClock, ada: PageClient, report: Filed) -> None:
    page = ada.get(f"{report.address}/triage")
    clock.at += timedelta(minutes=40)
    sent = send(ada, f"{report.address}/triage", page)
    assert sent.status_code == 303 and sent.headers["Location"].startswith("/desk/sign-in")


def test_what_somebody_typed_while_the_case_went_on_comes_back(
    portal: Portal, office: Office, ada: PageClient, report: Filed
) -> None:
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    page = ada.get(f"{report.address}/propose")
    finding = {"finding": Finding.NOT_UPHELD, "reason": "so"}
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding)
    sent = send(ada, f"{report.address}/propose", page, finding="not-upheld", reason=TYPED)
    assert sent.status_code == 409 and TYPED in sent.get_data(as_text=True)


def test_no_secret_is_among_what_comes_back() -> None:
    assert {"text", "reason"} <= fields_of_words()
    assert not {"phrase", "code", "passkey", "form_token"} & fields_of_words()


@pytest.mark.parametrize("path", ["/desk/away", "/desk/cases", "/report/what"])
def test_no_other_site_writes_on_our_pages(portal: Portal, office: Office, path: str) -> None:
    """Else it could have people read its words, and call its number, under our name."""
    client = new_client(portal)
    words = dict.fromkeys((*fields_of_words(), "text", "what"), "Call this number: 010 5555")
    sent = client.post(path, data=words, headers={"Origin": "https://elsewhere.example"})
    assert sent.status_code == 403 and "010 5555" not in sent.get_data(as_text=True)
