"""If these failed, a clerk could make codes for others or lose some, or would hang up a poster that misleads."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.ratings.cli import receipts
from portal.ratings.codes import read_code
from portal.ratings.models import ReceiptRow
from portal.ratings.printing import picture
from tests.conftest import Beginning
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import hidden_fields, publish_services
from tests.pages import PageClient

CODE = re.compile(r"\b[0-9a-y]{4}-[0-9a-y]{4}-[0-9a-y]{4}\b")


def with_a_hall(portal: Portal) -> None:
    publish_services(portal, "permits", place={"en": "North hall", "zh_Hans": "北大厅"}, windows=("3",))
    publish_services(portal, "taxes", body="TAX")


@pytest.fixture
def beginning() -> Beginning:
    return with_a_hall


@pytest.fixture
def clerk(portal: Portal, client: PageClient) -> PageClient:
    sign_in(client, person(portal, roles=["service-clerk"], connected_to=["DPR"]))
    return client


def stored(portal: Portal) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(ReceiptRow)).all())


def test_a_clerk_prints_slips_and_the_same_page_again_makes_no_more(clerk: PageClient, portal: Portal) -> None:
    page = clerk.get("/desk/receipts").text
    assert "taxes" not in page, "of another body"
    asked = hidden_fields(page) | {"service": "permits", "count": "3", "layout": "sheet", "language": "both"}
    first, again = (clerk.post("/desk/receipts", data=asked) for _ in range(2))
    codes = CODE.findall(first.text)
    assert len(codes) == 3 and all(read_code(code) for code in codes)
    assert CODE.findall(again.text) == codes
    assert stored(portal) == 3
    assert first.headers["Cache-Control"] == "no-store"
    assert first.text.count('alt="QR"') == 3
    assert "Service permits" in first.text and "事项 permits" in first.text
    assert clerk.post("/desk/receipts", data=asked | {"layout": "text"}).text.count("/rate/r/") == 3


def test_a_clerk_makes_no_codes_for_another_body(clerk: PageClient, portal: Portal) -> None:
    asked = hidden_fields(clerk.get("/desk/receipts").text) | {"service": "taxes", "count": "3"}
    assert clerk.post("/desk/receipts", data=asked).status_code == 422
    assert stored(portal) == 0


@pytest.mark.parametrize("count", ["0", "501", "x", ""])
def test_a_number_out_of_reach_is_asked_again(clerk: PageClient, portal: Portal, count: str) -> None:
    asked = hidden_fields(clerk.get("/desk/receipts").text) | {"service": "permits", "count": count}
    assert clerk.post("/desk/receipts", data=asked).status_code == 422
    assert stored(portal) == 0


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("size=a4&language=zh", "您对本次服务满意吗", "How were you served"),
        ("size=a5&language=both", "How were you served", "gp-poster--a4"),
        ("size=%00&language=xx", "您对本次服务满意吗", "gp-poster--a5"),
    ],
)
def test_a_poster_leads_to_the_question_and_to_reporting(
    client: PageClient, query: str, shown: str, hidden: str
) -> None:
    page = client.get(f"/rate/poster/permits?{query}").text
    assert shown in page and hidden not in page
    assert "https://portal.test/rate/p/permits" in page
    assert "https://portal.test/report" in page
    assert picture("https://portal.test/rate/p/permits").replace("&", "&amp;") in page.replace("&#39;", "'")
    assert "北大厅" in page


@pytest.mark.parametrize("form", ["links", "sheet"])
def test_the_command_writes_links_or_a_sheet_that_needs_nothing_else(portal: Portal, form: str) -> None:
    done = CliRunner().invoke(
        receipts, ["issue", "--service", "permits", "--count", "2", "--format", form], obj=portal
    )
    assert done.exit_code == 0, done.output
    assert len(set(CODE.findall(done.stdout))) == 2
    if form == "sheet":
        assert "<style>" in done.stdout and 'rel="stylesheet"' not in done.stdout
    else:
        assert done.stdout.startswith("https://portal.test/rate/r/")


def test_a_key_of_an_office_is_shown_once_and_can_be_ended(portal: Portal) -> None:
    made = CliRunner().invoke(receipts, ["key", "--body", "DPR", "--name", "hall"], obj=portal)
    key_id, _, secret = made.stdout.strip().partition(".")
    listed = CliRunner().invoke(receipts, ["keys"], obj=portal).output
    assert key_id in listed and secret not in listed
    assert CliRunner().invoke(receipts, ["revoke", key_id], obj=portal).exit_code == 0
    assert "revoked" in CliRunner().invoke(receipts, ["keys"], obj=portal).output
    assert CliRunner().invoke(receipts, ["revoke", "nothing"], obj=portal).exit_code == 1
    assert CliRunner().invoke(receipts, ["key", "--body", "X", "--name", "hall"], obj=portal).exit_code == 1
