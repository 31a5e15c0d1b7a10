"""The two short-lived cookies of a rater. Both hold a sealed ticket and are sent to /rate alone."""

from flask import Response, request

from portal.foundation.i18n import LOCALES
from portal.ratings import tickets
from portal.web import edge
from portal.web.locale import localised

VISIT = "rate-visit"
SAVED = "rate-saved"

_AGE = int(tickets.LIFETIME.total_seconds())
_PATHS = tuple(localised("/rate", locale) for locale in LOCALES)


def keep(response: Response, name: str, ticket: str) -> None:
    """Give the browser a ticket, under /rate in every language."""
    for cookie in kept(name, ticket, secure=edge.settings().https):
        response.headers.add("Set-Cookie", cookie)


def kept(name: str, ticket: str, *, secure: bool) -> list[str]:
    """The values of the headers that give the browser a ticket."""
    end = "; Secure" if secure else ""
    # Lax: a link from a messenger is another site's, and Strict would lose the visit
    return [f"{name}={ticket}; Max-Age={_AGE}; Path={path}; HttpOnly; SameSite=Lax{end}" for path in _PATHS]


def drop(response: Response, name: str) -> None:
    for path in _PATHS:
        response.delete_cookie(name, path=path)


def saved() -> tickets.Saved | None:
    """The mark just saved from this browser, if its ticket is still good."""
    return tickets.open_saved(edge.keys(), request.cookies.get(SAVED, ""), edge.now())


def visit_ticket() -> str:
    """The ticket of a receipt link that was opened, if it is still good, else ""."""
    ticket = request.cookies.get(VISIT, "")
    return ticket if tickets.open_visit(edge.keys(), ticket, edge.now()) else ""
