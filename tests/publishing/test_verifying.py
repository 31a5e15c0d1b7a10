"""If a journalist could not get from a printed figure to its proof, the log were there for programmers only."""

import json

import pytest

from portal.foundation.context import Portal
from portal.publishing.verification.bundle import check_bundle, parse_bundle
from tests.conftest import Beginning
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.log.published import publish_six

FIGURE = "/verify/bodies/DPR/indicators/clean-parks/2022"
PAGE = "https://portal.test/zh-Hans/bodies/DPR/indicators/clean-parks?edition=3"


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_six if "published" in request.fixturenames else None


@pytest.fixture
def published(portal: Portal) -> Portal:
    """Edition 2 publishes 91.50, edition 4 corrects it to 80.00."""
    return portal


def test_what_is_printed_leads_to_the_proof(published: Portal, client: PageClient) -> None:
    by_edition = client.get("/verify/figure", query_string={"page": PAGE, "period": " 2022 ", "when": "3"})
    assert (by_edition.status_code, by_edition.location) == (302, f"{FIGURE}?edition=3")
    by_day = client.get("/verify/figure", query_string={"page": PAGE, "period": "2022", "when": "2026-02-09"})
    assert client.get(by_day.location).location == f"https://portal.test{FIGURE}?edition=6"


def test_what_is_missing_is_said_and_what_was_typed_stays(published: Portal, client: PageClient) -> None:
    assert client.get("/verify/figure").status_code == 200
    reply = client.get(
        "/verify/figure", query_string={"page": "clean parks <b>", "period": "", "when": "last year"}
    )
    assert reply.status_code == 422
    for words in ("There is a problem", "clean parks &lt;b&gt;", "last year", "Enter the period"):
        assert words in reply.text


def test_the_page_shows_every_hash_up_to_the_signed_head(published: Portal, client: PageClient) -> None:
    page = client.get(f"{FIGURE}?edition=3").text
    assert "91.50" in page and "This is the value in edition 3" in page
    proof = client.get("/log/proof/inclusion?entry=2&size=3").json
    assert proof is not None
    head = client.get("/log/checkpoints/3").text
    assert all(line in page for line in head.splitlines() if line)
    assert page.count("Joined with the hash") == len(proof["path"]) == 2


def test_it_says_whether_the_value_was_changed_since_and_why(published: Portal, client: PageClient) -> None:
    changed = client.get(f"{FIGURE}?edition=3").text
    assert "Changed since" in changed and "80.00%" in changed
    assert "Not changed since" in client.get(f"{FIGURE}?edition=5").text
    assert "hanged since" not in client.get(FIGURE).text


def test_a_figure_that_was_not_published_then_is_not_found(published: Portal, client: PageClient) -> None:
    for address in (FIGURE + "?edition=1", FIGURE.replace("2022", "1999"), FIGURE + ".json?edition=1"):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(("edition", "actual"), [(2, "91.50"), (3, "91.50"), (4, "80.00"), (6, "80.00")])
def test_the_proof_to_keep_holds_and_gives_the_value_of_its_edition(
    published: Portal, client: PageClient, edition: int, actual: str
) -> None:
    reply = client.get(f"{FIGURE}.json?edition={edition}")
    assert reply.headers["Content-Disposition"].startswith("attachment; ")
    proven = check_bundle(parse_bundle(reply.text))
    assert (proven.statement["actual"], proven.head.size) == (actual, edition)
    append(published, figure(period="2030"))
    assert client.get(f"{FIGURE}.json?edition={edition}").data == reply.data, "the same bytes for ever"


def test_every_figure_leads_to_its_proof(published: Portal, client: PageClient) -> None:
    assert (
        "/verify/bodies/DPR/indicators/clean-parks/2024" in client.get("/bodies/DPR/indicators/clean-parks").text
    )
    told = json.loads(client.get("/verify.json").data)
    assert told["verifier"]["sha256"] in client.get("/verify").text
