"""The files themselves: the newest edition under a fixed address, every edition under its own."""

import base64
import tempfile
from typing import IO

from flask import Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wsgi import FileWrapper

from portal.publishing.files import FORMS, FROM_THE_LOG, FileHead, layout_of, write
from portal.publishing.files.forms import KEPT, PACKAGE, SUMS
from portal.publishing.queries import current_edition
from portal.publishing.queries.lines import context_of, find_file_head, last_withdrawal, layout_in, lines_of
from portal.publishing.queries.shelf import withdrawals
from portal.publishing.shelf import Made
from portal.publishing.web.data.base import NO_EDITION, N, blueprint, kept_for_a_day, shelf
from portal.publishing.web.data.waiting import made_soon
from portal.publishing.web.open import CHECKED_EACH_TIME, open_reply, problem
from portal.web import edge

NO_FILE = "This edition has no such file."
BEING_MADE = "This file is being made. Please ask again in half a minute."
NOT_KEPT = (
    "Workbook and Parquet of so long a table are kept for the newest edition and for releases only."
    " The CSV and the JSON of this edition hold the same rows."
)
_RETRY_SECONDS = "30"
# Files are sent in blocks of so many bytes. The usual 8 KiB take nearly twice as long, and so does what reaches
# 128 KiB: from there on the C library maps memory anew for each block.
_BLOCK = 96 * 1024


@blueprint.get("/data/latest/<file>")
def latest(file: str) -> ResponseReturnValue:
    """The newest edition, by its own address; of what takes time to make, the newest that is made."""
    n = current_edition(edge.reader()).n
    if not n:
        return problem(404, "Nothing was published yet.")
    return to_file(n if file.rpartition(".")[2] not in KEPT else shelf().newest_with(file, n) or n, file)


@blueprint.get(f"/data/editions/{N}/{SUMS}")
def sums(n: int) -> Response:
    """The digests of all files of edition n, as a signed note that `sha256sum --check` reads."""
    made, note = _made(edge.reader(), n), shelf().signed(n)
    if made is None and current_edition(edge.reader()).n < n:
        return problem(404, NO_EDITION)
    if made is None or note is None:
        return _being_made()
    return kept_for_a_day(open_reply(note, "text/plain", cache=""))


@blueprint.get("/data/key")
def key() -> Response:
    """The public keys that sign the lists of digests, the newest first."""
    keys = shelf().keys()
    if not keys:
        return problem(404, "No list of digests was signed yet.")
    return open_reply("\n".join(keys) + "\n", "text/plain", cache=CHECKED_EACH_TIME)


@blueprint.get(f"/data/editions/{N}/<file>")
def file(n: int, file: str) -> ResponseReturnValue:
    """A file as it was published in edition n."""
    session = edge.reader()
    head = find_file_head(session, n)
    if head is None:
        return problem(404, NO_EDITION)
    if file not in layout_in(session, n).files:
        return problem(404, NO_FILE)
    form = file.partition(".")[2]
    bom = form != "csv" or request.args.get("bom") != "0"
    if form in FROM_THE_LOG and file != PACKAGE:
        return _from_the_log(session, head, file, form, bom=bom)
    made = _made(session, n) or made_soon(lambda: _made(session, n))
    if made is None:
        return _being_made()
    return _kept(made, file) if shelf().has(made, file) else problem(410, NOT_KEPT)


def to_file(n: int, file: str) -> ResponseReturnValue:
    """Redirect to a file of edition n, for an address whose meaning changes with time."""
    if file not in layout_in(edge.reader(), n).files and file != SUMS:
        return problem(404, NO_FILE)
    bom = "0" if request.args.get("bom") == "0" else None
    reply = redirect(url_for("data.file", n=n, file=file, bom=bom), 302)
    reply.headers["Cache-Control"] = CHECKED_EACH_TIME
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def _made(session: Session, n: int) -> Made | None:
    """What is on the shelf of edition n, unless a text in it was withdrawn since."""
    made = shelf().made(n)
    return made if made is not None and made.withdrawn == withdrawals(session).before(n) else None


def _from_the_log(session: Session, head: FileHead, file: str, form: str, *, bom: bool) -> Response:
    """From the shelf where it is there, else written now: the bytes are the same."""
    made = _made(session, head.edition)
    if made is not None and bom and shelf().has(made, file):
        return _kept(made, file)
    tag = f"{head.edition}-{last_withdrawal(session)}-{file}{'' if bom else '-plain'}"
    if request.if_none_match.contains(tag):
        reply = Response(status=304)
        reply.set_etag(tag)
        return _described(reply, file)
    return _described(_sent(_written(session, head, file, bom=bom), head.edition, file, tag), file)


def _kept(made: Made, file: str) -> Response:
    digest = made.files[file].sha256
    if request.if_none_match.contains(digest):
        reply = Response(status=304)
        reply.set_etag(digest)
        return _described(reply, file)
    reply = _sent(str(shelf().path(made.edition, file).resolve()), made.edition, file, digest)
    encoded = base64.b64encode(bytes.fromhex(digest)).decode()
    reply.headers["Repr-Digest"] = f"sha-256=:{encoded}:"  # RFC 9530
    return _described(reply, file)


def _sent(what: str | IO[bytes], n: int, file: str, tag: str) -> Response:
    name, _, rest = file.partition(".")
    mimetype = FORMS.get(rest, "application/json")
    download = f"{name}-edition-{n}.{rest}"
    reply = send_file(
        what, mimetype=mimetype, as_attachment=True, download_name=download, etag=tag, conditional=True
    )
    if isinstance(reply.response, FileWrapper):
        reply.response.buffer_size = _BLOCK
    return reply


def _described(reply: Response, file: str) -> Response:
    """Caching, and for a CSV where its metadata are (CSVW, 5.2)."""
    if file.endswith(".csv"):
        reply.headers.add("Link", f'<{file}-metadata.json>; rel="describedby"; type="application/csvm+json"')
    return kept_for_a_day(reply)


def _written(session: Session, head: FileHead, file: str, *, bom: bool) -> IO[bytes]:
    """The file, on disk: a slow reader holds neither memory nor a connection to the database."""
    context = context_of(session, head.edition)
    lines = lines_of(session, head.edition, layout_of(context).feed_of(file))
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reply
    for piece in write(file, head, context, lines, bom=bom):
        made.write(piece)
    made.seek(0)
    return made


def _being_made() -> Response:
    reply = problem(503, BEING_MADE)
    reply.headers["Retry-After"] = _RETRY_SECONDS
    return reply
