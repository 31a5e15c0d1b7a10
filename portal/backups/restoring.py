"""Bringing a backup back: into an empty place, rows and files first, and served only once all is verified.

Until the rows are committed everything is as it was before. From then on the place bears a mark with which
`serve` refuses to start, and loses it at the very end.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from portal.accounts.services import end_everybodys_sessions
from portal.audit.heads import Remembered, recall
from portal.backups import heads, place, replaying
from portal.backups.checking import NOT_SERVED, check_audit, check_log, note_restore
from portal.backups.contents import ANCHORS, FOLDERS, HANDLERS, MANIFEST, TABLES, Manifest, mark_of, marks_of
from portal.backups.errors import RestoreRefused
from portal.backups.heads import Outside
from portal.cases.services import former
from portal.cases.services.removals import end_all_sessions
from portal.foundation import rows
from portal.foundation.archive import Archive, Member, NotAnArchive
from portal.foundation.context import Portal
from portal.foundation.keys import KeyMissing
from portal.foundation.migrate import upgrade
from portal.foundation.storage import forget_pages, sync_directory
from portal.publishing.errors import LogDamaged
from portal.publishing.services.rebuilding import mirror
from portal.publishing.services.recovery import Recovered, recover
from portal.publishing.store import LogStore
from portal.publishing.verification.source import Refuted, Unreachable
from portal.publishing.verification.web_source import WebSource

STAGE = ".restoring"


@dataclass(frozen=True)
class Wanted:
    """What whoever restores says. `ledger` None: there is none, and they know what that means."""

    identities: Sequence[Any] = field(repr=False)
    ledger: Path | None
    outside: Outside
    even_expired: bool = False


@dataclass(frozen=True)
class Restored:
    """What came back, what was removed again by kind, and what is lost.

    `audit_lost` is the number of the last audit row that is known to have been there, if rows are missing.
    """

    manifest: Manifest
    rows: int
    recovered: Recovered
    removed: Mapping[str, int]
    audit_lost: int | None
    missing_keys: tuple[str, ...]


@dataclass(frozen=True)
class _Ends:
    """How the audit chains ended: as the backup remembers it, and as it was known here."""

    backed_up: Remembered | None
    known: Remembered | None


def restore(portal: Portal, file: Path, wanted: Wanted) -> Restored:
    """Bring the backup in `file` back. Raises RestoreRefused, saying what to do."""
    ledger = replaying.read(wanted.ledger)
    heads.require_something_outside(portal, wanted.outside)
    archive = Archive(file, wanted.identities)
    stage = portal.settings.var / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        with closing(archive.members()) as members:  # a refusal ends the reading, too
            manifest = _manifest(next(members, None))
            missing = _require_fitting(portal, manifest, wanted)
            place.prepare(portal, manifest.revision)
            with portal.database.engine.begin() as connection:
                count = _take(connection, manifest, members, stage)
                archive.require_seal(_seal_key(portal, manifest))
                newer = heads.require_no_fork(portal, stage)
                heads.require_not_behind(portal, stage, wanted.outside)
                _require_same_anchors(portal, stage)
                ends = _Ends(recall(stage), recall(portal.settings.var))
                place.mark(portal.settings.var)
            _into_place(portal.settings.var, stage, with_log=newer)
    except NotAnArchive as error:
        raise RestoreRefused(f"{file} cannot be restored: {error}. Nothing was changed.") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    recovered = _finish_log(portal, wanted)
    removed = replaying.replay(portal, ledger)
    replaying.complete(portal, ledger)
    lost = check_audit(portal, backed_up=ends.backed_up, known=ends.known)
    note_restore(portal, made_at=manifest.made_at, lost=lost)
    check_log(portal, wanted.outside)
    portal.database.truncate_wal()
    forget_pages(portal.settings.var)
    place.unmark(portal.settings.var)
    return Restored(manifest, count, recovered, removed, lost.position if lost else None, missing)


def _manifest(first: Member | None) -> Manifest:
    try:
        if first is None or first.name != MANIFEST:
            raise ValueError("no manifest")
        return Manifest.parse(first.read())
    except ValueError as error:
        raise RestoreRefused(f"This is no backup that this version reads ({error}).") from None


def _require_fitting(portal: Portal, manifest: Manifest, wanted: Wanted) -> tuple[str, ...]:
    """The names of server keys that are gone or others. Raises RestoreRefused for what cannot go on."""
    if portal.clock.now().date() > manifest.expires_on and not wanted.even_expired:
        raise RestoreRefused(
            f"This backup was good until {manifest.expires_on}: what was deleted before is promised to be gone by"
            " now. Use a newer one; if there is none, say --even-expired."
        )
    if manifest.log_origin != portal.settings.log_origin:
        raise RestoreRefused(f"The backup is of the log {manifest.log_origin}: set PORTAL_LOG_ORIGIN to it.")
    here = marks_of(portal.keys)
    lacking = tuple(name for name, marks in manifest.keys.items() if not set(marks) <= set(here.get(name, ())))
    if "lookup" in lacking:
        raise RestoreRefused(_not_fitting("lookup key", "lookup", here, "every reporter's code would be void"))
    if "locks" in lacking:
        harm = "no case and no mailbox would open"
        raise RestoreRefused(_not_fitting("key that stamps locks", "locks", here, harm))
    return lacking


def _not_fitting(key: str, name: str, here: Mapping[str, Sequence[str]], harm: str) -> str:
    """What to do where the server's key is not there, or is another; `restore keys` replaces none."""
    if name not in here:
        return f"The file of the {key} is missing under PORTAL_VAR/keys: {harm}. First `restore keys`."
    return (
        f"The {key} under PORTAL_VAR/keys is not the one of this backup: {harm}. Move the files under"
        " PORTAL_VAR/keys away, and bring back (`restore keys`) what was saved of them after their last change."
    )


