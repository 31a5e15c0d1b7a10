"""What the page cache is told of the editions."""

from collections.abc import Sequence

from portal.foundation.db import Database
from portal.publishing import queries
from portal.publishing.standing import newest_edition
from portal.publishing.touched import met_by
from portal.web.cache import Touched


class PublishedHistory:
    """The `web.cache.History` of this installation. Each question is a look into the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def touched(self, before: int, now: int) -> Touched:
        with self._database.read() as session:
            touched = queries.touched_between(session, before, now)
        return lambda path: not touched.isdisjoint(met_by(path))

    def named(self, before: int, now: int, most: int) -> Sequence[str]:
        with self._database.read() as session:
            return queries.touched_singly(session, before, now, limit=most)

    def newest(self) -> int:
        with self._database.read() as session:
            return newest_edition(session)

    def state(self, edition: int) -> str | None:
        with self._database.read() as session:
            return queries.state_of(session, edition)

    def changed(self, path: str, edition: int) -> str | None:
        with self._database.read() as session:
            return queries.state_of(session, edition, path)
