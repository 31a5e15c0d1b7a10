"""The ledger of removals: what was deleted or taken away, kept outside the database so that no backup undoes it.

Whoever removes something for good writes so in the same transaction, by kind and id and the day, never with
content. The runner copies it to `var/ledger/removals`, which is no part of a backup; restoring an older state
reads it from there and removes all of it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, Index, String, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.clock import day_start
from portal.foundation.context import Portal
from portal.foundation.db import Base
from portal.foundation.ids import new_id
from portal.foundation.jobs import Handler, enqueue
from portal.foundation.storage import sync_directory

WRITE = "removals.write"


class RemovalRow(Base):
    __tablename__ = "removal"
    __table_args__ = (Index(None, "is_written"), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    day: Mapped[date] = mapped_column(Date)
    is_written: Mapped[bool] = mapped_column(Boolean, server_default=false())


@dataclass(frozen=True)
class Removal:
    """That something of `kind` was removed on `day`. `subject` is an id, or ids with colons between them."""

    id: str
    kind: str
    subject: str
    day: date


def note_removal(session: Session, *, kind: str, subject: str, now: datetime) -> None:
    """Write down, in the transaction that removes it, that this is gone for good."""
    session.add(RemovalRow(id=new_id(), kind=kind, subject=subject, day=now.date(), is_written=False))
    if not session.info.get(WRITE):
        session.info[WRITE] = True  # one transaction needs one job
        # due since midnight: what a reporter sends can end somebody's hold, and has no time of day anywhere
        enqueue(session, WRITE, {}, due_at=day_start(now))


def ledger_file(var: Path) -> Path:
    return var / "ledger" / "removals"


def begin_ledger(var: Path) -> None:
    """Make an empty ledger where there is none: a house in which nothing was removed yet has one, too."""
    if not ledger_file(var).exists():
        append_to(ledger_file(var), ())


def write_ledger(context: Portal, _payload: Mapping[str, Any] | None = None) -> None:
    """Copy what is not outside yet, flushed to the disk before it counts as written. Twice does no harm."""
    with context.database.read() as session:
        waiting = _removals(session, RemovalRow.is_written.is_(False))
    if not waiting:
        return
    append_to(ledger_file(context.settings.var), waiting)
    with context.database.write() as session:
        written = [one.id for one in waiting]
        session.execute(update(RemovalRow).where(RemovalRow.id.in_(written)).values(is_written=True))


def append_to(path: Path, removals: Iterable[Removal]) -> None:
    """Add lines to a ledger, durably. A line that a crash left unfinished stays alone on its line."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(
        json.dumps({"day": one.day.isoformat(), "id": one.id, "kind": one.kind, "subject": one.subject}) + "\n"
        for one in removals
    )
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        torn = bool(size) and os.pread(handle, 1, size - 1) != b"\n"
        file.write(b"\n" * torn + lines.encode())
        file.flush()
        os.fsync(handle)
    sync_directory(path.parent)


def read_ledger(path: Path) -> tuple[Removal, ...]:
    """What a ledger says, each removal once. Raises FileNotFoundError; an unfinished line says nothing."""
    found: dict[str, Removal] = {}
    for line in path.read_text("utf-8").splitlines():
        try:
            said = json.loads(line)
            one = Removal(said["id"], said["kind"], said["subject"], date.fromisoformat(said["day"]))
        except (ValueError, KeyError, TypeError):
            continue
        found.setdefault(one.id, one)
    return tuple(found.values())


def known_removals(session: Session) -> tuple[Removal, ...]:
    """What the database says was removed."""
    return _removals(session)


def keep_removals(session: Session, removals: Iterable[Removal]) -> None:
    """Enter removals that stand in the ledger already."""
    session.add_all(
        RemovalRow(id=one.id, kind=one.kind, subject=one.subject, day=one.day, is_written=True) for one in removals
    )


def _removals(session: Session, *conditions: Any) -> tuple[Removal, ...]:
    rows = session.scalars(select(RemovalRow).where(*conditions).order_by(RemovalRow.day, RemovalRow.id))
    return tuple(Removal(row.id, row.kind, row.subject, row.day) for row in rows)


HANDLERS: Mapping[str, Handler] = {WRITE: write_ledger}
