"""The rehearsal of a release: its pages are drawn before its time, as they will be, and nobody can read them.

Within a transaction that is always undone, the act is given its edition, and pages are drawn that read in that
same transaction. Nothing of it is ever committed, so that no other session can see it, and nothing is signed:
in place of the signed head stands one that nobody signed, and a page that shows it is of no use. Whether the
rehearsal came true, the root hash over the log tells: it covers the act, its moment, and all before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.foundation.db import insert_if_absent
from portal.foundation.ids import new_id
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head
from portal.publishing.log.entries import Entry
from portal.publishing.models import Act, ActTouch, Checkpoint, LogEntry, ReleaseDraft, ScheduledRelease
from portal.publishing.queries.changed import state_name
from portal.publishing.services.appender import chunks_of
from portal.publishing.services.entering import enter, nodes_of, size_of
from portal.publishing.services.touching import renames
from portal.publishing.touched import ALL, met_by
from portal.publishing.values import ActState


class NotWaiting(Exception):
    """The release does not wait for its time."""


@dataclass(frozen=True)
class Foreseen:
    """The edition that a release will be, when, and the name of the state it makes."""

    edition: int
    at: datetime
    state: str


@dataclass(frozen=True)
class Rehearsal:
    """A release that waits for its time, `at`, and what it will touch."""

    portal: Portal
    act_id: str
    at: datetime
    touches: frozenset[str]
    mark: str
    """Stands in the head that nobody signed, and so in every page that shows it."""

    def touched(self, path: str) -> bool:
        """Whether the release will change the page at `path` (without language)."""
        return not self.touches.isdisjoint(met_by(path))

    def named(self, most: int) -> list[str]:
        """Addresses that it touches one by one."""
        return sorted(touch for touch in self.touches if not touch.endswith("*"))[:most]

    @contextmanager
    def published(self, *paths: str) -> Iterator[str]:
        """While the block runs, this thread reads the database as it will be with the release out, so far as the
        pages at `paths` (without language) need it. Gives the name of that state."""
        with self.portal.database.rehearse() as session:
            entry, gained, root = self._coming(session)
            head = Head(entry.origin, entry.n, root)
            note = f"{head.text}\n— {entry.origin} {self.mark}\n"

            def touch(session: Session, act_id: str, edition: int) -> None:
                if ALL in self.touches:
                    insert_if_absent(session, ActTouch, touch=ALL, act_id=act_id)
                meant = {touch for path in paths for touch in met_by(path)}
                session.execute(
                    update(ActTouch)
                    .where(ActTouch.act_id == act_id, ActTouch.touch.in_(meant))
                    .values(edition=edition)
                )

            enter(session, entry, gained, note, _newest_key(session, entry.n - 1), touch=touch)
            session.flush()
            yield state_name(entry.n, note)

    @contextmanager
    def foreseen(self) -> Iterator[Foreseen]:
        """While the block runs, this thread reads what acts state as it will be with the release out. Nobody waits
        for that, however long it takes; what is not read from acts (the log, what is touched) is as it is now."""
        with self.portal.database.read() as session:
            entry, _, root = self._coming(session)
        head = Head(entry.origin, entry.n, root)
        coming = Foreseen(entry.n, entry.at, state_name(entry.n, head.text))
        with self.portal.database.foresee(
            Act, self.act_id, state=ActState.APPENDED, edition=entry.n, appended_at=entry.at
        ):
            yield coming

    def _coming(self, session: Session) -> tuple[Entry, tuple[tree.Node, ...], bytes]:
        """The entry that the appender will write, if nothing comes between and it is not late."""
        act = session.get_one(Act, self.act_id)
        size = size_of(session)
        last = session.scalar(select(LogEntry.at).where(LogEntry.n == size))
        at = max(self.at, last or self.at).astimezone(UTC).replace(microsecond=0)
        origin = self.portal.settings.log_origin
        entry = Entry(size + 1, act.id, act.kind, at, origin, chunks_of(session, act.id))
        gained = tuple(tree.append(size, tree.leaf_hash(entry.document), nodes_of(session)))
        return entry, gained, tree.root(size + 1, nodes_of(session, gained))


def rehearse(portal: Portal, *, slug: str, at: datetime) -> Rehearsal:
    """The rehearsal of a release that two people approved and that waits. Raises NotWaiting."""
    with portal.database.read() as session:
        row = session.get(ReleaseDraft, slug)
        if row is None or session.get(ScheduledRelease, slug) is None:
            raise NotWaiting(slug)
        touches = set(session.scalars(select(ActTouch.touch).where(ActTouch.act_id == row.act_id)))
        if renames(session, row.act_id):
            touches.add(ALL)
        return Rehearsal(portal, row.act_id, at, frozenset(touches), f"not-signed-{new_id()}")


def _newest_key(session: Session, n: int) -> str:
    return session.scalar(select(Checkpoint.verifier_key).where(Checkpoint.n == n)) or ""
