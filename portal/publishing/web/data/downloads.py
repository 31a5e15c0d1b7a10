"""The files themselves: the newest edition under a fixed address, every edition under its own."""

import tempfile
from typing import IO

from flask import Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing.files import FORMS, FileHead, write
from portal.publishing.queries import current_edition
from portal.publishing.queries.lines import context_of, find_file_head, last_withdrawal, lines_of
from portal.publishing.web.data.base import EDITION_SECONDS, FORM, NO_EDITION, TABLE, N, blueprint
from portal.publishing.web.open import CHECKED_EACH_TIME, problem
from portal.web import edge


@blueprint.get(f"/data/latest/{TABLE}.{FORM}")
def latest(name: str, form: str) -> ResponseReturnValue:
    """The newest edition, by its own address."""
    n = current_edition(edge.reader()).n
    if not n:
        return problem(404, "Nothing was published yet.")
    bom = "0" if request.args.get("bom") == "0" else None
    reply = redirect(url_for("data.file", n=n, name=name, form=form, bom=bom), 302)
    reply.headers["Cache-Control"] = CHECKED_EACH_TIME
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


@blueprint.get(f"/data/editions/{N}/{TABLE}.{FORM}")
def file(n: int, name: str, form: str) -> ResponseReturnValue:
    """One of the tables as it was published in edition n."""
    session = edge.reader()
    head = find_file_head(session, n)
    if head is None:
        return problem(404, NO_EDITION)
    bom = request.args.get("bom") != "0"
    tag = f"{n}-{last_withdrawal(session)}-{name}-{form}{'' if bom else '-plain'}"
    if request.if_none_match.contains(tag):
        reply = Response(status=304)
        reply.set_etag(tag)
    else:
        reply = send_file(
            _written(session, head, f"{name}.{form}", bom=bom),
            mimetype=FORMS[form],
            as_attachment=True,
            download_name=f"{name}-edition-{n}.{form}",
            etag=tag,
            conditional=True,
        )
    reply.headers["Cache-Control"] = f"public, max-age={EDITION_SECONDS}, immutable"
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def _written(session: Session, head: FileHead, name: str, *, bom: bool) -> IO[bytes]:
    """The file, on disk: a slow reader holds neither memory nor a connection to the database."""
    context, lines = context_of(session, head.edition), lines_of(session, head.edition)
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reply
    for piece in write(name, head, context, lines, bom=bom):
        made.write(piece)
    made.seek(0)
    return made
