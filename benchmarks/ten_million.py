"""Ten million ratings beside ten thousand: pages, the moderators' queue, the night's work on a day; and a month of
half a million, folded and published in bounded memory.

The same ten services over the same ten months, a hundred ratings a month or more of each: pages say as much, and
what something costs more is what the ten million cost. They are made by SQL as forms leave them, and go through
the product's own fold and roll-up; what comes out is kept for the next run (`GENERATION` says how it was made).
"""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.installation import cache_folder, cookie_of, new_portal, served
from benchmarks.load import compare_cost, granian
from benchmarks.measures import Measure
from benchmarks.million import command
from portal.app import open_portal
from portal.config import Mode, Settings
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.migrate import upgrade
from portal.publishing.services import append_waiting
from portal.ratings import jobs
from portal.ratings.rules.bursts import DAYS_LOOKED_BACK, size_of
from portal.ratings.services import folding
from tests.factories.accounts import person
from tests.factories.ratings import publish_services

FEW, MANY = 10_000, 10_000_000
GENERATION = 2
SERVICES, MONTHS = 10, 10
CHUNK = 1_000_000
DAY, MONTH = 5_000, 500_000
NIGHTS = 5
MADE_AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
_INDEX = "(i / :per_month + :month)"
_MONTH = f"printf('%04d-%02d', 2024 + {_INDEX} / 12, 1 + {_INDEX} % 12)"
_HELD = f"""
INSERT INTO rating_held (key, service, period, level, channel, verified, text, details)
WITH RECURSIVE number(i) AS (SELECT :start UNION ALL SELECT i + 1 FROM number WHERE i + 1 < :end),
mark AS (SELECT i, i / :services AS nth FROM number),
form AS (
  SELECT i, nth, 1 + (nth * 7 + nth / 5) % 5 AS level, CASE nth % 3 WHEN 0 THEN 'qr' ELSE 'web' END AS channel,
    'service-' || (i % :services) AS service, {_MONTH} AS period
  FROM mark
)
SELECT randomblob(32), service, period, level, channel, nth % 4 = 0, NULL, NULL FROM form
UNION ALL
SELECT randomblob(32), service, period, level, channel, NULL,
  CASE WHEN nth % 50 = 7 THEN 'Window ' || i || ' was open.' END,
  '[["capacity","citizen"],["in-person/attitude","' || level || '"]]'
FROM form WHERE nth % 5 = 2
ORDER BY 1
"""
_USUAL = """
INSERT OR IGNORE INTO rating_busy_day (service, channel, verified, day, size)
WITH RECURSIVE number(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i < max(:services, :days)),
channel(name) AS (VALUES ('qr'), ('web')), code(verified) AS (VALUES (0), (1))
SELECT 'service-' || service.i, channel.name, code.verified, date(:day, '-' || past.i || ' days'), :size
FROM number AS service, number AS past, channel, code
WHERE service.i < :services AND past.i BETWEEN 1 AND :days
"""


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folders = [_copied(ratings, Path(name)) for ratings in (FEW, MANY)]
        yield from _pages(*folders)
        yield _nights(*folders)
        yield from _month(folders[1])


def _pages(few: Path, many: Path) -> Iterator[Measure]:
    cookies = [cookie_of(portal, person(portal, roles=["moderator"])) for portal in map(_open, (few, many))]
    with (
        granian("wsgi:app", environment=served(few)) as small,
        granian("wsgi:app", environment=served(many)) as large,
    ):
        for what, path, signed_in in (
            ("A service's page from the cache", "/services/service-7", False),
            ("A service's page drawn anew", "/services/service-7?past-the-cache=1", False),
            ("The form of a service", "/rate/service-7", False),
            ("The moderators' queue", "/desk/comments", True),
        ):
            args = [("-H", f"Cookie: {cookie}") if signed_in else () for cookie in cookies]
            ratio, pairs = compare_cost(large + path, small + path, args=args[1], yardstick_args=args[0])
            costs = [median(pair[side] for pair in pairs) for side in (1, 0)]
            yield _growth(f"{what} at ten million ratings", ratio, costs, "processor time a request")


def _nights(few: Path, many: Path) -> Measure:
    """The night's work on so many ratings of a day: fold them, look at every closed month, say what changed."""
    _night(many), _night(few)  # months that have closed since they were made are published now
    pairs = [(_night(many), _night(few)) for _ in range(NIGHTS)]
    ratio = median(mine / theirs for mine, theirs in pairs)
    costs = [median(pair[side] for pair in pairs) * 1e6 for side in (1, 0)]
    return _growth(f"The night's work on a day of {DAY:,} at ten million ratings", ratio, costs, "processor time")


def _growth(name: str, ratio: float, costs: list[float], of: str) -> Measure:
    said = f"{of}: {costs[0]:,.0f} µs at {FEW:,}, {costs[1]:,.0f} µs at {MANY:,}"
    return Measure(f"{name} against ten thousand", ratio, said, most=1.2)


