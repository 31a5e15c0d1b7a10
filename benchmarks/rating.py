"""Saving a rating with every check, beside a bare Flask view that inserts one row by the ORM, on both engines.

Both on granian in the same run, with the same durability. Ours reads the form, checks its signed token,
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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.installation import new_portal, served
from benchmarks.load import compare, granian
from benchmarks.measures import Measure
from benchmarks.postgres import postgres
from portal.app import create_app
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings.models import HeldRow
from portal.ratings.web.forms import RatingForm
from portal.web import forms
from tests.factories.ratings import publish_services

NAME = "A rating with every check against a bare view that inserts one row through the ORM"
AT_LEAST = 1.0
TOKENS = 400_000
SCRIPT = Path(__file__).with_name("rating.lua")


@dataclass(frozen=True)
class Rated:
    """An installation that ratings are sent to: its engine, and what `SCRIPT` has to be given."""

    portal: Portal
    engine: str
    folder: Path
    tokens: Path
    bare_url: str

    @property
    def environment(self) -> dict[str, str]:
        return served(self.folder) | {"PORTAL_DATABASE_URL": self.portal.settings.database_url}

    @property
    def bare_environment(self) -> dict[str, str]:
        return {"BARE_DATABASE_URL": self.bare_url}

    @property
    def args(self) -> tuple[str, ...]:
        return ("--", str(self.tokens))

    def saved(self) -> int:
        """How many ratings are held."""
        with self.portal.database.read() as session:
            return session.scalar(select(func.count()).select_from(HeldRow)) or 0


def run() -> Iterator[Measure]:
    for rated in on_both_engines("permits"):
        with (
            granian(
                "benchmarks.bare:inserter_app", environment={"BARE_DATABASE_URL": rated.bare_url}
            ) as yardstick,
            granian("wsgi:app", environment=rated.environment) as address,
        ):
            ratio, pairs = compare(f"{address}/rate/permits", f"{yardstick}/", script=SCRIPT, args=rated.args)
        failed, saved = sum(mine.failed + theirs.failed for mine, theirs in pairs), rated.saved()
        if failed or not saved:
            raise RuntimeError(f"{failed} requests failed, {saved} ratings were saved: nothing was measured")
        mine, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
        said = f"rating {mine:,.0f}/s, bare ORM insert {theirs:,.0f}/s, {saved:,} ratings saved"
        yield Measure(f"{NAME}, on {rated.engine}", ratio, said, least=AT_LEAST)


def on_both_engines(*services: str, tokens: int = TOKENS) -> Iterator[Rated]:
    """An installation with these services on each engine in turn, which goes when the next is asked for."""
    with installed(*services, tokens=tokens) as rated:
        yield rated
    with postgres() as new, installed(*services, tokens=tokens, url=new("portal"), bare_url=new("bare")) as rated:
        yield rated


@contextmanager
def installed(*services: str, tokens: int, url: str = "", bare_url: str = "") -> Iterator[Rated]:
    """An installation with these services; on SQLite unless `url` is that of another database."""
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folder = Path(name)
        portal = new_portal(folder, url)
        publish_services(portal, *services)
        file = _tokens(portal, folder / "tokens", tokens)
        bare = bare_url or f"sqlite:///{folder / 'bare.sqlite3'}"
        try:
            yield Rated(portal, "PostgreSQL" if url else "SQLite", folder, file, bare)
        finally:
            portal.database.dispose()


def _tokens(portal: Portal, path: Path, count: int) -> Path:
    """A file of form tokens as the rating page gives them, one a line."""
    with create_app(portal).test_request_context("/rate/permits"):
        path.write_text("".join(forms.token_for(RatingForm, new_id()) + "\n" for _ in range(count)))
    return path
