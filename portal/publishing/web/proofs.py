"""Proofs for programs: inclusion, consistency (RFC 6962), and the tree as tiles (C2SP tlog-tiles).

JSON is what a person reads; `.tlog-proof` and `/log/tile/…` are what the tools of other logs read, so that
monitors and witnesses written for them can watch this one. Nothing here ever changes once it was served.
"""

from collections.abc import Callable

from flask import Blueprint, Response, abort, request

from portal.publishing.log import tiles, tree
from portal.publishing.log.proofs import TlogProof, encoded
from portal.publishing.queries import log as queries
from portal.publishing.web.open import UNCHANGING, open_json, open_reply, problem
from portal.web import edge

blueprint = Blueprint("proofs", __name__)
_TILE = "<int(max=7):level>/<path:place>"


@blueprint.get("/log/proof/inclusion")
def inclusion() -> Response:
    """The audit path of entry n in the tree of the first `size` entries (RFC 6962, 2.1.1)."""
    asked = _entry_and_size()
    if asked is None:
        return _refuse_inclusion()
    n, size = asked
    leaf = queries.find_leaf(edge.reader(), n) or abort(503)
    path = tree.inclusion_proof(n - 1, size, _nodes())
    content = {"n": n, "size": size, "leaf_hash": encoded([leaf])[0], "path": encoded(path)}
    return open_json(content, cache=UNCHANGING)


@blueprint.get("/log/proof/inclusion.tlog-proof")
def inclusion_text() -> Response:
    """The same with the signed head it leads to, as C2SP tlog-proof: all in one file, to keep."""
    asked = _entry_and_size()
    if asked is None:
        return _refuse_inclusion()
    n, size = asked
    head = queries.find_checkpoint(edge.reader(), size) or abort(503)
    proof = TlogProof(n - 1, tuple(tree.inclusion_proof(n - 1, size, _nodes())), head)
    reply = open_reply(proof.text, "text/plain", cache=UNCHANGING)
    reply.headers["Content-Disposition"] = f'attachment; filename="entry-{n}-of-{size}.tlog-proof"'
    return reply


@blueprint.get("/log/proof/consistency")
def consistency() -> Response:
    """Proof that the tree of `to` entries extends the tree of `from` entries (RFC 6962, 2.1.2)."""
    first, second = _number("from"), _number("to")
    if first is None or second is None or not 1 <= first <= second <= queries.log_size(edge.reader()):
        return problem(422, "Ask for ?from=…&to=… with 1 ≤ from ≤ to ≤ the number of entries.")
    path = encoded(tree.consistency_proof(first, second, _nodes()))
    return open_json({"from": first, "to": second, "path": path}, cache=UNCHANGING)


@blueprint.get(f"/log/tile/{_TILE}")
def tile(level: int, place: str) -> Response:
    """Up to 256 hashes of the tree, at a height of 8 · level (C2SP tlog-tiles)."""
    return _tile(level, place, lambda start, count: queries.node_hashes(edge.reader(), level * 8, start, count))


@blueprint.get("/log/tile/entries/<path:place>")
def entries(place: str) -> Response:
    """Up to 256 entries, each behind its length in two bytes (C2SP tlog-tiles)."""

    def read(start: int, count: int) -> bytes:
        documents = [queries.find_entry(edge.reader(), n) or b"" for n in range(start + 1, start + count + 1)]
        return tiles.bundled(documents)

    return _tile(0, place, read)


def _tile(level: int, place: str, read: Callable[[int, int], bytes]) -> Response:
    """The tile at a place, when the tree has it: a full one, or the one at its right edge or narrower."""
    asked = tiles.parse_place(place)
    there = queries.log_size(edge.reader()) >> 8 * level
    if asked is None or asked.start + asked.width > there:
        return problem(404, "The tree has no such tile.")
    try:
        body = read(asked.start, asked.width)
    except tiles.TooLong:
        return problem(404, "An entry is too long for a bundle: fetch the entries one by one at /log/entries/{n}.")
    return open_reply(body, "application/octet-stream", cache=UNCHANGING)


def _entry_and_size() -> tuple[int, int] | None:
    n = _number("entry") or _number("n")
    size = _number("size")
    return (n, size) if n and size and n <= size <= queries.log_size(edge.reader()) else None


def _refuse_inclusion() -> Response:
    return problem(422, "Ask for ?entry=…&size=… with 1 ≤ entry ≤ size ≤ the number of entries.")


def _number(name: str) -> int | None:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _nodes() -> tree.Nodes:
    session = edge.reader()

    def nodes(level: int, idx: int) -> bytes:
        found = queries.find_node(session, level, idx)
        return found if found is not None else abort(503)

    return nodes
