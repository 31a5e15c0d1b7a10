"""The data files: the newest edition under a fixed address, every edition under its own."""

import tempfile
from typing import IO

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing.files import COLUMNS, FileHead, figures_csv, figures_json
from portal.publishing.queries import current_edition
from portal.publishing.queries.lines import context_of, find_file_head, last_withdrawal, lines_of
from portal.publishing.web.columns import meaning
from portal.publishing.web.open import CHECKED_EACH_TIME, open_json, problem
from portal.publishing.web.public.base import edition
from portal.web import edge
from portal.web.cache import published

blueprint = Blueprint("data", __name__)

# An edition's bytes change only when a text in it is withdrawn; a day later no cache gives the old ones.
EDITION_SECONDS = 86400
TYPES = {"csv": "text/csv", "json": "application/json"}
NO_EDITION = "There is no such edition."


@blueprint.get("/data")
@published()
def data() -> ResponseReturnValue:
    return render_template("publishing/data.html", edition=edition(), columns=COLUMNS, meaning=meaning)


@blueprint.get("/data.json")
@published()
def data_json() -> Response:
    n = edition().n
    origin = edge.settings().origin.rstrip("/")
    files = [f"{origin}/data/editions/{n}/figures.{form}" for form in TYPES] if n else []
    content = {
        "edition": n,
        "files": files,
        "columns": list(COLUMNS),
        "latest": f"{origin}/data/latest/figures.csv",
    }
    return open_json(content, cache=CHECKED_EACH_TIME)


@blueprint.get("/data/latest/figures.<any(csv, json):form>")
def latest(form: str) -> ResponseReturnValue:
    """The newest edition, by its own address."""
    n = current_edition(edge.reader()).n
    if not n:
        return problem(404, "Nothing was published yet.")
    bom = "0" if request.args.get("bom") == "0" else None
    reply = redirect(url_for("data.figures", n=n, form=form, bom=bom), 302)
    reply.headers["Cache-Control"] = CHECKED_EACH_TIME
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


@blueprint.get("/data/editions/<int(max=999999999):n>/figures.<any(csv, json):form>")
def figures(n: int, form: str) -> ResponseReturnValue:
    """All figures as they were published in edition n."""
    session = edge.reader()
    head = find_file_head(session, n)
    if head is None:
        return problem(404, NO_EDITION)
    bom = request.args.get("bom") != "0"
    tag = f"{n}-{last_withdrawal(session)}-{form}{'' if bom else '-plain'}"
    if request.if_none_match.contains(tag):
        reply = Response(status=304)
        reply.set_etag(tag)
    else:
        reply = send_file(
            _written(session, head, form, bom=bom),
            mimetype=TYPES[form],
            as_attachment=True,
            download_name=f"figures-edition-{n}.{form}",
            etag=tag,
            conditional=True,
        )
    reply.headers["Cache-Control"] = f"public, max-age={EDITION_SECONDS}, immutable"
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def _written(session: Session, head: FileHead, form: str, *, bom: bool) -> IO[bytes]:
    """The file, on disk: a slow reader holds neither memory nor a connection to the database."""
    context, lines = context_of(session, head.edition), lines_of(session, head.edition)
    pieces = figures_csv(head, context, lines, bom=bom) if form == "csv" else figures_json(head, context, lines)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reply
    for piece in pieces:
        file.write(piece)
    file.seek(0)
    return file
