"""The published services, as a rater finds them: read from publishing, kept in the process for a short while.

A service is looked for in memory; only an unknown code, or a list older than a minute, asks the database.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.foundation.i18n import Names
from portal.publishing import queries as published

FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class RatedService:
    """A published service and the body that provides it."""

    code: str
    names: Names
    body: str
    body_names: Names
    invented: bool

    def matches(self, words: str) -> bool:
        """Whether every word occurs in a name of the service or its body, or is the code."""
        text = " ".join([self.code, *self.names.values(), *self.body_names.values()]).casefold()
        return all(word in text for word in words.casefold().split())


def list_services(session: Session) -> tuple[RatedService, ...]:
    """Every service published in the current edition, by code."""
    edition = published.current_edition(session).n
    bodies = {body.code: body for body in published.list_bodies(session, edition=edition)}
    return tuple(
        RatedService(
            service.code,
            service.names,
            service.body,
            bodies[service.body].names,
            bodies[service.body].invented,
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
