"""Atom feeds (RFC 4287), paged as RFC 5005 says; addresses are absolute, under the portal's own origin."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request

from portal.publishing.web.public.base import edition
from portal.web import edge
from portal.web.words import lang

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `id` is a path that names it for good in every language; `path` is where it is read."""

    id: str
    title: str
    updated: datetime
    path: str
    summary: str
    category: str = ""


def atom_reply(
    title: str, path: str, entries: Sequence[FeedEntry], *, read_at: str, next_page: str | None = None
) -> Response:
    """The feed at `path` (without language); `read_at` is the page it belongs to."""
    at = entries[0].updated if entries else edition().at
    body = render_template(
        "publishing/atom.xml",
        title=title,
        id=absolute(path, plain=True),
        own=absolute(path),
        page=absolute(read_at),
        next_page=next_page and absolute(next_page),
        updated=stamp(at) if at else "1970-01-01T00:00:00Z",
        entries=entries,
        absolute=absolute,
        stamp=stamp,
        lang=lang(),
    )
    reply = Response(_NOT_XML.sub("\ufffd", body), mimetype="application/atom+xml")
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply


def absolute(path: str, *, plain: bool = False) -> str:
    """The public address of a path of the site, in the reader's language unless `plain`."""
    return edge.settings().origin.rstrip("/") + ("" if plain else request.root_path) + path


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
