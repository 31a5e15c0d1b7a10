"""Doing again what the ledger says was removed since the backup: nothing deleted or taken away comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.accounts import services as accounts
from portal.accounts.services.removals import KINDS as OF_ACCOUNTS
from portal.backups.errors import RestoreRefused
from portal.cases.files import FileStore
from portal.cases.services import removals as cases
from portal.cases.services.upkeep import HOLDER_REMOVED, RECUSED
from portal.foundation.context import Portal
from portal.foundation.removals import (
    Removal,
    append_to,
    keep_removals,
    known_removals,
    ledger_file,
    read_ledger,
)


def read(path: Path | None) -> tuple[Removal, ...]:
    """The ledger; nothing where whoever restores says that there is none. Raises RestoreRefused."""
    if path is None:
        return ()
    try:
        found = read_ledger(path)
    except (OSError, UnicodeDecodeError):
        raise RestoreRefused(
            f"The ledger of removals cannot be read from {path}: without it, deleted cases and keys taken away"
            " would come back. Bring its copy here, or say --without-ledger."
        ) from None
    unknown = sorted({one.kind for one in found} - {*OF_ACCOUNTS, *cases.KINDS})
    if unknown:
        raise RestoreRefused(f"The ledger holds what this version cannot do again: {', '.join(unknown)}.")
    return found


def replay(portal: Portal, ledger: Sequence[Removal]) -> Mapping[str, int]:
    """Remove again what the database does not know to be gone, in one transaction; return how many by kind."""
    now = portal.clock.now()
    with portal.database.write() as session:
        known = {one.id for one in known_removals(session)}
        fresh = [one for one in ledger if one.id not in known]
        for one in fresh:
            if one.kind in OF_ACCOUNTS:
                accounts.reapply_removal(session, kind=one.kind, subject=one.subject, now=now)
        for kind in (RECUSED, HOLDER_REMOVED):
            pairs = [_pair(one.subject) for one in fresh if one.kind == kind]
            cases.reapply_departures(
                session, pairs=pairs, settings=portal.settings, now=now, for_good=kind == RECUSED
            )
        deleted = [one.subject for one in fresh if one.kind == cases.DELETED]
        files = cases.reapply_deletions(session, case_ids=deleted, now=now)
        keep_removals(session, fresh)
    for file_id in files:
        FileStore(portal.settings.var).remove(file_id)
    return Counter(one.kind for one in fresh)


def complete(portal: Portal, ledger: Sequence[Removal]) -> None:
    """Let the ledger under PORTAL_VAR say all that ledger and backup say together."""
    path = ledger_file(portal.settings.var)
    here = {one.id for one in read_ledger(path)} if path.exists() else set()
    with portal.database.read() as session:
        known = known_removals(session)
    append_to(path, [one for one in {one.id: one for one in (*ledger, *known)}.values() if one.id not in here])


def _pair(subject: str) -> tuple[str, str]:
    first, _, second = subject.partition(":")
    return first, second
