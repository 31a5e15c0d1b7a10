"""Whether the public log of a backup is the one that is known from outside, and how far behind it is.

The newest of three wins: what lies under PORTAL_VAR already, what the backup holds, what a mirror shows. None of
them may tell another history than the others, and a remembered head must not be ahead of them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from portal.backups.errors import RestoreRefused
from portal.foundation.context import Portal
from portal.publishing.log.checkpoint import Head, parse_head
from portal.publishing.log.notes import BadNote
from portal.publishing.store import LogStore
from portal.publishing.verification.remembering import read_remembered
from portal.publishing.verification.source import Unreachable
from portal.publishing.verification.verify import Remembered

_LOST = (
    "Published acts are missing, and nothing was changed. Bring them back: a newer backup, the folder log of the"
    " machine that was lost, or --mirror https://… of whoever has a copy. Where they are lost for good, see"
    " “Published acts are lost” in docs/operating.md: a log that was longer is never continued from less."
)


@dataclass(frozen=True)
class Outside:
    """What is known of the public log from elsewhere: a remembered head, a mirror, or nothing at all."""

    remembered: Path | None = None
    mirror: str | None = None
    nothing: bool = False

    def head(self) -> Remembered | None:
        """Raises RestoreRefused when the file holds no head."""
        if self.remembered is None:
            return None
        try:
            found = read_remembered(self.remembered)
        except Unreachable as error:
            raise RestoreRefused(str(error)) from None
        if found is None:
            raise RestoreRefused(f"{self.remembered} holds no remembered head.")
        return found


def require_something_outside(portal: Portal, outside: Outside) -> None:
    """Without any head from outside nobody can tell whether the log is rolled back: then that has to be said."""
    here = LogStore(portal.settings.var).head()
    if here is None and outside.remembered is None and outside.mirror is None and not outside.nothing:
        raise RestoreRefused(
            "Nothing from outside says how long the public log was, so nobody could tell whether this rolls it"
            " back. Give --head FILE (what `log verify --remember` keeps) or --mirror https://…, or say that there"
            " is neither with --without-head."
        )


def require_no_fork(portal: Portal, stage: Path) -> bool:
    """Whether the log of the backup, under `stage`, is to take its place: it is longer than what is here.

    Raises RestoreRefused when the two tell different histories.
    """
    here, there = LogStore(portal.settings.var), LogStore(stage)
    own, other = _head(here.head()), _head(there.head())
    if own is None or other is None:
        return other is not None
    size = min(own.size, other.size)
    if _head(here.checkpoint(size)) != _head(there.checkpoint(size)):
        raise RestoreRefused(
            "The log under PORTAL_VAR and that of the backup tell different histories. Nothing was changed."
        )
    return other.size > own.size


def require_not_behind(portal: Portal, stage: Path, outside: Outside) -> None:
    """Raises RestoreRefused when the remembered head is of more acts than there are here; a mirror has its say."""
    known = outside.head()
    if known is None or outside.mirror is not None:
        return
    sizes = [head.size for store in (portal.settings.var, stage) if (head := _head(LogStore(store).head()))]
    wanted = _head(known.note)
    if wanted is not None and wanted.size > max(sizes, default=0):
        raise RestoreRefused(
            f"The public log had {wanted.size} entries; here and in the backup are {max(sizes, default=0)}."
            f" {_LOST}"
        )


def _head(note: str | None) -> Head | None:
    if note is None:
        return None
    try:
        return parse_head(note)
    except BadNote:
        raise RestoreRefused("A signed head cannot be read.") from None
