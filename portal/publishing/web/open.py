"""Replies for programs: open to every origin, errors as problems (RFC 9457), caching by what may change."""

import json
from typing import Any

from flask import Response

UNCHANGING = "public, max-age=31536000, immutable"
CHECKED_EACH_TIME = "public, no-cache"


def open_reply(body: bytes | str, mimetype: str, *, cache: str, status: int = 200) -> Response:
    reply = Response(body, status=status, mimetype=mimetype)
    reply.headers["Cache-Control"] = cache
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def open_json(content: Any, *, cache: str, status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return open_reply(body, "application/json", cache=cache, status=status)


def problem(status: int, title: str) -> Response:
    """What went wrong, for a program: the title is one English sentence."""
    content = {"type": "about:blank", "title": title, "status": status}
    return open_reply(json.dumps(content) + "\n", "application/problem+json", cache="no-store", status=status)
