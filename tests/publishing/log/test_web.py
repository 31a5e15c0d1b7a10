"""If the log or the files could not be fetched by a stranger's program, nobody could check anything."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import open_head
from portal.publishing.log.digests import salted_digest
from portal.publishing.log.entries import parse_entry
from portal.publishing.log.notes import Verifier
from portal.publishing.models import Chunk
from portal.publishing.services import propose_act, salt_text
from portal.publishing.values import cite
from tests.conftest import Beginning, World
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.log.published import publish_six


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_six if "note" in request.fixturenames else None


@pytest.fixture
def note(world: World) -> str:
    return world.told


def test_head_key_and_entries_fit_together(note: str, client: PageClient):
    verifier = Verifier.parse(client.get("/log/key").text)
    head = open_head(client.get("/log/checkpoint").text, verifier)
    growing = tree.Growing()
    for n in range(1, head.size + 1):
        reply = client.get(f"/log/entries/{n}")
        growing.append(tree.leaf_hash(reply.data))
        assert parse_entry(reply.data).n == n
        assert "immutable" in reply.headers["Cache-Control"]
        assert open_head(client.get(f"/log/checkpoints/{n}").text, verifier).root == growing.root()
    assert (head.size, head.root) == (6, growing.root())


def test_proofs_prove(note: str, client: PageClient):
    verifier = Verifier.parse(client.get("/log/key").text)
    heads = {n: open_head(client.get(f"/log/checkpoints/{n}").text, verifier) for n in range(1, 7)}
    leaf = tree.leaf_hash(client.get("/log/entries/3").data)
    for size in range(3, 7):
        path = _path(client, f"/log/proof/inclusion?n=3&size={size}")
        assert tree.inclusion_holds(2, size, leaf, path, heads[size].root)
    for first in range(1, 7):
        path = _path(client, f"/log/proof/consistency?from={first}&to=6")
        assert tree.consistency_holds(first, 6, heads[first].root, heads[6].root, path)


def _path(client: PageClient, address: str) -> list[bytes]:
    return [base64.b64decode(node) for node in json.loads(client.get(address).data)["path"]]


def test_a_proof_that_cannot_be_given_is_a_problem_not_an_error(note: str, client: PageClient):
    for address in (
        "/log/proof/inclusion",
        "/log/proof/inclusion?n=0&size=1",
        "/log/proof/inclusion?n=3&size=2",
        "/log/proof/inclusion?n=1&size=7",
        "/log/proof/inclusion?n=²&size=6",
        "/log/proof/consistency?from=0&to=6",
        "/log/proof/consistency?from=2&to=99999999999999999999",
    ):
        reply = client.get(address)
        assert (address, reply.status_code, reply.mimetype) == (address, 422, "application/problem+json")


def test_what_the_log_does_not_hold_is_not_found(note: str, client: PageClient):
    for address in (
        "/log/entries/7",
        "/log/entries/0",
        "/log/checkpoints/7",
        "/log/chunks/" + "0" * 64,
        "/log/chunks/x",
        "/log/texts/" + "0" * 64,
        "/log/texts/%00",
        "/data/editions/7/figures.csv",
        "/data/editions/0/figures.json",
    ):
        reply = client.get(address)
        assert (address, reply.status_code, reply.mimetype) == (address, 404, "application/problem+json")
    for address in ("/log/entries/{}", "/log/checkpoints/{}", "/data/editions/{}/figures.csv"):
        assert client.get(address.format(9**30)).status_code == 404, "a number beyond all bounds"


def test_a_text_comes_with_its_salt(note: str, client: PageClient):
    given = json.loads(client.get(f"/log/texts/{note}").data)
    assert salted_digest(bytes.fromhex(given["salt"]), given["text"]) == note


def test_a_withdrawn_text_is_gone_and_names_the_act(note: str, portal: Portal, client: PageClient):
    append(portal, {"t": "withdrawal", "digest": note, "ground": "personal-data"}, kind="withdrawal")
    reply = client.get(f"/log/texts/{note}")
    assert reply.status_code == 410
    assert json.loads(reply.data) == {"digest": note, "salt": None, "text": None, "withdrawn_in": 7}
    old = client.get("/data/editions/2/figures.csv").text
    assert "withdrawn by act 7" in old and "counted by hand" not in old


def test_nothing_that_waits_can_be_fetched(note: str, portal: Portal, client: PageClient):
    """A guessed chunk or text of an act that is not public yet must not confirm the guess."""
    with portal.database.write() as session:
        waiting = salt_text(session, "secret until Friday")
        statements = [figure(period="2030", note=cite(waiting))]
        now = portal.clock.now()
        propose_act(session, kind="release", statements=statements, proposed_by="p", approved_by="q", now=now)
    with portal.database.read() as session:
        chunks = [c.sha256 for c in session.scalars(select(Chunk)) if waiting.encode() in c.body]
    assert len(chunks) == 1
    assert client.get(f"/log/chunks/{chunks[0]}").status_code == 404
    assert client.get(f"/log/texts/{waiting}").status_code == 404
    assert "2030" not in client.get("/data/editions/6/figures.csv").text


def test_the_latest_file_leads_to_its_edition(note: str, client: PageClient):
    reply = client.get("/data/latest/figures.csv")
    assert (reply.status_code, reply.location) == (302, "/data/editions/6/figures.csv")
    assert client.get("/data/latest/figures.csv?bom=0").location.endswith("figures.csv?bom=0")
    assert "no-cache" in reply.headers["Cache-Control"]


def test_an_edition_file_may_be_kept_and_used_anywhere(note: str, portal: Portal, client: PageClient):
    first = client.get("/data/editions/4/figures.csv")
    append(portal, figure(period="2025"))
    again = client.get("/data/editions/4/figures.csv")
    assert first.data == again.data and first.data.startswith(b"\xef\xbb\xbfbody_code,")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in first.headers["Cache-Control"]
    assert client.get("/data/editions/4/figures.csv?bom=0").data == first.data[3:]
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/data/editions/4/figures.csv", headers=tag).status_code == 304
    assert "'=counted by hand" in first.text


def test_a_withdrawal_gives_kept_files_another_tag(note: str, portal: Portal, client: PageClient):
    tag = {"If-None-Match": client.get("/data/editions/2/figures.json").headers["ETag"]}
    append(portal, {"t": "withdrawal", "digest": note, "ground": "personal-data"}, kind="withdrawal")
    assert client.get("/data/editions/2/figures.json", headers=tag).status_code == 200


def test_the_page_on_checking_shows_head_and_commands(note: str, client: PageClient):
    page = client.get("/verify")
    head = client.get("/log/checkpoint").text
    assert all(line in page.text for line in head.splitlines() if line)
    assert "python -m portal log verify --url https://portal.test" in page.text
    told = json.loads(client.get("/verify.json").data)
    assert (told["checkpoint"], told["size"]) == (head, 6)
    assert told["addresses"]["entry"] == "https://portal.test/log/entries/{n}"


def test_the_pages_stand_before_and_after_the_first_act(portal: Portal, client: PageClient):
    for address in ("/verify", "/data", "/zh-Hans/verify", "/zh-Hans/data"):
        assert client.get(address).status_code == 200, address
    publish_six(portal)
    for address in ("/verify", "/data", "/zh-Hans/verify", "/zh-Hans/data"):
        assert client.get(address).status_code == 200, address


def test_an_empty_log_says_so_without_an_error(client: PageClient):
    for address in ("/log/checkpoint", "/log/key", "/verify.json", "/data/latest/figures.csv"):
        assert client.get(address).status_code == 404, address
    assert json.loads(client.get("/data.json").data)["files"] == []


def test_reading_sets_no_cookie(note: str, client: PageClient, clock: FixedClock):
    clock.at += timedelta(days=1)
    for address in ("/verify", "/data", "/log/checkpoint", "/data/editions/6/figures.csv"):
        assert "Set-Cookie" not in client.get(address).headers
