"""If these failed, a hall would be locked out, an address would be kept, or a lost Redis would silence people."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis import Redis
from redis.exceptions import RedisError

from benchmarks.load import HOST, free_port
from portal.commands import main
from portal.web import limits
from portal.web.limits import AddressLimits, MemoryCounts, kept_on_disk

NOW = datetime(2026, 2, 9, 9, tzinfo=UTC)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> AddressLimits:
    monkeypatch.setitem(limits.LIMITS, "rate", "2 per 10 minutes; 3 per day")
    return AddressLimits("")


def test_an_address_waits_once_its_limit_is_passed_and_others_do_not(few: AddressLimits) -> None:
    assert [few.hit("rate", "203.0.113.7", NOW) for _ in range(2)] == [None, None]
    wait = few.hit("rate", "203.0.113.7", NOW)
    assert wait is not None
    assert 0 < wait <= 601
    assert few.hit("rate", "203.0.113.8", NOW) is None


def test_looking_counts_nothing(few: AddressLimits) -> None:
    assert [few.check("rate", "203.0.113.7", NOW) for _ in range(9)] == [None] * 9
    few.hit("rate", "203.0.113.7", NOW)
    few.hit("rate", "203.0.113.7", NOW)
    assert few.check("rate", "203.0.113.7", NOW) is not None


def test_no_address_no_limit(few: AddressLimits) -> None:
    assert [few.hit("rate", None, NOW) for _ in range(9)] == [None] * 9


def test_nothing_counted_holds_an_address_and_the_salt_dies_at_midnight(few: AddressLimits) -> None:
    few.hit("rate", "203.0.113.7", NOW)
    kept = repr(vars(few._counter.storage))
    assert "203.0.113.7" not in kept
    yesterday = few._group("203.0.113.7", NOW.date())
    assert few._group("203.0.113.7", NOW.date()) == yesterday
    assert few._group("203.0.113.7", (NOW + timedelta(days=1)).date()) != yesterday
    assert few._group("203.0.113.7", NOW.date()) != yesterday  # the old salt is not to be had again


def test_a_lost_redis_lets_people_rate(capsys: pytest.CaptureFixture[str]) -> None:
    lost = AddressLimits("redis://127.0.0.1:1/0")
    assert lost.hit("rate", "203.0.113.7", NOW) is None
    assert "203.0.113.7" not in "".join(capsys.readouterr())


@contextmanager
def a_redis(folder: Path, *options: str) -> Iterator[str]:
    """A server of its own, as the system's package has it; `options` as on its command line."""
    program = shutil.which("redis-server")
    assert program, "no Redis found: install the package redis-server"
    port = free_port()
    told = ("--port", str(port), "--bind", HOST, "--dir", str(folder), *options)
    running = subprocess.Popen([program, *told], stdout=subprocess.DEVNULL)
    url = f"redis://{HOST}:{port}/0"
    try:
        for _ in range(200):
            try:
                Redis.from_url(url).ping()
                break
            except RedisError:
                time.sleep(0.05)
        yield url
    finally:
        running.terminate()
        running.wait(timeout=30)


def test_a_redis_as_it_comes_would_keep_what_is_counted_beyond_midnight(tmp_path: Path) -> None:
    """It lays all it holds on its disk, the day's salt too: whoever has both can guess the addresses."""
    with a_redis(tmp_path) as url:
        assert kept_on_disk(url) == ("save",)
        AddressLimits(url).hit("rate", "203.0.113.7", datetime.now(UTC))
    assert b"portal-salt" in (tmp_path / "dump.rdb").read_bytes()


def test_a_redis_that_keeps_to_its_memory_is_taken(tmp_path: Path) -> None:
    with a_redis(tmp_path, "--save", "", "--appendonly", "no") as url:
        assert kept_on_disk(url) == ()
        limited = [AddressLimits(url).hit("rate", "203.0.113.7", datetime.now(UTC)) for _ in range(2)]
        assert limited == [None, None]
    assert list(tmp_path.iterdir()) == []
    assert kept_on_disk("redis://127.0.0.1:1/0") == kept_on_disk("") == ()


def test_a_house_at_work_does_not_start_beside_a_redis_that_writes_to_its_disk(tmp_path: Path) -> None:
    with a_redis(tmp_path, "--appendonly", "yes") as url:
        environment = {
            "PORTAL_MODE": "production",
            "PORTAL_VAR": str(tmp_path / "var"),
            "PORTAL_ORIGIN": "https://portal.test",
            "PORTAL_REDIS_URL": url,
            "PORTAL_PORT": str(free_port()),
        }
        assert CliRunner().invoke(main, ["setup"], env=environment).exit_code == 0
        ran = CliRunner().invoke(main, ["serve"], env=environment)
    assert ran.exit_code == 1
    assert "writes to its disk (appendonly and save)" in ran.output


def test_counts_end_with_their_window_and_are_forgotten_when_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(MemoryCounts, "LARGEST", 100)
    counts = MemoryCounts()
    for n in range(100):
        counts.incr(f"old-{n}", 0.0)
    assert counts.get("old-1") == 0
    assert counts.incr("new", 60) == 1
    assert counts.incr("new", 60) == 2
    assert len(counts._counts) == 1
    assert counts.get_expiry("new") > time.time()


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # only a proxy on this machine is believed
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "", None),
        ("::1", "nonsense", None),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.1", None),
    ],
)
def test_the_address_of_a_request(client, remote: str, forwarded: str, expected: str | None) -> None:  # type: ignore[no-untyped-def]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with client.application.test_request_context(
        "/rate", headers=headers, environ_overrides={"REMOTE_ADDR": remote}
    ):
        assert limits.client_address() == expected
