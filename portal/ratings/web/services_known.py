"""The published services, for a view: from memory, or read for this request."""

from flask import current_app

from portal.foundation.i18n import N_
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


def find_services(words: str = "") -> tuple[RatedService, ...]:
    """All published services, or those whose names, or whose body's names, hold every one of `words`."""
    known = _directory().all(now=edge.now(), reader=edge.reader)
    return tuple(service for service in known if service.matches(words))


def _directory() -> ServiceDirectory:
    found: ServiceDirectory = current_app.extensions[EXTENSION]
    return found
