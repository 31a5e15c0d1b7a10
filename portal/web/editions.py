"""A page as it was published: `?edition=n` on every published page, and what browsers and archives are told of it.

A view asks `asked()` which edition the reader wants and draws the page from it. From then on every link inside
keeps the edition, the language switch included, until the reader leaves it by the banner. Replies name their
neighbours in time (RFC 5829) and speak Memento (RFC 7089); search engines keep to the newest.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from flask import Flask, Response
from flask.globals import _cv_app
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_
from portal.web import edge

KEY = "edition"
_LONGEST = 9
View = TypeVar("View", bound=Callable[..., Any])


Found = TypeVar("Found")


class Shown(Protocol):
    """The edition a page is drawn from; `newest` is set when the reader asked for this one by its number."""

    @property
    def n(self) -> int: ...

    @property
    def at(self) -> datetime | None: ...

    @property
    def newest(self) -> "Shown | None": ...


def drawn(view: View) -> View:
    """Mark a view that is drawn from an edition but not kept by the page cache. Below the route decorator."""
    view.has_editions = True  # type: ignore[attr-defined]
    return view


def fixed(view: View) -> View:
    """Mark a published view that names its edition in its own address. Below the route decorator."""
    view.edition_is_fixed = True  # type: ignore[attr-defined]
    return view


def asked() -> int | None:
    """The n of `?edition=n`, or None. Raises NotFound when it is no number."""
    known = edge.noted()
    text = edge.here().args.get(KEY)
    if text is None or known.get("edition_forgotten"):
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST and int(text)):
        raise NotFound(N_("The address asks for an edition, but gives no number. Editions are counted 1, 2, 3 …"))
    known.kept_edition = int(text)
    return int(text)


def shown(find: Callable[[int | None], Found]) -> Found:
    """The edition this page is drawn from: `find` is asked once, with the number the reader gave or None."""
    known = edge.noted()
    if "edition" not in known:
        known.edition = find(asked())
    found: Found = known.edition
    return found


def kept() -> int | None:
    """The edition that links of this page keep."""
    context = _cv_app.get(None)
    found: int | None = context.g.get("kept_edition") if context is not None else None
    return found


def forget() -> None:
    """Draw from the newest edition, and let links lead there: on error pages."""
    known = edge.noted()
    known.pop("kept_edition", None)
    known.edition_forgotten = True
    if getattr(known.get("edition"), "newest", None) is not None:
        known.pop("edition")


def keeping(address: str) -> str:
    """`address` (of this site, without language) with the edition, when it leads to a page that has editions."""
    n = kept()
    if n is None:
        return address
    parts = urlsplit(address)
    if not has_editions(parts.path) or KEY + "=" in parts.query:
        return address
    query = f"{parts.query}&{KEY}={n}" if parts.query else f"{KEY}={n}"
    return urlunsplit(parts._replace(query=query))


def here(n: int | None) -> str:
    """The address of this page, absolute, in edition n or, for None, in the newest."""
    sent = edge.here()
    others = [(key, value) for key, value in sent.args.items(multi=True) if key != KEY]
    return absolute(sent.path, others if n is None else [*others, (KEY, str(n))])


def absolute(path: str, query: Sequence[tuple[str, str]] = ()) -> str:
    """The absolute address of `path` (without language) in the reader's language."""
    asked = urlencode(query)
    origin = edge.settings().origin.rstrip("/")
    return origin + edge.here().root_path + quote(path) + (f"?{asked}" if asked else "")


def has_editions(path: str) -> bool:
    """Whether the page at `path` (without language) is drawn from an edition: each `published` page is."""
    try:
        endpoint, _ = edge.application().url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return _has_editions(endpoint)


def install(app: Flask) -> None:
    """Make links keep the edition, and replies say where they stand in time."""
    app.url_defaults(_keep)
    app.after_request(_tell)
    app.jinja_env.globals.update(in_edition=here, kept_edition=kept)


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    n = kept()
    if n is not None and KEY not in values and _has_editions(endpoint):
        values[KEY] = n


def _tell(reply: Response) -> Response:
    shown: Shown | None = edge.noted().get("edition")
    sent = edge.here()
    if shown is None or not shown.n or reply.status_code != 200 or not _has_editions(sent.endpoint):
        return reply
    others = [(key, value) for key, value in sent.args.items(multi=True) if key != KEY]
    links = [f'<{absolute("/timegate" + sent.path, others)}>; rel="timegate"']
    if shown.n > 1:
        links.append(f'<{here(shown.n - 1)}>; rel="predecessor-version"')
    if shown.newest is not None and shown.at is not None:
        links.append(f'<{here(None)}>; rel="original latest-version"')
        if shown.n < shown.newest.n:
            links.append(f'<{here(shown.n + 1)}>; rel="successor-version"')
        reply.headers["Memento-Datetime"] = http_date(shown.at)
        reply.headers["X-Robots-Tag"] = "noindex"
    reply.headers.add("Link", ", ".join(links))
    return reply


def _has_editions(endpoint: str | None) -> bool:
    view = edge.application().view_functions.get(endpoint or "")
    if hasattr(view, "edition_is_fixed"):
        return False
    return hasattr(view, "published_keys") or hasattr(view, "has_editions")
