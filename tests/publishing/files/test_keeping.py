"""A long table must not fill the disk edition by edition, and no page may lead to a file that was taken away."""

import json

import pytest

from portal.foundation.context import Portal
from portal.publishing.files import keeping
from portal.publishing.services.filing import make_missing
from portal.publishing.services.shelving import sign_made
from portal.publishing.shelf import Shelf
from tests.conftest import Beginning
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.files.made import publish

REGISTER, RELEASE, RATINGS, CORRECTION = 1, 2, 3, 4


def made(portal: Portal) -> None:
    """Four editions are made, where a table of two rows is a long one."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(keeping, "MOST_ROWS_KEPT", 1)
        assert publish(portal) == CORRECTION
        make_missing(portal)
        sign_made(portal)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return made if "shelf" in request.fixturenames else None


@pytest.fixture
def shelf(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(keeping, "MOST_ROWS_KEPT", 1)
    return Shelf(portal.settings.var)


def after_another_act(portal: Portal) -> int:
    newest = append(portal, figure(period="2024"), kind="correction")
    make_missing(portal)
    sign_made(portal)
    return newest


def test_long_tables_have_workbooks_in_the_newest_edition_and_in_releases(shelf: Shelf):
    kept = [n for n in shelf.editions() if shelf.path(n, "figures.xlsx").exists()]
    assert kept == [REGISTER, RELEASE, CORRECTION], "in the first edition the table has no row"
    assert [n for n in shelf.editions() if shelf.path(n, "figures.parquet").exists()] == kept
    assert shelf.path(RATINGS, "ratings.xlsx").exists(), "a short table"
    assert not any(path.name.startswith(".") for n in shelf.editions() for path in shelf.of(n).iterdir())


def test_an_edition_that_came_and_went_has_its_digests_all_the_same(shelf: Shelf):
    passed = shelf.made(RATINGS)
    assert passed is not None
    assert not shelf.path(RATINGS, "figures.csv").exists()
    assert "  figures.csv\n" in passed.sums and "figures.xlsx" not in passed.sums


def test_when_the_next_edition_is_made_the_workbook_goes_and_its_digest_stays(portal: Portal, shelf: Shelf):
    before = shelf.signed(CORRECTION)
    after_another_act(portal)
    assert not shelf.path(CORRECTION, "figures.xlsx").exists()
    assert shelf.path(RELEASE, "figures.xlsx").exists()
    assert shelf.signed(CORRECTION) == before is not None
    assert "  figures.xlsx\n" in before


def test_a_data_package_names_only_files_that_stay(portal: Portal, shelf: Shelf):
    def alternates(edition: int) -> set[str]:
        package = json.loads(shelf.path(edition, "datapackage.json").read_text())
        return {one["path"] for resource in package["resources"] for one in resource["alternates"]}

    assert "figures.xlsx" in alternates(RELEASE)
    assert not {"figures.xlsx", "figures.parquet"} & alternates(CORRECTION)
    assert "ratings.xlsx" in alternates(CORRECTION)


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_pages_link_to_what_is_there_and_say_why_the_rest_is_not(
    client: PageClient, portal: Portal, shelf: Shelf, prefix: str
):
    newest = after_another_act(portal)
    page = client.get(f"{prefix}/data/editions/{CORRECTION}").text
    assert f"/data/editions/{CORRECTION}/figures.csv" in page
    assert f"/data/editions/{CORRECTION}/figures.xlsx" not in page
    assert ("kept for the newest edition and for releases" in page) is not bool(prefix)
    gone = client.get(f"/data/editions/{CORRECTION}/figures.xlsx")
    assert (gone.status_code, gone.mimetype) == (410, "application/problem+json")
    assert f"/data/editions/{newest}/figures.xlsx" in client.get(f"{prefix}/data/editions/{newest}").text


def test_while_the_newest_workbook_is_being_made_the_one_before_it_is_offered(
    client: PageClient, portal: Portal, shelf: Shelf
):
    newest = append(portal, figure(period="2024"), kind="correction")
    page = client.get(f"/data/editions/{newest}").text
    assert "figures.xlsx" not in page and "being made" in page
    assert f'href="/data/editions/{CORRECTION}"' in page
    found = client.get("/data/latest/figures.xlsx")
    assert (found.status_code, found.headers["Location"]) == (302, f"/data/editions/{CORRECTION}/figures.xlsx")
    assert client.get("/data/latest/figures.csv").headers["Location"] == f"/data/editions/{newest}/figures.csv"
