"""A house that was at work, its backup, and the empty place next to it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyrage import x25519

from portal.audit.jobs import seal
from portal.backups.heads import Outside
from portal.backups.making import make_backup
from portal.backups.restoring import Restored, Wanted, restore
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.removals import begin_ledger, write_ledger
from tests.conftest import open_test_portal

IDENTITY = x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())


@pytest.fixture
def elsewhere(tmp_path: Path, new_database_url: Callable[[], str], portal: Portal, clock: FixedClock) -> Portal:
    """A second machine: an empty database, and of the first one its server keys alone."""
    var = tmp_path / "elsewhere"
    shutil.copytree(portal.settings.var / "keys", var / "keys")
    opened = open_test_portal(var, new_database_url(), clock)
    yield opened
    opened.database.dispose()


def back_up(portal: Portal, folder: Path) -> Path:
    """A backup of this moment, as the command makes it, once the runner has done what was waiting."""
    settle(portal)
    return make_backup(portal, folder, recipients=[RECIPIENT]).path


def settle(portal: Portal) -> None:
    """What the runner does within a second: seal the audit record, write the ledger."""
    begin_ledger(portal.settings.var)
    seal(portal)
    write_ledger(portal)


def bring_back(
    portal: Portal,
    file: Path,
    *,
    ledger: Path | None = None,
    outside: Outside | None = None,
) -> Restored:
    wanted = Wanted([IDENTITY], ledger, outside or Outside(nothing=True))
    return restore(portal, file, wanted)
