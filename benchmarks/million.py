"""A million figures and ten thousand, imported and published once for all parts of a run that need them."""

import atexit
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.figures import write_figures
from benchmarks.installation import new_portal, publish, served, two_people
from portal.publishing.queries import current_edition
from tests.factories.ratings import publish_services

FEW, MANY = 10_000, 1_000_000


@dataclass(frozen=True)
class Installed:
    """An installation with so many figures: where it is, how its import and publication went."""

    folder: Path
    file: Path
    import_seconds: float
    import_mb: float
    import_cpu: float
    publish_seconds: float
    publish_mb: float
    longest_wait_ms: float
    usual_wait_ms: float
    ratings: int
    editions: int

    @property
    def environment(self) -> dict[str, str]:
        return served(self.folder)


@cache
def installed(figures: int) -> Installed:
    """Import by the command and publish by two people and the runner, while somebody rates all the time."""
    folder = Path(tempfile.mkdtemp(prefix="gongping-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "figures.csv"
    write_figures(file, figures)
    portal = new_portal(folder)
    publish_services(portal, "permits")
    people = two_people(portal)
    raters = Raters(folder)
    words = ("figures", "import", str(file), "--source", "Invented", "--licence", "CC0", "--reason", "invented")
    before = cpu_of_children()
    import_seconds, import_mb = command(folder, *words, "--release", "benchmark")
    import_cpu = cpu_of_children() - before
    began = time.monotonic()
    publish(portal, people)
    _, publish_mb = command(folder, "run-jobs", "--once")
    publish_seconds = time.monotonic() - began
    waits = raters.stop()
    with portal.database.read() as session:
        editions = current_edition(session).n
    portal.database.dispose()
    return Installed(
        folder=folder,
        file=file,
        import_seconds=import_seconds,
        import_mb=import_mb,
        import_cpu=import_cpu,
        publish_seconds=publish_seconds,
        publish_mb=publish_mb,
        longest_wait_ms=max(waits),
        usual_wait_ms=sorted(waits)[len(waits) * 99 // 100],
        ratings=len(waits),
        editions=editions,
    )


class Raters:
    """Somebody who rates all the while, in another process."""

    def __init__(self, folder: Path) -> None:
        ran = [sys.executable, "-m", "benchmarks.raters", str(folder)]
        self._child = subprocess.Popen(ran, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self) -> list[float]:
        """How long each rating took to be committed, in milliseconds."""
        told, _ = self._child.communicate("")
        waits: list[float] = json.loads(told)
        return waits


def cpu_of_children() -> float:
    """Seconds of processor time that ended children of this process have used, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command(folder: Path, *words: str, url: str = "") -> tuple[float, float]:
    """Run a command of the portal; its seconds and the most memory it held, in MiB. `url`: of another database."""
    began = time.monotonic()
    code = (
        "import json, resource, subprocess, sys;"
        "done = subprocess.run([sys.executable, '-m', 'portal', *sys.argv[1:]], stdout=subprocess.DEVNULL,"
        " stderr=subprocess.PIPE, text=True);"
        "print(json.dumps([done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,"
        " done.stderr[-2000:]]))"
    )
    environment = {**os.environ, **served(folder), "PORTAL_MODE": "test", "PORTAL_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, capture_output=True, text=True, check=True
    )
    status, kib, said = json.loads(done.stdout)
    if status:
        raise RuntimeError(f"{' '.join(words)} failed: {said}")
    return time.monotonic() - began, kib / 1024
