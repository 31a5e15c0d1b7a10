"""A rating beside a comment that Isso takes, both on granian in the same run.

Isso (MIT, https://isso-comments.de) is the small Python server that people put below their pages; it knows
SQLite only, so ours on PostgreSQL is held against the same. Asked as its API says (`POST /new?uri=…`, JSON with
`text`, answered by 201); all settings as they come, but for its limit of two comments a minute. It is in no list
of requirements: the first bench installs it, with granian, into an environment of its own in the user's cache.
"""

import statistics
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks.installation import cache_folder
from benchmarks.load import compare, granian
from benchmarks.measures import Measure
from benchmarks.rating import SCRIPT, on_both_engines

RELEASE = "0.14.0"
AT_LEAST = {"SQLite": 3.0, "PostgreSQL": 1.5}
_INSTALL_SECONDS = 300
_SETTINGS = """[general]
dbpath = {folder}/comments.db
host = http://127.0.0.1/
[guard]
enabled = false
"""


def run() -> Iterator[Measure]:
    python = _with_isso()
    if python is None:
        print("Isso cannot be had from the package index: left out.", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="gongping-isso-") as folder:
        settings = Path(folder) / "isso.cfg"
        settings.write_text(_SETTINGS.format(folder=folder))
        told = {"ISSO_SETTINGS": str(settings)}
        for rated in on_both_engines("permits"):
            with (
                granian(
                    "isso.run:application", environment=told, python=python, within=Path(folder), quiet=True
                ) as isso,
                granian("wsgi:app", environment=rated.environment) as ours,
            ):
                ratio, pairs = compare(
                    f"{ours}/rate/permits",
                    f"{isso}/new?uri=%2Fpermits",
                    rounds=3,
                    script=SCRIPT,
                    args=rated.args,
                    yardstick_args=("--", "isso"),
                )
            failed = sum(load.failed for pair in pairs for load in pair)
            if failed:
                raise RuntimeError(f"{failed} requests failed: nothing was measured")
            mine, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
            said = f"rating {mine:,.0f}/s, comment of Isso {RELEASE} {theirs:,.0f}/s"
            name = f"A rating on {rated.engine} against a comment that Isso takes"
            yield Measure(name, ratio, said, least=AT_LEAST[rated.engine])


def _with_isso() -> Path | None:
    """A Python that has this Isso and our granian; None where it cannot be had."""
    folder = cache_folder() / f"isso-{RELEASE}-{version('granian')}"
    python = folder / "bin" / "python"
    if (folder / "installed").exists():
        return python
    venv.create(folder, with_pip=True, clear=True)
    wanted = (f"isso=={RELEASE}", f"granian=={version('granian')}")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    (folder / "installed").touch()
    return python