def _night(folder: Path) -> float:
    """Seconds of processor time."""
    portal = _open(folder)
    today = portal.clock.now()
    _hold(folder, 0, DAY, month=(today.year - 2024) * 12 + today.month - 1)
    _are_usual(folder, DAY, before=today)
    began = time.process_time()
    folded = jobs.run_fold(portal)
    jobs.run_publish(portal)
    took = time.process_time() - began
    portal.database.dispose()
    if folded < DAY:
        raise RuntimeError(f"{folded} ratings were folded: nothing was measured")
    return took


def _month(folder: Path) -> Iterator[Measure]:
    _hold(folder, 0, MONTH, month=MONTHS + 1)
    _are_usual(folder, MONTH, before=datetime.now(UTC))
    fold_seconds, fold_mb = command(folder, "ratings", "fold")
    publish_seconds, publish_mb = command(folder, "ratings", "publish")
    said = f"{MONTH:,} ratings folded in {fold_seconds:.0f} s, their month rolled up in {publish_seconds:.0f} s"
    took = (fold_seconds + publish_seconds) / 60
    yield Measure("A month folded and rolled up at ten million ratings", took, said, most=5, unit=" minutes")
    said = f"fold {fold_mb:.0f} MiB, roll-up {publish_mb:.0f} MiB"
    yield Measure("Most memory of it", max(fold_mb, publish_mb), said, most=256, unit=" MiB")


def _copied(ratings: int, into: Path) -> Path:
    """An installation with so many ratings that may be changed; they are made when the cache has none."""
    kept = cache_folder() / f"ratings-{ratings}-{GENERATION}"
    if not (kept / "made.json").exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        _make_apart(kept, ratings)
    made = json.loads((kept / "made.json").read_text())
    print(
        f"  {ratings:,} ratings were made by SQL in {made['sql']:.0f} s, folded in {made['fold']:.0f} s and rolled"
        f" up in {made['roll_up']:.0f} s, with at most {made['mb']:.0f} MiB of memory.",
        flush=True,
    )
    folder = into / str(ratings)
    shutil.copytree(kept, folder)
    portal = _open(folder)
    upgrade(portal.database)
    portal.database.dispose()
    return folder


def _make_apart(folder: Path, ratings: int) -> None:
    """Make it in a process of its own, whose memory can be told."""
    command_line = [sys.executable, "-m", "benchmarks.ten_million", str(folder), str(ratings)]
    subprocess.run(command_line, check=True, env={**os.environ})


def make(folder: Path, ratings: int) -> None:
    portal = new_portal(folder)
    clock = FixedClock(MADE_AT)
    portal = Portal(settings=portal.settings, database=portal.database, keys=portal.keys, clock=clock)
    publish_services(portal, *(f"service-{number}" for number in range(SERVICES)))
    folding.FEWEST_AT_ONCE = folding.MOST_AT_ONCE = 50_000  # nobody rates meanwhile
    sql = fold = 0.0
    for start in range(0, ratings, CHUNK):
        began = time.monotonic()
        _hold(folder, start, min(start + CHUNK, ratings), per_month=ratings // MONTHS)
        sql += time.monotonic() - began
        _are_usual(folder, CHUNK, before=clock.at)
        fold += _seconds(lambda: jobs.run_fold(portal))
        clock.at += timedelta(days=3)
    jobs.run_fold(portal)  # bare keys are gone by now
    roll_up = _seconds(lambda: jobs.run_publish(portal))
    append_waiting(portal)
    portal.database.dispose()
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as raw:
        counted, aside = (
            raw.execute(f"SELECT coalesce(sum(count), 0) FROM {table}").fetchone()[0]
            for table in ("rating_total", "rating_set_aside")
        )
        if counted + aside != ratings or aside > ratings // 20:  # texts that are alike
            raise RuntimeError(f"{counted} ratings were counted, {aside} set aside: nothing was made")
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = {"sql": sql, "fold": fold, "roll_up": roll_up, "mb": mb}
    (folder / "made.json").write_text(json.dumps(made))


def _hold(folder: Path, start: int, end: int, *, month: int = 0, per_month: int = 0) -> None:
    """Hold ratings as forms leave them, from one number up to another: all of a `month` (counted from January
    2024), or so many of it and of each that follows."""
    given = {"start": start, "end": end, "services": SERVICES, "per_month": per_month or end, "month": month}
    with closing(sqlite3.connect(folder / "portal.sqlite3", isolation_level=None)) as raw:
        raw.execute(_HELD, given)


def _are_usual(folder: Path, ratings: int, *, before: datetime) -> None:
    """So many ratings came on each of the days before this one, too: else they would be set aside as a burst."""
    given = {"services": SERVICES, "days": DAYS_LOOKED_BACK, "day": before.date().isoformat()}
    with closing(sqlite3.connect(folder / "portal.sqlite3", isolation_level=None)) as raw:
        raw.execute(_USUAL, given | {"size": size_of(ratings // SERVICES)})


def _open(folder: Path) -> Portal:
    return open_portal(Settings(mode=Mode.TEST, var=folder))


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
