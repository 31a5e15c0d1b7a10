"""Errors for programs: `application/problem+json` (RFC 9457), open to every origin.

Under /api always; on the other public addresses for whoever asks for data: by a file's name, or by naming a format
of data in Accept and not that of pages, as every browser does.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request

from portal.web.headers import surface

TYPE = "application/problem+json"
PREFIX = "/api/"
DOCUMENTED = "/api#problems"
_FILE = re.compile(r"\.(?:csv|json|jsonld|jsonl|ttl|xlsx|parquet)$|/SHA256SUMS$")
_DATA = ("json", "text/csv")
_PAGE = "html"
TITLES = {
    400: "The request could not be read",
    401: "A key is needed",
    403: "This is not open to you",
    404: "There is nothing at this address",
    405: "This address can only be read",
    406: "This can be had as application/json only",
    413: "What was sent is too large",
    415: "What was sent is of another kind",
    422: "A value cannot be used",
    429: "Too many requests in a short time",
    500: "Something went wrong on our side",
    503: "This cannot be answered right now",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one parameter, and which one it is."""

    parameter: str
    detail: str


def wanted() -> bool:
    """Whether whoever asks is a program that reads problems."""
    if request.path.startswith(PREFIX):
        return True
    if surface(request.path) != "public":
        return False
    accepted = request.headers.get("Accept", "").lower()
    return bool(_FILE.search(request.path)) or (_PAGE not in accepted and any(one in accepted for one in _DATA))


def problem(
    status: int,
    detail: str = "",
    *,
    faults: Sequence[Fault] = (),
    allowed: Sequence[str] = (),
    retry_after: int | None = None,
) -> Response:
    """The reply that says what went wrong; `allowed` lists what could have been asked for."""
    content: dict[str, Any] = {
        "type": DOCUMENTED,
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        content["detail"] = detail
    if faults:
        content["errors"] = [{"parameter": one.parameter, "detail": one.detail} for one in faults]
    if allowed:
        content["allowed"] = list(allowed)
    reply = Response(json.dumps(content, ensure_ascii=False) + "\n", status=status, mimetype=TYPE)
    reply.headers["Cache-Control"] = "no-store"
    if request.method in ("GET", "HEAD"):
        reply.headers["Access-Control-Allow-Origin"] = "*"
    if retry_after is not None:
        reply.headers["Retry-After"] = str(retry_after)
    return reply
