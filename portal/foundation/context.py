"""What the whole installation works with, opened once: settings, database, keys and the clock."""

from dataclasses import dataclass
from datetime import datetime

import click

from portal.config import Settings
from portal.foundation.clock import Clock
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing


@dataclass(frozen=True)
class Portal:
    settings: Settings
    database: Database
    keys: KeyRing
    clock: Clock

    def local_now(self) -> datetime:
        """The present moment by the office's clock: its day and month are those the office has."""
        return self.clock.now().astimezone(self.settings.zone)


pass_portal = click.make_pass_decorator(Portal)
