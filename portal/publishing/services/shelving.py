"""What the job runner does for files: it has them made by a process of its own, and signs their digests.

The process that makes files holds no key; the runner alone does, and signs what was made after the append.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import structlog

from portal.foundation.context import Portal
from portal.foundation.keys import KeyRing
from portal.publishing.log.keys import KeyRole
from portal.publishing.log.notes import sign_note, verifier_of
from portal.publishing.queries import current_edition
from portal.publishing.queries.log import chain_of
from portal.publishing.queries.shelf import withdrawals
from portal.publishing.shelf import Shelf

KEY = "files-signing"
_AFTER_A_FAILURE = timedelta(minutes=5)

log = structlog.get_logger()


def key_name(origin: str) -> str:
    """The name under which lists of digests are signed: that of the log, and a word more."""
    return f"{origin}/files"


def sign_made(portal: Portal) -> int:
    """Sign the digests of every edition that was made and is not signed yet; return how many."""
    shelf, signed = Shelf(portal.settings.var), 0
    for edition in shelf.editions():
        if not shelf.is_signed(edition) and (made := shelf.made(edition)) is not None:
            seeds, name = _signing(portal), key_name(portal.settings.log_origin)
            for seed in reversed(seeds):
                shelf.write_key(str(verifier_of(name, seed)))
            shelf.sign(edition, sign_note(made.sums, name, *seeds))
            signed += 1
    return signed


def _signing(portal: Portal) -> list[bytes]:
    """The keys that the log says sign the files, the newest first; while it says none, the newest there is.

    The file of keys is read anew: one may have been added since the runner started.
    """
    seeds = KeyRing(portal.settings.var).every(KEY)
    name = key_name(portal.settings.log_origin)
    with portal.database.read() as session:
        announced = chain_of(session).active[KeyRole.FILES]
    return [seed for seed in seeds if verifier_of(name, seed) in announced] or [seeds[0]]


class Maker:
    """Starts the process that makes what is missing, one at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self._not_before = datetime.min.replace(tzinfo=UTC)

    def look(self, portal: Portal) -> None:
        """Sign what was made; start the maker when there is an edition it has not been told of."""
        sign_made(portal)
        if self._child is not None and self._child.poll() is None:
            return
        if self._child is not None and self._child.returncode:
            log.error("making files failed", status=self._child.returncode)
            self._child, self._seen = None, 0
            self._not_before = portal.clock.now() + _AFTER_A_FAILURE
        with portal.database.read() as session:
            newest = current_edition(session).n
        if newest > self._seen and portal.clock.now() >= self._not_before:
            self._seen = newest
            if next_missing(portal, Shelf(portal.settings.var)) is not None:
                self._child = start_maker(portal)


def next_missing(portal: Portal, shelf: Shelf) -> int | None:
    """The newest edition that is not made, or was made before a text in it was withdrawn."""
    with portal.database.read() as session:
        newest, withdrawn = current_edition(session).n, withdrawals(session)
    for edition in range(newest, 0, -1):
        made = shelf.made(edition)
        if made is None or made.withdrawn != withdrawn.before(edition):
            return edition
    return None


def start_maker(portal: Portal) -> subprocess.Popen[bytes]:
    """`python -m portal files write` on this installation, in the background and with low priority."""
    return subprocess.Popen(  # noqa: S603  (our own)
        [sys.executable, "-m", "portal", "files", "write", "--quiet", f"--parent={os.getpid()}"],
        env=os.environ | portal.settings.environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
