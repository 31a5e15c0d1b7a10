"""The same reading as JSON and as CSV. Both say which edition they were drawn from, and may be used anywhere."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from portal.publishing.files import guarded
from portal.publishing.web.public.base import edition

_BOM = "\ufeff"


def json_reply(content: Mapping[str, Any]) -> Response:
    """Numbers are decimal strings with the digits published, as in the log."""
    drawn_from = edition()
    at = drawn_from.at.strftime("%Y-%m-%dT%H:%M:%SZ") if drawn_from.at else None
    document = {"edition": drawn_from.n, "edition_at": at, **content}
    body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return open_to_all(Response(body, mimetype="application/json"))


def csv_reply(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> Response:
    """Header on row 1; the edition in every row; UTF-8 with a byte order mark unless ?bom=0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*columns, "edition"])
    for row in rows:
        writer.writerow([*(_cell(value) for value in row), edition().n])
    text = out.getvalue() if request.args.get("bom") == "0" else _BOM + out.getvalue()
    reply = Response(text, mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return open_to_all(reply)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(str(value))


def open_to_all(reply: Response) -> Response:
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply
