"""Making a backup while the house is at work, and throwing expired ones away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from portal.audit.heads import head_file
from portal.audit.services import record
from portal.backups.contents import (
    ANCHORS,
    AUDIT,
    FOLDERS,
    HANDLERS,
    KEPT,
    KEYS,
    MANIFEST,
    TABLES,
    Manifest,
    marks_of,
)
from portal.backups.errors import BackupRefused
from portal.foundation import rows
from portal.foundation.actor import Actor
from portal.foundation.archive import Member, fingerprint_of, member, members_below, recipient_of, write_archive
from portal.foundation.context import Portal
from portal.foundation.keys import NAMES
from portal.foundation.migrate import current, head

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"gongping-(\d{8}T\d{6}Z)\.age\Z")


@dataclass(frozen=True)
class Made:
    """The file, its size in bytes, and how many rows it holds."""

    path: Path
    size: int
    rows: int


def make_backup(portal: Portal, folder: Path, *, recipients: Sequence[str]) -> Made:
    """Write a backup of this moment into `folder`, for whoever holds a private key of `recipients`.

    That it is made, and for which keys, is in the audit record first, and so in the backup. The rows are of one
    transaction that only reads. What lies in files is read after it, and is never behind: log entries and sealed
    files are on the disk before rows speak of them. Raises BackupRefused, KeyMissing, and ValueError for a
    recipient that is no public key.
    """
    now, counter = portal.clock.now(), _Counter()
    path, keys = _begun(
        portal, "backups.make", folder / f"gongping-{now.astimezone(UTC):{_STAMP}}.age", recipients
    )
    audit = _bytes(head_file(portal.settings.var))  # before the rows, which then continue it
    with portal.database.read() as session:
        connection = session.connection()
        connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar()  # the moment
        members = _members(portal, connection, audit, now, counter)
        size = write_archive(path, members, recipients=keys, seal_key=portal.keys.get("lookup"))
    return Made(path, size, counter.rows)


def back_up_keys(portal: Portal, folder: Path, *, recipients: Sequence[str]) -> Path:
    """Write the server keys alone. Whoever holds them and a backup has what each alone keeps safe.

    The audit record says so first, as of a backup. Raises as `make_backup` does.
    """
    name = f"gongping-keys-{portal.clock.now().astimezone(UTC):{_STAMP}}.age"
    path, keys = _begun(portal, "backups.keys", folder / name, recipients)
    known = sorted(NAMES - set(portal.keys.missing()))
    members = (
        member(f"{KEYS}/{name}.key", "\n".join(key.hex() for key in portal.keys.every(name)).encode())
        for name in known
    )
    write_archive(path, members, recipients=keys, seal_key=portal.keys.get("lookup"))
    return path


def remove_expired(folder: Path, now: datetime) -> list[Path]:
    """Delete backups in `folder` that are older than they are good for; those of keys stay."""
    gone = []
    for path in sorted(folder.glob("gongping-*.age")):
        found = _NAME.match(path.name)
        if found and datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) + KEPT <= now:
            path.unlink()
            gone.append(path)
    return gone


def _begun(portal: Portal, act: str, path: Path, recipients: Sequence[str]) -> tuple[Path, list[Any]]:
    """The file that is to be written and the keys it is for, once the audit record names these: else a copy for
    one more pair of eyes shows nowhere."""
    keys = [recipient_of(one) for one in recipients]
    if current(portal.database) != head():
        raise BackupRefused("The database is not at this schema: run `python -m portal db upgrade`.")
    if path.exists():
        raise BackupRefused(f"{path} is there already.")
    details = {f"recipient-{number}": fingerprint_of(one) for number, one in enumerate(recipients, start=1)}
    with portal.database.write() as session:
        now = portal.clock.now()
        record(session, actor=Actor.system(), act=act, subject=path.name, details=details, now=now)
    return path, keys


@dataclass
class _Counter:
    rows: int = 0


def _members(
    portal: Portal, connection: Connection, audit: bytes | None, now: datetime, counter: _Counter
) -> Iterator[Member]:
    tables = rows.tables()
    columns = {table.name: rows.stored_columns(table) for table in tables}
    about = Manifest(now, head(), portal.settings.log_origin, columns, marks_of(portal.keys))
    yield member(MANIFEST, about.dump())
    handlers = _bytes(portal.settings.var / ANCHORS / Path(HANDLERS).name)
    for name, data in ((HANDLERS, handlers), (AUDIT, audit)):
        if data is not None:
            yield member(name, data)
    for table in tables:
        for number, piece in enumerate(rows.dump(connection, table), start=1):
            counter.rows += piece.count(b"\n")
            yield member(f"{TABLES}/{table.name}/{number:06}", piece)
    for folder in FOLDERS:
        yield from members_below(portal.settings.var / folder, folder)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
