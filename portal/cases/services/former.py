"""Cases from before locks bore the stamp of the house: they are stamped once, when the schema is brought up.

That a database comes from before is remembered in a file outside it, or whoever writes rows could add some later
and have them pass for old. The file also carries on when the upgrade stops half way.
"""

from __future__ import annotations

from portal.cases.services import epochs
from portal.foundation.context import Portal
from portal.foundation.migrate import current
from portal.foundation.storage import sync_directory, write_durably

UPGRADED_FROM = "0058_report_lanes"
"""The last schema without stamps."""
_FILE = "locks-to-stamp"


def begin(portal: Portal) -> None:
    """Before the schema is brought up: remember whether what it holds has yet to be stamped."""
    before = current(portal.database)
    if before is not None and before <= UPGRADED_FROM:
        write_durably(portal.settings.var / _FILE, b"", mode=0o600)


def finish(portal: Portal) -> int:
    """Afterwards: stamp it. Returns how many locks were stamped."""
    waits = portal.settings.var / _FILE
    if not waits.exists():
        return 0
    with portal.database.write() as session:
        stamped = epochs.accept_former(session, settings=portal.settings)
    waits.unlink()
    sync_directory(portal.settings.var)
    return stamped
