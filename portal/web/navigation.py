"""The header's links and the footer's four doors: addresses of rooms above this floor, kept in one place.

A link shows only where the application has such a page and, on the desk, only to whoever may open it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from portal.web import edge, editions
from portal.web.wording import lazy_gettext as _l
from portal.web.words import site

GUARD = "desk_guard"  # the permission a desk view asks for, as the room `accounts` writes it on the view
EVERYBODY = "signed-in"


@dataclass(frozen=True)
class Link:
    """A page of the site: its address without language, and its words."""

    path: str
    text: Any

    def leads_to(self, path: str) -> bool:
        """Whether the page at `path` is this one, or below it."""
        return path == self.path or path.startswith(self.path + "/")


@dataclass(frozen=True)
class Door(Link):
    """One way to be heard: its word, and one sentence on whom it is for."""

    sentence: Any = ""


class ShownLink(NamedTuple):
    """A link as one page shows it: in the reader's language and edition, and marked when it leads here."""

    path: str
    href: str
    text: Markup
    current: bool
    sentence: Markup


_PUBLIC = (
    Link("/bodies", _l("Results")),
    Link("/rate", _l("Rate a service")),
    Link("/report", _l("Report a false figure")),
    Link("/data", _l("Data")),
)
_DESK = (
    Link("/desk/cases", _l("Cases")),
    Link("/desk/comments", _l("Comments")),
    Link("/desk/receipts", _l("Rating codes")),
    Link("/desk/paper", _l("Paper slips")),
    Link("/desk/ratings", _l("Ratings")),
    Link("/desk/own-ratings", _l("Our ratings")),
    Link("/desk/asked", _l("Questions to us")),
    Link("/desk/returns", _l("Returns")),
    Link("/desk/rounds", _l("Rounds")),
    Link("/desk/releases", _l("Releases")),
    Link("/desk/calendar", _l("Calendar")),
    Link("/desk/corrections", _l("Corrections")),
    Link("/desk/requests", _l("Requests")),
    Link("/desk/evaluation", _l("Evaluation")),
    Link("/desk/appeals", _l("Appeals")),
    Link("/desk/people", _l("People")),
)
_DOORS = (
    Door("/rate", _l("Rate"), _l("a service you used, in a minute and without an account.")),
    Door("/report", _l("Report"), _l("a published figure that you believe is false.")),
    Door("/appeals", _l("Appeal"), _l("against an evaluation, when yours is the body evaluated.")),
    Door("/complaints", _l("Complain"), _l("about how a service, or this office, treated you.")),
)
_SMALL = (
    Link("/about/privacy", _l("What we keep about you")),
    Link("/about/accessibility", _l("Accessibility")),
)


def public_links() -> tuple[ShownLink, ...]:
    return _shared("public", _PUBLIC, existing=True)


def desk_links() -> tuple[ShownLink, ...]:
    """The desk's pages that whoever is signed in may open."""
    actor = edge.actor()
    if actor is None:
        return ()
    open_to = tuple(
        link for link in _DESK if (needed := _guard_of(link.path)) in (None, EVERYBODY) or actor.may(needed)
    )
    return _shown(open_to, existing=True)


def doors() -> tuple[ShownLink, ...]:
    """All four doors, also those that this installation only describes."""
    return _shared("doors", _DOORS, existing=False)


def small_links() -> tuple[ShownLink, ...]:
    """What every site has to say of itself, at its foot."""
    return _shared("small", _SMALL, existing=True)


def exists(path: str) -> bool:
    """Does the application answer GET at `path`?"""
    return _endpoint(path) is not None


def _guard_of(path: str) -> str | None:
    found: str | None = getattr(edge.application().view_functions.get(_endpoint(path) or ""), GUARD, None)
    return found


def _endpoint(path: str) -> str | None:
    """The view that answers GET at `path`; looked up once."""
    known: dict[str, str | None] = edge.application().extensions.setdefault("portal-pages", {})
    if path not in known:
        try:
            known[path] = edge.application().url_map.bind("").match(path, method="GET")[0]
        except HTTPException:
            known[path] = None
    return known[path]


def _shared(name: str, links: tuple[Link, ...], *, existing: bool) -> tuple[ShownLink, ...]:
    """Links that everybody gets: made once for all pages of a language and section, but not for old editions."""
    if editions.kept() is not None:
        return _shown(links, existing=existing)
    sent = edge.here()
    section = next((link.path for link in links if link.leads_to(sent.path)), None)
    key = (name, edge.locale(), sent.root_path, section)
    known: dict[Any, tuple[ShownLink, ...]] = edge.application().extensions.setdefault("portal-links", {})
    found = known.get(key)
    if found is None:
        found = known[key] = _shown(links, existing=existing)
    return found


def _shown(links: Iterable[Link], *, existing: bool) -> tuple[ShownLink, ...]:
    path = edge.here().path
    return tuple(_as_shown(link, path) for link in links if not existing or exists(link.path))


def _as_shown(link: Link, path: str) -> ShownLink:
    words = link.text, link.sentence if isinstance(link, Door) else ""
    text, sentence = (Markup(str(said)) for said in words)  # noqa: S704  (our own, from the catalogues)
    return ShownLink(link.path, site(link.path), text, link.leads_to(path), sentence)
