"""A whole installation of its own for a journey: the demonstration, served as `make run` serves it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import HOST, ROOT, free_port
from portal.app import open_portal
from portal.config import load_settings
from portal.front.demo.people import code_now, known_accounts


@dataclass(frozen=True)
class Account:
    """A demonstration account as `demo accounts` prints it."""

    role: str
    address: str
    password: str
    code: str


@dataclass
class House:
    """A served installation: where it is, and how to run its commands."""

    url: str
    var: Path
    environment: Mapping[str, str]
    server: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`python -m portal …` on this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        if check:
            assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done

    def accounts(self) -> list[Account]:
        """Every demonstration account with its one-time code of this moment."""
        lines = self.run("demo", "accounts").stdout.splitlines()
        cells = [re.split(r"\s{2,}|\t", line.strip()) for line in lines if "@" in line]
        return [Account(*row[:4]) for row in cells]

    def account(self, name: str) -> Account:
        """The same for one person, without starting a process for it."""
        portal = open_portal(load_settings(**self.settings))
        found = next(one for one in known_accounts(self.var) if one.address == f"{name}@gongping.example")
        account = Account(", ".join(found.roles), found.address, found.phrase, code_now(found, portal))
        portal.database.dispose()
        return account

    @property
    def settings(self) -> dict[str, str]:
        """What `load_settings` needs to open this installation here."""
        names = {"PORTAL_MODE": "mode", "PORTAL_VAR": "var", "PORTAL_DATABASE_URL": "database_url"}
        return {name: self.environment[key] for key, name in names.items()}

    def start(self) -> None:
        log = (self.var / "server.log").open("ab")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "portal", "serve"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.wait()

    def wait(self) -> None:
        for _ in range(900):
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=2).close()  # noqa: S310  (loopback)
            except (OSError, urllib.error.HTTPError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"not ready: {(self.var / 'server.log').read_text()[-2000:]}")

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(timeout=30)
        self.server = None


def house_in(var: Path, database_url: str, settings: Mapping[str, str] | None = None) -> House:
    """An installation in demo mode, on a port of its own, not served yet; `settings`: more of its environment."""
    port = free_port()
    environment = {
        "PORTAL_MODE": "demo",
        "PORTAL_VAR": str(var),
        "PORTAL_PORT": str(port),
        "PORTAL_ORIGIN": f"http://{HOST}:{port}",
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_ARGON2_MEMORY_KIB": "1024",
        "PORTAL_ARGON2_TIME": "1",
        "PORTAL_MARK_AFTER_DAYS": "0",  # a whole case on one day
        "PORTAL_CORRECT_AFTER_DAYS": "0",
        **(settings or {}),
    }
    return House(url=f"http://{HOST}:{port}", var=var, environment=environment)


def load_demonstration(var: Path, database_url: str) -> None:
    """Make the database, load the demonstration and make its files, so that no copy has to."""
    var.mkdir(parents=True, exist_ok=True)
    house = house_in(var, database_url)
    house.run("db", "upgrade")
    house.run("demo", "load")
    house.run("files", "write")


@contextmanager
def served(var: Path, database_url: str, settings: Mapping[str, str] | None = None) -> Iterator[House]:
    """The installation in `var`, served until the block ends; `settings` as for `house_in`."""
    house = house_in(var, database_url, settings)
    try:
        house.start()
        yield house
    finally:
        house.stop()
