"""The transparency log for everyone: signed heads, entries, chunks, texts, proofs, and how to check us."""

import base64
from collections.abc import Callable

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.publishing.log import tree
from portal.publishing.log.digests import is_digest
from portal.publishing.queries import log as queries
from portal.publishing.web.heads import find_head
from portal.publishing.web.open import CHECKED_EACH_TIME, UNCHANGING, open_json, open_reply, problem
from portal.publishing.web.public.base import edition
from portal.web import edge
from portal.web.cache import published

blueprint = Blueprint("log", __name__)

NO_ENTRY = "The log has no such entry."


@blueprint.get("/log/checkpoint")
def checkpoint() -> Response:
    """The newest signed head, as C2SP tlog-checkpoint."""
    note = queries.find_checkpoint(edge.reader())
    return _text(note, "The log is empty.", cache=CHECKED_EACH_TIME)


@blueprint.get("/log/checkpoints/<int(max=999999999):n>")
def checkpoint_at(n: int) -> Response:
    """The head that was signed after entry n."""
    return _text(queries.find_checkpoint(edge.reader(), n), NO_ENTRY, cache=UNCHANGING)


@blueprint.get("/log/key")
def key() -> Response:
    """The public key, as a C2SP verifier key."""
    return _text(queries.find_log_key(edge.reader()), "The log is empty.", cache=CHECKED_EACH_TIME)


@blueprint.get("/log/entries/<int(max=999999999):n>")
def entry(n: int) -> Response:
    """Entry n, byte for byte as it is in the tree."""
    document = queries.find_entry(edge.reader(), n)
    if document is None:
        return problem(404, NO_ENTRY)
    return open_reply(document, "application/json", cache=UNCHANGING)


@blueprint.get("/log/chunks/<sha256>")
def chunk(sha256: str) -> Response:
    """Statements of one or more acts, as canonical JSON lines."""
    body = queries.find_chunk(edge.reader(), sha256) if is_digest(sha256) else None
    if body is None:
        return problem(404, "The log has no such chunk.")
    return open_reply(body, "application/jsonl", cache=UNCHANGING)


@blueprint.get("/log/texts/<digest>")
def text(digest: str) -> Response:
    """A text by a person with its salt; once withdrawn, only the act that withdrew it (410)."""
    found = queries.find_text(edge.reader(), digest) if is_digest(digest) else None
    if found is None:
        return problem(404, "The log cites no such text.")
    content = {
        "digest": digest,
        "salt": None if found.salt is None else found.salt.hex(),
        "text": found.text,
        "withdrawn_in": found.withdrawn_in,
    }
    return open_json(content, cache=CHECKED_EACH_TIME, status=200 if found.withdrawn_in is None else 410)


@blueprint.get("/log/proof/inclusion")
def inclusion() -> Response:
    """The audit path of entry n in the tree of the first `size` entries (RFC 6962, 2.1.1)."""
    n, size = _number("n"), _number("size")
    if n is None or size is None or not 1 <= n <= size <= queries.log_size(edge.reader()):
        return problem(422, "Ask for ?n=…&size=… with 1 ≤ n ≤ size ≤ the number of entries.")
    return _proof({"n": n, "size": size}, lambda nodes: tree.inclusion_proof(n - 1, size, nodes))


@blueprint.get("/log/proof/consistency")
def consistency() -> Response:
    """Proof that the tree of `to` entries extends the tree of `from` entries (RFC 6962, 2.1.2)."""
    first, second = _number("from"), _number("to")
    if first is None or second is None or not 1 <= first <= second <= queries.log_size(edge.reader()):
        return problem(422, "Ask for ?from=…&to=… with 1 ≤ from ≤ to ≤ the number of entries.")
    return _proof({"from": first, "to": second}, lambda nodes: tree.consistency_proof(first, second, nodes))


@blueprint.get("/verify")
@published()
def verify() -> ResponseReturnValue:
    """How to check us, in plain words, with the head to check."""
    now = edition()
    return render_template("publishing/verify.html", head=find_head(edge.reader(), now.n), edition=now)


@blueprint.get("/verify.json")
@published()
def verify_json() -> Response:
    head = find_head(edge.reader(), edition().n)
    if head is None:
        return problem(404, "The log is empty.")
    content = {
        "origin": head.origin,
        "size": head.size,
        "root": head.root,
        "key": head.key,
        "checkpoint": head.note,
        "addresses": {name: head.address(path) for name, path in ADDRESSES.items()},
    }
    return open_json(content, cache=CHECKED_EACH_TIME)


ADDRESSES = {
    "checkpoint": "/log/checkpoint",
    "checkpoint_after_entry": "/log/checkpoints/{n}",
    "key": "/log/key",
    "entry": "/log/entries/{n}",
    "chunk": "/log/chunks/{sha256}",
    "text": "/log/texts/{digest}",
    "inclusion_proof": "/log/proof/inclusion?n={n}&size={size}",
    "consistency_proof": "/log/proof/consistency?from={from}&to={to}",
    "figures": "/data/editions/{n}/figures.csv",
}


def _text(found: str | None, missing: str, *, cache: str) -> Response:
    if found is None:
        return problem(404, missing)
    return open_reply(found, "text/plain", cache=cache)


def _number(name: str) -> int | None:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _proof(about: dict[str, int], prove: Callable[[tree.Nodes], list[bytes]]) -> Response:
    session = edge.reader()

    def nodes(level: int, idx: int) -> bytes:
        found = queries.find_node(session, level, idx)
        return found if found is not None else abort(503)

    path = [base64.b64encode(node).decode() for node in prove(nodes)]
    return open_json({**about, "path": path}, cache=UNCHANGING)
