"""The two short-lived cookies of a rater. Both hold a sealed ticket and are sent to /rate alone."""

from flask import Response, request

from portal.foundation.i18n import LOCALES
from portal.ratings import tickets
from portal.web import edge
from portal.web.locale import localised

VISIT = "rate-visit"
SAVED = "rate-saved"


def keep(response: Response, name: str, ticket: str) -> None:
    """Give the browser a ticket, under /rate in every language."""
    for locale in LOCALES:
        response.set_cookie(
            name,
            ticket,
            max_age=int(tickets.LIFETIME.total_seconds()),
            path=localised("/rate", locale),
            httponly=True,
            secure=edge.settings().https,
            samesite="Lax",  # a link from a messenger is another site's: Strict would lose the visit
        )


def drop(response: Response, name: str) -> None:
    for locale in LOCALES:
        response.delete_cookie(name, path=localised("/rate", locale))


def saved_ticket() -> str:
    """The ticket of a mark just saved, if it is still good, else ""."""
    ticket = request.cookies.get(SAVED, "")
    return ticket if tickets.open_saved(edge.keys(), ticket, edge.now()) else ""


def visit_ticket() -> str:
    """The ticket of a receipt link that was opened, if it is still good, else ""."""
    ticket = request.cookies.get(VISIT, "")
    return ticket if tickets.open_visit(edge.keys(), ticket, edge.now()) else ""
