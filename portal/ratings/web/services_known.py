"""The published services, for a view: from memory, or read for this request."""

from flask import current_app

from portal.accounts.queries import employers_of
from portal.accounts.web.guard import acting
from portal.foundation.i18n import N_, Names
from portal.ratings.errors import NoSuchService
from portal.ratings.register import RatedService, ServiceDirectory
from portal.web import edge

EXTENSION = "ratings-services"


def get_service(code: str) -> RatedService:
    """Raises NoSuchService."""
    found = _directory().find(code, now=edge.now(), reader=edge.reader)
    if found is None:
        raise NoSuchService(N_("There is no service with this code."))
    return found


def find_services(words: str = "", place: str = "") -> tuple[RatedService, ...]:
    """All published services, or those at a place, or those that fit every one of `words`.

    Those whose window was named come first.
    """
    known = _directory().all(now=edge.now(), reader=edge.reader)
    found = [one for one in known if one.matches(words) and (not place or one.is_at(place))]
    return tuple(sorted(found, key=lambda one: not one.has_window(words)) if words else found)


def named_services() -> dict[str, Names]:
    """The names of all published services, by code."""
    return {one.code: one.names for one in find_services()}


def employers() -> frozenset[str]:
    """The bodies that employ whoever is signed in."""
    return employers_of(edge.reader(), person_id=acting().person_id, at=edge.now())


def own_services() -> dict[str, RatedService]:
    """The published services of these bodies, by code."""
    bodies = employers()
    return {one.code: one for one in find_services() if one.body in bodies}


def list_places() -> tuple[Names, ...]:
    """Every place where a published service is done, by its first name."""
    known = _directory().all(now=edge.now(), reader=edge.reader)
    return tuple({tuple(sorted(one.place.items())): one.place for one in known if one.place}.values())


def _directory() -> ServiceDirectory:
    found: ServiceDirectory = current_app.extensions[EXTENSION]
    return found
