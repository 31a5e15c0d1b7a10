"""If proofs were not of the forms other people's tools read, nobody would check us with them."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.context import Portal
from portal.publishing.log import tiles, tree
from portal.publishing.log.checkpoint import open_head
from portal.publishing.log.notes import Verifier
from portal.publishing.log.proofs import BadProof, TlogProof, parse_proof
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.log.published import publish_six

hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=20)


@given(st.integers(0, 10**9), hashes)
def test_a_proof_comes_back_from_its_text(index: int, path: list[bytes]):
    proof = TlogProof(index, tuple(path), "name\n7\nAAAA\n\n— name AAAA\n")
    assert parse_proof(proof.text) == proof


GOOD = TlogProof(3, (b"a" * 32, b"b" * 32), "name\n7\nAAAA\n\n— name AAAA\n").text


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("index 3", "index 03"),
        GOOD.replace("index 3", "index -3"),
        GOOD.replace("index 3\n", ""),
        GOOD.replace("YWFh", "YWF", 1),
        GOOD.replace("YWFh", "####", 1),
        GOOD.split("\n\n")[0],
        GOOD.split("\n\n")[0] + "\n\n",
    ],
    ids=["empty", "version", "zero", "minus", "none", "short", "base64", "cut", "no head"],
)
def test_what_is_no_proof_is_refused(text: str):
    with pytest.raises(BadProof):
        parse_proof(text)


def test_extra_data_is_passed_over():
    assert parse_proof(GOOD.replace("index", "extra AAAA\nindex")) == parse_proof(GOOD)


def test_a_served_proof_leads_to_the_signed_head(portal: Portal, client: PageClient):
    publish_six(portal)
    verifier = Verifier.parse(client.get("/log/key").text)
    for n in range(1, 7):
        proof = parse_proof(client.get(f"/log/proof/inclusion.tlog-proof?entry={n}&size=6").text)
        head = open_head(proof.checkpoint, verifier)
        leaf = tree.leaf_hash(client.get(f"/log/entries/{n}").data)
        assert (proof.index, head.size) == (n - 1, 6)
        assert tree.inclusion_holds(proof.index, head.size, leaf, proof.path, head.root)
        told = client.get(f"/log/proof/inclusion?entry={n}&size=6").json
        assert told is not None and base64.b64decode(told["leaf_hash"]) == leaf
    assert client.get("/log/proof/inclusion.tlog-proof?entry=7&size=6").status_code == 422


# tiles


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("000", tiles.Place(0, 256)),
        ("067.p/12", tiles.Place(67 * 256, 12)),
        ("x001/x234/067", tiles.Place(1234067 * 256, 256)),
        ("x001/000.p/255", tiles.Place(256000, 255)),
    ],
)
def test_a_tile_has_one_address(text: str, place: tiles.Place):
    assert tiles.parse_place(text) == place
    assert text.startswith(tiles.place_of(place.start // 256))


@pytest.mark.parametrize(
    "text", ["", "0", "0000", "x000/001", "001/002", "x001", "000.p/0", "000.p/256", "000.p/01", "000.p/", "-01"]
)
def test_what_is_no_address_of_a_tile_is_refused(text: str):
    assert tiles.parse_place(text) is None


def test_the_tree_can_be_read_in_tiles(portal: Portal, client: PageClient):
    """As a tlog-tiles client does: the head, the partial tile it needs, the entries in one bundle."""
    publish_six(portal)
    head = open_head(client.get("/log/checkpoint").text, Verifier.parse(client.get("/log/key").text))
    tile = client.get(f"/log/tile/0/000.p/{head.size}")
    assert "immutable" in tile.headers["Cache-Control"] and tile.mimetype == "application/octet-stream"
    leaves = [tile.data[at : at + 32] for at in range(0, len(tile.data), 32)]
    growing = tree.Growing()
    for leaf in leaves:
        growing.append(leaf)
    assert (growing.size, growing.root()) == (head.size, head.root)
    bundle, entries = client.get(f"/log/tile/entries/000.p/{head.size}").data, []
    while bundle:
        (length,) = struct.unpack_from(">H", bundle)
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    assert [tree.leaf_hash(entry) for entry in entries] == leaves


def test_a_tile_that_is_not_there_is_not_found(portal: Portal, client: PageClient):
    publish_six(portal)
    for place in (
        "0/000",
        "0/000.p/7",
        "1/000.p/1",
        "0/001.p/1",
        "8/000",
        "0/x",
        "entries/000",
        "entries/000.p/7",
    ):
        assert client.get(f"/log/tile/{place}").status_code == 404, place
    assert client.get("/log/tile/0/000.p/5").status_code == 200, "narrower than today's: an older head needed it"


def test_an_entry_too_long_for_a_bundle_is_said(
    portal: Portal, client: PageClient, monkeypatch: pytest.MonkeyPatch
):
    append(portal, figure())
    monkeypatch.setattr(tiles, "_LONGEST", 20)
    reply = client.get("/log/tile/entries/000.p/1")
    assert (reply.status_code, "/log/entries/{n}" in reply.text) == (404, True)
