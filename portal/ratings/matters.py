"""How many matters were settled, from a table that another source than the office's own receipts counted."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.foundation.tables import Fault, ImportRefused, Row, Table
from portal.ratings.details import Way
from portal.ratings.models import TransactionsRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.services.looking import touch

COLUMNS = ("service_code", "period", "way", "count")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class MattersRead:
    """What an import read: rows, and the months they are about."""

    rows: int
    periods: tuple[str, ...]


def import_matters(session: Session, table: Table, *, source: str, actor: Actor, now: datetime) -> MattersRead:
    """Take every row or none: matters settled of a service in a month, in person or online.

    A row about what was told before replaces it. Raises Forbidden, ImportRefused.
    """
    actor.require(RatingsPermission.RECONCILE)
    missing = [name for name in COLUMNS if name not in table.headers]
    if missing:
        raise ImportRefused([Fault(table.file, 1, name, N_("a column of this name"), "") for name in missing])
    services = {service.code for service in list_services(session)}
    faults = [fault for row in table.rows for fault in _faults(row, services)]
    if faults:
        raise ImportRefused(faults)
    seen: dict[tuple[str, str, str], Row] = {}
    for row in table.rows:
        key = row.cells["service_code"], row.cells["period"], row.cells["way"]
        if key in seen:
            told = message(N_("a service, month and way that is not in row {row} too"), row=seen[key].number)
            faults.append(row.fault("service_code", told))
        seen[key] = row
    if faults:
        raise ImportRefused(faults)
    for (service, period, way), row in seen.items():
        session.merge(
            TransactionsRow(service=service, period=period, way=way, count=int(row.cells["count"]), source=source)
        )
    session.flush()
    periods = tuple(sorted({period for _, period, _ in seen}))
    touch(session, periods)
    for period in periods:
        record(session, actor=actor, act="ratings.matters-told", subject=period, now=now)
    return MattersRead(len(seen), periods)


def _faults(row: Row, services: set[str]) -> list[Fault]:
    cells = row.cells
    checks = (
        ("service_code", cells["service_code"] in services, N_("the code of a published service")),
        ("period", bool(_MONTH.fullmatch(cells["period"])), N_("a month, such as 2026-02")),
        ("way", cells["way"] in set(Way), N_("in-person or online")),
        ("count", bool(_WHOLE.fullmatch(cells["count"])), N_("a whole number of matters")),
    )
    return [row.fault(column, expected) for column, good, expected in checks if not good]
