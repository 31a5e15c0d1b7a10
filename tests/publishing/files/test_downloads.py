"""Addresses that journalists write down: they must give the same bytes, or a clear word why not yet."""

import base64
import hashlib
import subprocess
from collections.abc import Iterator

import pytest

from portal.foundation.context import Portal
from portal.publishing.files import LAYOUTS
from portal.publishing.files.forms import PACKAGE
from portal.publishing.services.filing import make_missing
from portal.publishing.services.shelving import sign_made
from portal.publishing.web.data import waiting
from tests.conftest import Beginning, World
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.files.made import publish

DATA = LAYOUTS[1].data


def published(portal: Portal) -> int:
    edition = publish(portal, "手工统计")
    make_missing(portal)
    sign_made(portal)
    return edition


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return published if "newest" in request.fixturenames else None


@pytest.fixture
def newest(world: World) -> int:
    return world.told


def test_every_file_is_served_with_the_digest_that_was_signed(client: PageClient, newest: int):
    signed = client.get(f"/data/editions/{newest}/SHA256SUMS").text
    for name in LAYOUTS[1].files:
        reply = client.get(f"/data/editions/{newest}/{name}")
        assert reply.status_code == 200, name
        digest = hashlib.sha256(reply.data).hexdigest()
        assert f"{digest}  {name}\n" in signed
        assert reply.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert f"edition-{newest}." in reply.headers["Content-Disposition"]
        again = client.get(f"/data/editions/{newest}/{name}", headers={"If-None-Match": reply.headers["ETag"]})
        assert again.status_code == 304


def test_an_old_edition_gives_the_signed_bytes_though_its_csv_is_no_longer_kept(client: PageClient, newest: int):
    for n in range(1, newest + 1):
        signed = client.get(f"/data/editions/{n}/SHA256SUMS").text
        for name in DATA:
            body = client.get(f"/data/editions/{n}/{name}").data
            assert f"{hashlib.sha256(body).hexdigest()}  {name}\n" in signed, (n, name)


def test_later_acts_change_nothing_about_an_edition(client: PageClient, portal: Portal, newest: int):
    before = {name: client.get(f"/data/editions/{newest}/{name}").data for name in DATA}
    append(portal, figure(actual="1", cause="method-change", replaces=newest), kind="correction")
    make_missing(portal)
    assert {name: client.get(f"/data/editions/{newest}/{name}").data for name in DATA} == before


def test_latest_leads_to_the_newest_edition_and_keeps_the_wish_for_no_mark(client: PageClient, newest: int):
    for name in (*DATA, PACKAGE, "SHA256SUMS", "register.csv-metadata.json"):
        reply = client.get(f"/data/latest/{name}")
        assert (reply.status_code, reply.headers["Location"]) == (302, f"/data/editions/{newest}/{name}")
    assert client.get("/data/latest/figures.csv?bom=0").headers["Location"].endswith("figures.csv?bom=0")
    assert client.get(f"/data/editions/{newest}/figures.csv").data.startswith(b"\xef\xbb\xbf")
    assert client.get(f"/data/editions/{newest}/figures.csv?bom=0").data.startswith(b"body_code")


def test_a_csv_says_where_its_metadata_are(client: PageClient, newest: int):
    link = client.get(f"/data/editions/{newest}/register.csv").headers["Link"]
    assert '<register.csv-metadata.json>; rel="describedby"' in link


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/data/latest/figures.exe",
            "/data/latest/figures",
            "/data/editions/1/made.json",
            "/data/editions/1/key",
        ),
        *("/data/editions/99/figures.csv", "/data/editions/99/figures.xlsx", "/data/editions/99/SHA256SUMS"),
        *("/data/editions/1/..%2f2%2fmade.json", "/data/editions/1/.figures.csv.new"),
    ],
)
def test_what_an_edition_does_not_have_is_not_found(client: PageClient, newest: int, path: str):
    assert client.get(path).status_code == 404


def test_before_anything_is_published_there_is_a_clear_answer(client: PageClient):
    for path in ("/data/latest/figures.csv", "/data/key", "/data/editions/1/SHA256SUMS"):
        reply = client.get(path)
        assert (reply.status_code, reply.mimetype) == (404, "application/problem+json")


def test_the_second_key_is_published(client: PageClient, newest: int):
    assert client.get("/data/key").text.startswith("gongping.example/log/files+")


@pytest.fixture(autouse=True)
def own_makers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process that another test's installation started stands for one of this test's, and none outlives it."""
    started: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(waiting, "_makers", started)
    yield
    for maker in started:
        maker.kill()
        maker.wait()


def test_a_workbook_nobody_made_yet_is_made_for_the_first_reader(client: PageClient, portal: Portal):
    edition = publish(portal)
    reply = client.get(f"/data/editions/{edition}/figures.xlsx")
    assert (reply.status_code, reply.data[:2]) == (200, b"PK")


def test_when_making_lasts_readers_are_told_to_ask_again(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.0)
    edition = publish(portal)
    for name in ("figures.parquet", "SHA256SUMS", PACKAGE):
        reply = client.get(f"/data/editions/{edition}/{name}")
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "30"), name
    assert client.get(f"/data/editions/{edition}/figures.csv").status_code == 200
