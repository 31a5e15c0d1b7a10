"""Sending a report, sealed for five handlers and its reporter, beside a bare Flask-WTF view; and with a file.

Ours: the last page of the report and its form, for a draft under the secret of a cookie. It checks the token and
the draft, asks who is connected to the figure, seals the report and its key six times, commits to it for the log,
sets deadlines, and leaves a mailbox; at such a rate it is a flood, of which nearly all is set aside and shares one
duty. The yardstick's page has as many bytes, from a template that is compiled once; it checks its token, seals one
body, and inserts a report, a case and an audit row through Core. Both on both engines, on granian with as many
workers and threads as we are served with unless told otherwise (and once more with one worker), and with the same
settings of the database; each report is there when it is answered.

One page and one form are held against one page and one form. A reporter has seen up to four pages before, one
question each: they are no part of this, nor has the yardstick anything like them.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.files import server_mb
from benchmarks.installation import new_portal, served
from benchmarks.load import ROOT, granian, processor_seconds, wrk_program
from benchmarks.measures import Measure
from benchmarks.postgres import postgres
from portal.app import create_app
from portal.cases.models import Case, StoredFile
from portal.cases.services import drafts
from portal.cases.values import Subject
from portal.cases.web.forms.report import CheckForm, FilesForm
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.web import forms
from tests.factories.accounts import person
from tests.factories.cases import FIGURE, a_figure

HANDLERS = 5
DRAFTS, UPLOADS = 12_000, 1650
ROUNDS, SECONDS = 11, 2
FILE_BYTES = 5 * 1024 * 1024
SCRIPT = Path(__file__).with_name("report.lua")
COOKIE = "__Host-report"
_FIELD = "form_token"


@dataclass(frozen=True)
class Sent:
    """What a run of `SCRIPT` measured."""

    rate: float
    posted: int
    failed: int
    spent: bool
    p50: float
    p95: float


@dataclass(frozen=True)
class House:
    """An installation that reports are sent to, and the environment of the yardstick beside it."""

    portal: Portal
    engine: str
    folder: Path
    bare: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return served(self.folder) | {"PORTAL_DATABASE_URL": self.portal.settings.database_url}


def run() -> Iterator[Measure]:
    with house() as on_sqlite:
        yield from _sending(on_sqlite)
        yield from _with_a_file(on_sqlite)
    with postgres() as new, house(new("portal"), new("bare")) as on_postgres:
        yield from _sending(on_postgres)


@contextmanager
def house(url: str = "", bare_url: str = "") -> Iterator[House]:
    """An installation with a figure and five handlers; on SQLite unless `url` is that of another database."""
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folder = Path(name)
        portal = new_portal(folder, url)
        a_figure(portal)
        for number in range(HANDLERS):
            person(portal, roles=["case-officer"], name=f"Handler {number}")
        (folder / "bare").mkdir()
        bare = {
            "BARE_DATABASE_URL": bare_url or f"sqlite:///{folder / 'bare.sqlite3'}",
            "BARE_FILES": str(folder / "bare"),
        }
        try:
            yield House(portal, "PostgreSQL" if url else "SQLite", folder, bare)
        finally:
            portal.database.dispose()


def _sending(house: House) -> Iterator[Measure]:
    """As the house is served unless told otherwise; and by one worker, which shows what one interpreter takes."""
    usual = house.portal.settings
    _make_tables(house)
    yield from _sending_by(house, workers=usual.workers, threads=usual.threads)
    yield from _sending_by(house, workers=1, threads=usual.threads)


def _make_tables(house: House) -> None:
    """Those of the yardstick: each of its workers would."""
    environment = os.environ | house.bare | {"BARE_PAGE_BYTES": "0"}
    subprocess.run([sys.executable, "-c", "import benchmarks.bare_report"], env=environment, cwd=ROOT, check=True)


def _sending_by(house: House, *, workers: int, threads: int) -> Iterator[Measure]:
    count = DRAFTS * workers
    lines = list(drafted(house.portal, CheckForm, count))
    size, pairs, costs = 0, [], []
    with house.portal.database.read() as session:
        before = session.scalar(select(func.count()).select_from(Case)) or 0
    with granian("wsgi:app", workers=workers, threads=threads, environment=house.environment) as ours:
        size = len(_page(ours + "/report/check", lines[-1].partition(" ")[0]))
        with granian(
            "benchmarks.bare_report:app",
            workers=workers,
            threads=threads,
            environment=house.bare | {"BARE_PAGE_BYTES": str(size)},
        ) as bare:
            theirs = [_bare_line(bare)] * count
            for nth in range(ROUNDS):
                each = count // ROUNDS
                part = lines[nth * each : (nth + 1) * each]
                mine, cost = _costing(ours, lambda part=part: send(ours, "/report/check", part, _FIELD))
                their, theirs_cost = _costing(bare, lambda: send(bare, "/", theirs, "csrf_token"))
                pairs.append((mine, their))
                costs.append((cost, theirs_cost))
    with house.portal.database.read() as session:
        filed = (session.scalar(select(func.count()).select_from(Case)) or 0) - before
    asked = sum(mine.posted for mine, _ in pairs)
    if filed < asked - 16 * ROUNDS:
        raise RuntimeError(f"{asked} reports were sent and {filed} filed: nothing was measured")
    ratio = statistics.median(mine.rate / theirs.rate for mine, theirs in pairs)
    rates = [statistics.median(pair[side].rate for pair in pairs) / 2 for side in (0, 1)]
    said = (
        f"{size:,} bytes, {HANDLERS} handlers: {rates[0]:,.0f} reports/s, bare {rates[1]:,.0f}/s, {filed:,} filed"
    )
    by = "as served" if workers > 1 else "by one worker"
    yield Measure(
        f"Sending a report against a bare view, {by}, on {house.engine}",
        ratio,
        said,
        least=0.7 if workers > 1 else None,
    )
    if workers == 1 and house.engine == "SQLite":  # elsewhere half of it is spent in another process
        said = "ms of processor time a report: " + ", ".join(f"{mine:.1f}/{bare:.1f}" for mine, bare in costs)
        ratio = statistics.median(bare / mine for mine, bare in costs)
        yield Measure("Processor time of a bare view against that of sending a report", ratio, said)
    slow = statistics.median(mine.p95 / mine.p50 for mine, _ in pairs)
    each = ", ".join(f"{mine.p50:.0f}/{mine.p95:.0f}" for mine, _ in pairs)
    said = f"16 connections; p50/p95 of each round in ms: {each}"
    yield Measure(f"p95 of sending a report against p50, {by}, on {house.engine}", slow, said, most=3)


def _costing(address: str, act: Callable[[], Sent]) -> tuple[Sent, float]:
    """What a run measured, and the milliseconds of processor time that each of its reports took the server."""
    before = processor_seconds(address)
    sent = act()
    return sent, (processor_seconds(address) - before) / sent.posted * 1000


def _with_a_file(house: House) -> Iterator[Measure]:
    lines = list(drafted(house.portal, FilesForm, UPLOADS))
    with (
        granian("wsgi:app", environment=house.environment) as ours,
        granian("benchmarks.bare_report:app", environment=house.bare | {"BARE_PAGE_BYTES": "1000"}) as bare,
    ):
        theirs, pairs, each = [_bare_line(bare)] * UPLOADS, [], UPLOADS // ROUNDS
        size = str(FILE_BYTES)
        for nth in range(ROUNDS):
            mine = send(ours, "/report/files", lines[nth * each : (nth + 1) * each], _FIELD, size, connections=4)
            pairs.append((mine, send(bare, "/file", theirs, "csrf_token", size, connections=4)))
        held = server_mb(ours)
    with house.portal.database.read() as session:
        kept = session.scalar(select(func.count()).select_from(StoredFile)) or 0
    if kept < sum(mine.posted for mine, _ in pairs) - 4 * ROUNDS:
        raise RuntimeError(f"{kept} files were kept: nothing was measured")
    ratio = statistics.median(mine.rate / theirs.rate for mine, theirs in pairs)
    rates = [statistics.median(pair[side].rate for pair in pairs) for side in (0, 1)]
    said = f"{rates[0]:,.1f} files/s, bare view {rates[1]:,.1f}/s, {kept} kept"
    yield Measure("A report's file of 5 MB against a bare view that writes the bytes", ratio, said, least=0.3)
    yield _memory(house, held)


def _memory(house: House, held: float) -> Measure:
    """How much more memory a server takes for files four times as large: none, when it is bounded by the chunk."""
    with granian("wsgi:app", environment=house.environment) as ours:
        most = []
        for size in (FILE_BYTES, FILE_BYTES * 39 // 10):
            lines = list(drafted(house.portal, FilesForm, UPLOADS))
            send(ours, "/report/files", lines, _FIELD, str(size), connections=1)
            most.append(server_mb(ours))
    said = f"5 MB files {most[0]:.0f} MiB, 19.5 MB files {most[1]:.0f} MiB; four of 5 MB at once {held:.0f} MiB"
    return Measure("More memory for a file four times as large", most[1] - most[0], said, most=4, unit=" MiB")


def drafted(portal: Portal, form: type[forms.PortalForm], count: int) -> Iterator[str]:
    """So many drafts about a figure; of each its cookie and a token of the form, bound to it."""
    return lines_of(portal, form, drafts_of(portal, Subject(**FIGURE, edition=1), count))


def drafts_of(portal: Portal, subject: Subject, count: int) -> list[str]:
    """The secrets of so many drafts with all answers given."""
    now, settings = portal.clock.now(), portal.settings
    made: list[str] = []
    while len(made) < count:
        with portal.database.write() as session:
            for _ in range(min(200, count - len(made))):
                secret = drafts.start(session, subject=subject, secret=None, settings=settings, now=now)
                what = "The parks were never inspected."
                drafts.save(session, secret=secret, settings=settings, now=now, what=what, how="I was there.")
                made.append(secret)
    return made


def lines_of(portal: Portal, form: type[forms.PortalForm], secrets: Iterable[str]) -> Iterator[str]:
    """Of each draft its cookie, and a token of the form that is bound to it."""
    app = create_app(portal)
    for secret in secrets:
        with app.test_request_context("/report/check"):
            forms.bind(secret.encode())
            yield f"{COOKIE}={secret} {forms.token_for(form, new_id())}"


def send(address: str, path: str, lines: list[str], field: str, *more: str, connections: int = 16) -> Sent:
    """Send what stands in `lines` for some seconds. Raises RuntimeError when something failed or they ran out."""
    with tempfile.NamedTemporaryFile("w", suffix=".lines") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        command = [wrk_program(), "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout=20s", "-s", str(SCRIPT)]
        done = subprocess.run(
            [*command, address, "--", file.name, field, path, *more], capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    sent = Sent(**found)
    if sent.failed or sent.spent or not sent.posted:
        raise RuntimeError(f"{sent}: nothing was measured")
    return sent


def _bare_line(address: str) -> str:
    with urllib.request.urlopen(address + "/token") as reply:  # noqa: S310  (loopback)
        return f"{reply.headers['Set-Cookie'].partition(';')[0]} {reply.read().decode()}"


def _page(address: str, cookie: str) -> bytes:
    asked = urllib.request.Request(address, headers={"Cookie": cookie})  # noqa: S310  (loopback)
    with urllib.request.urlopen(asked) as reply:  # noqa: S310
        found: bytes = reply.read()
    return found
