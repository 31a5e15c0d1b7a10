"""Saving a rating with every check, beside a bare Flask view that inserts one row through the ORM.

Both on granian in the same run, with the same SQLite settings. Ours reads the form, checks its signed token,
the origin, the limits of the address and the service, seals a ticket for the comment, and commits.

Why all that may cost less than one bare insert: a commit, which waits for the disk and lets go of the
interpreter, is shared by the marks that come together (`foundation.together`), where the yardstick's threads
each commit by themselves and meet in SQLite's busy handler, which sleeps; one statement of the driver replaces
session, unit of work and mapped object; and a form as nearly everybody sends it is checked and answered before
routing, contexts and request objects are made for it (`ratings.web.plain`). Every mark is on the disk before it
is answered, as with the yardstick.
"""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.load import compare, granian
from benchmarks.measures import Measure
from portal.app import create_app
from portal.config import Mode, Settings
from portal.foundation.clock import SystemClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.ids import new_id
from portal.foundation.keys import KeyRing
from portal.foundation.migrate import upgrade
from portal.ratings.models import HeldRow
from portal.ratings.web.forms import RatingForm
from portal.web import forms
from tests.factories.ratings import publish_services

NAME = "A rating with every check against a bare view that inserts one row through the ORM"
AT_LEAST = 1.0
TOKENS = 400_000
SCRIPT = Path(__file__).with_name("rating.lua")


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        portal = _installation(folder)
        tokens = _tokens(portal, folder / "tokens")
        ours = {"PORTAL_MODE": "production", "PORTAL_ORIGIN": "https://portal.test", "PORTAL_VAR": name}
        bare = {"BARE_DATABASE_URL": f"sqlite:///{folder / 'bare.sqlite3'}"}
        with (
            granian("benchmarks.bare:inserter_app", environment=bare) as yardstick,
            granian("wsgi:app", environment=ours) as address,
        ):
            ratio, pairs = compare(
                f"{address}/rate/permits", f"{yardstick}/", script=SCRIPT, args=("--", str(tokens))
            )
        failed = sum(mine.failed + theirs.failed for mine, theirs in pairs)
        saved = _saved(portal)
    if failed or not saved:
        raise RuntimeError(f"{failed} requests failed, {saved} ratings were saved: nothing was measured")
    mine, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
    said = f"rating {mine:,.0f}/s, bare ORM insert {theirs:,.0f}/s, {saved:,} ratings saved"
    yield Measure(NAME, ratio, said, least=AT_LEAST)


def _installation(folder: Path) -> Portal:
    settings = Settings(mode=Mode.TEST, var=folder)
    database = Database(settings.database_url)
    upgrade(database)
    keys = KeyRing(folder)
    keys.create_missing()
    portal = Portal(settings=settings, database=database, keys=keys, clock=SystemClock())
    publish_services(portal, "permits")
    return portal


def _tokens(portal: Portal, path: Path) -> Path:
    """A file of form tokens as the rating page gives them, one a line."""
    with create_app(portal).test_request_context("/rate/permits"):
        signer = forms._signer(RatingForm)
        path.write_bytes(b"".join(signer.sign(new_id()) + b"\n" for _ in range(TOKENS)))
    return path


def _saved(portal: Portal) -> int:
    with portal.database.read() as session:
        return session.scalar(select(func.count()).select_from(HeldRow)) or 0
