"""What has to hold before a restored house serves: the audit record as far as it is known, and the whole log."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.audit.heads import Remembered, head_file, recall
from portal.audit.jobs import seal
from portal.audit.services import record
from portal.audit.values import Head
from portal.audit.verifying import verify as verify_audit
from portal.backups.errors import RestoreRefused
from portal.backups.heads import Outside
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.storage import write_durably
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.source import Refuted, Unreachable
from portal.publishing.verification.verify import verify as verify_log

RESTORE = "house.restore"
NOT_SERVED = "Nothing is served from here."


def check_audit(portal: Portal, *, backed_up: Remembered | None, known: Remembered | None) -> Head | None:
    """The last main row known to have been there, if rows that were sealed since the backup are missing.

    `backed_up` is what the backup remembers of the chains, `known` what lay here. Raises RestoreRefused when the
    rows are not even what the backup remembers.
    """
    with portal.database.read() as session:
        verdict = verify_audit(session, backed_up)
        if not verdict.passed:
            raise RestoreRefused(f"The audit record does not verify: {verdict.reason}. {NOT_SERVED}")
        if known is None or verify_audit(session, known).passed:
            return None
    return known.main


def note_restore(portal: Portal, *, made_at: datetime, lost: Head | None) -> None:
    """Write into the audit record itself that a backup came back, and which end of it is lost; then seal it."""
    path = head_file(portal.settings.var)
    details = {}
    if lost is not None:
        stamp = f"{portal.clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        write_durably(path.with_name(f"audit-until-{stamp}.json"), path.read_bytes(), mode=0o600)
        details = {"lost-until": str(lost.position), "lost-head": lost.hash.hex()}
    with portal.database.write() as session:
        record(
            session,
            actor=Actor.system(),
            act=RESTORE,
            subject=f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            details=details,
            now=portal.clock.now(),
        )
    seal(portal)
    with portal.database.read() as session:
        verdict = verify_audit(session, recall(portal.settings.var))
    if not verdict.passed:
        raise RestoreRefused(f"The audit record does not verify: {verdict.reason}. {NOT_SERVED}")


def check_log(portal: Portal, outside: Outside) -> None:
    """The whole log, as `log verify` checks it, and against the head from outside. Raises RestoreRefused."""
    try:
        with portal.database.read() as session:
            verify_log(OwnSource(session, LogStore(portal.settings.var)), remembered=outside.head())
    except (Refuted, Unreachable) as error:
        raise RestoreRefused(f"The log does not verify: {error} {NOT_SERVED}") from None
