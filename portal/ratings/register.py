"""The published services, as a rater finds them: read from publishing, kept in the process for a short while.

A service is looked for in memory; only an unknown code, or a list older than a minute, asks the database.
"""

import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.foundation.i18n import Names
from portal.publishing import queries as published
from portal.ratings.networks import networks_by_body
from portal.ratings.rules.networks import Network

FRESH = timedelta(minutes=1)
_BESIDE_NUMBERS = re.compile(r"号?窗口|(?<=\d)号|\b(?:windows?|counters?|no\.?)(?=\s*\w?\d)")


@dataclass(frozen=True)
class RatedService:
    """A published service, the body that provides it, where it is done, and the body's own network."""

    code: str
    names: Names
    body: str
    body_names: Names
    invented: bool
    place: Names = field(default_factory=dict)
    windows: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    def matches(self, words: str) -> bool:
        """Whether every word occurs in a name of the service, its body or its place, or is a window's number."""
        named = (self.names, self.body_names, self.place)
        text = " ".join([self.code, *(name for names in named for name in names.values())]).casefold()
        windows = {window.casefold() for window in self.windows}
        return all(word in windows or word in text for word in _words(words))

    def has_window(self, words: str) -> bool:
        """Whether one of the words is the number of a window of its own."""
        return not {window.casefold() for window in self.windows}.isdisjoint(_words(words))

    def is_at(self, place: str) -> bool:
        """Whether this is the name of its place in one of the languages."""
        return place in self.place.values()


def _words(typed: str) -> list[str]:
    """What to look for: a window is its number, with whatever word people put beside it left out."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    return _BESIDE_NUMBERS.sub(" ", plain).split() or plain.split()


def list_services(session: Session) -> tuple[RatedService, ...]:
    """Every service published in the current edition, by code."""
    edition = published.current_edition(session).n
    bodies = {body.code: body for body in published.list_bodies(session, edition=edition)}
    networks = networks_by_body(session)
    return tuple(
        RatedService(
            service.code,
            service.names,
            service.body,
            bodies[service.body].names,
            bodies[service.body].invented,
            service.place,
            service.windows,
            networks.get(service.body, ()),
        )
        for service in published.list_services(session, edition=edition)
        if service.body in bodies
    )


class ServiceDirectory:
    """The services this process knows of. Services are only ever added, so an old list is never wrong."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._services: dict[str, RatedService] = {}
        self._read_at: datetime | None = None

    def find(self, code: str, *, now: datetime, reader: Callable[[], Session]) -> RatedService | None:
        return self.known(code, now) or self._refreshed(now, reader).get(code)

    def known(self, code: str, now: datetime) -> RatedService | None:
        """The service, when it can be told without asking the database."""
        fresh = self._read_at is not None and now - self._read_at <= FRESH
        return self._services.get(code) if fresh else None

    def all(self, *, now: datetime, reader: Callable[[], Session]) -> tuple[RatedService, ...]:
        if self._read_at is None or now - self._read_at > FRESH:
            self._refreshed(now, reader)
        return tuple(self._services.values())

    def _refreshed(self, now: datetime, reader: Callable[[], Session]) -> dict[str, RatedService]:
        with self._lock:
            self._services = {service.code: service for service in list_services(reader())}
            self._read_at = now
            return self._services