def _seal_key(portal: Portal, manifest: Manifest) -> bytes:
    """The key the backup says it was sealed with; the seal then shows whether that is true."""
    newest = manifest.keys.get("lookup", ("",))[0]
    return next((key for key in portal.keys.every("lookup") if mark_of(key) == newest), b"")


def _take(connection: Connection, manifest: Manifest, members: Iterator[Member], stage: Path) -> int:
    """Rows into their tables, files into `stage`; return how many rows."""
    rows.let_rows_point_ahead(connection)
    rows.empty(connection, manifest.tables)
    known, count = {table.name for table in rows.tables()}, 0
    for table, group in groupby(members, key=_table_of):
        if table is None:
            for one in group:
                _write(stage, one)
        elif table in manifest.tables and table in known:
            count += rows.load(connection, table, manifest.tables[table], _lines(group))
        else:
            raise RestoreRefused(f"The backup has a table that this version does not know: {table}.")
    rows.count_on(connection)
    return count


def _table_of(one: Member) -> str | None:
    head, _, rest = one.name.partition("/")
    return rest.partition("/")[0] if head == TABLES else None


def _lines(group: Iterable[Member]) -> Iterator[bytes]:
    for one in group:
        yield from one.read().splitlines()


def _write(stage: Path, one: Member) -> None:
    parts = one.name.split("/")
    if parts[0] not in (*FOLDERS, ANCHORS) or any(part in ("", ".", "..") for part in parts):
        raise RestoreRefused(f"The backup has a file that does not belong there: {one.name}.")
    path = stage.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        for piece in one.pieces:
            file.write(piece)
    path.chmod(0o600 if parts[0] in ("evidence", ANCHORS) else 0o644)


def _require_same_anchors(portal: Portal, stage: Path) -> None:
    """The anchors outside the database say whose keys are trusted; a backup never replaces them."""
    here, there = (base / HANDLERS for base in (portal.settings.var, stage))
    if here.exists() and there.exists() and here.read_bytes() != there.read_bytes():
        raise RestoreRefused("The anchors under PORTAL_VAR/anchors are others than those of the backup.")


def _into_place(var: Path, stage: Path, *, with_log: bool) -> None:
    """Move what is not here yet; of the log, the longer of the two. What the audit chains are known to have been
    stays as it is until it was compared."""
    for path in sorted(stage.rglob("*")):
        name = path.relative_to(stage)
        if not path.is_file() or (name.parts[0] == "log" and not with_log):
            continue
        target = var / name
        if target.exists() and name.parts[0] != "log":
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(target)
    sync_directory(var)


def _finish_log(portal: Portal, wanted: Wanted) -> Recovered:
    """Bring rows and log to the newest state there is of them, and end everybody's sessions."""
    former.begin(portal)
    upgrade(portal.database)
    former.finish(portal)
    with portal.database.write() as session:
        end_everybodys_sessions(session)
        end_all_sessions(session)
    try:
        if wanted.outside.mirror:
            mirror(portal, WebSource(wanted.outside.mirror), progress=lambda _done, _of: None)
        if LogStore(portal.settings.var).head() is None:
            return Recovered(0, 0, 0)
        return recover(portal)
    except (LogDamaged, KeyMissing, Refuted, Unreachable) as error:
        raise RestoreRefused(f"The log cannot be brought up to date: {error} {NOT_SERVED}") from None
