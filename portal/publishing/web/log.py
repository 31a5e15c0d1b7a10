"""The transparency log for everyone: signed heads, keys, entries, chunks, texts."""

from flask import Blueprint, Response

from portal.publishing.log.digests import is_digest
from portal.publishing.queries import log as queries
from portal.publishing.web.open import CHECKED_EACH_TIME, UNCHANGING, open_json, open_reply, problem
from portal.web import edge

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
    """The public key that opens the newest head, as a C2SP verifier key; of several, the oldest."""
    return _text(queries.find_log_key(edge.reader()), "The log is empty.", cache=CHECKED_EACH_TIME)


@blueprint.get("/log/keys")
def keys() -> Response:
    """Every key there was, a line each, the first one first: role, state, the entry that says so, the key."""
    events = queries.chain_of(edge.reader()).events
    lines = "".join(f"{one.role} {one.state} {one.entry} {one.key}\n" for one in events)
    return _text(lines or None, "The log is empty.", cache=CHECKED_EACH_TIME)


@blueprint.get("/log/keys.json")
def keys_json() -> Response:
    """The same for programs, and which keys sign now."""
    chain = queries.chain_of(edge.reader())
    events = [{"role": e.role, "state": e.state, "entry": e.entry, "key": str(e.key)} for e in chain.events]
    now = {role: [str(key) for key in keys] for role, keys in chain.active.items()}
    waiting = {role: [str(key) for key in keys] for role, keys in chain.standby.items()}
    return open_json({"keys": events, "signing": now, "waiting": waiting}, cache=CHECKED_EACH_TIME)


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


def _text(found: str | None, missing: str, *, cache: str) -> Response:
    if found is None:
        return problem(404, missing)
    return open_reply(found, "text/plain", cache=cache)
