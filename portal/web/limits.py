"""Limits by address, that know no address: each counts under an HMAC whose salt dies at midnight (UTC).

The salt lives in the memory of the process or, with Redis, there until midnight; neither is ever written to
a file. Limits are generous, because a service hall shares one address; past a limit a page says when to
come back and keeps what was typed. Reporting has no such limit at all.

Flask-Limiter keeps the storage and the strategy. Views ask it themselves, by name: on its own it would refuse
before a view has read the form, and what was typed would be lost.
"""

import hashlib
import hmac
import ipaddress
import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from portal.foundation.ids import random_bytes
from portal.web import edge

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from redis import Redis

EXTENSION = "portal-limits"
MEMORY = "portal-memory://"

LIMITS = {
    "rate": "300 per 10 minutes; 3000 per day",  # marks and comments from one address
    "api": "3000 per 10 minutes",  # answers of the API that no cache held
    "office": "6000 per 10 minutes",  # receipts and ratings by offices' own systems
    "office-key": "60 per 10 minutes; 300 per day",  # keys of offices that opened nothing
    "rate-code": "60 per 10 minutes; 300 per day",  # receipt codes that were not usable
    "request": "20 per 10 minutes; 100 per day",  # requests for figures that are not published
    "request-code": "60 per 10 minutes; 300 per day",  # follow-up codes that were not usable
}
"""Every limit of the portal by name."""

log = structlog.get_logger()


class MemoryCounts(Storage):
    """Counters in this process: like the library's own, without a thread that cleans up after each."""

    STORAGE_SCHEME = ["portal-memory"]  # noqa: RUF012  (the library declares it so)
    LARGEST = 100_000

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}  # key -> end of its window, count

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with self._lock:
            ends, count = self._counts.get(key, (0.0, 0))
            if ends <= now:
                ends, count = now + expiry, 0
                if len(self._counts) >= self.LARGEST:
                    self._counts = {each: kept for each, kept in self._counts.items() if kept[0] > now}
            self._counts[key] = (ends, count + amount)
            return count + amount

    def get(self, key: str) -> int:
        ends, count = self._counts.get(key, (0.0, 0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (time.time(), 0))[0]

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            forgotten, self._counts = len(self._counts), {}
            return forgotten

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)


_FORGETS = {"appendonly": "no", "save": ""}
"""With these values Redis keeps what it holds in memory alone; `save` comes switched on."""


class AddressLimits:
    """Counts by name and address group, with the application's counter or one of its own."""

    def __init__(self, redis_url: str, counter: RateLimiter | None = None) -> None:
        self._counter = counter or FixedWindowRateLimiter(storage_from_string(redis_url or MEMORY))
        self._items = {name: tuple(parse_many(limits)) for name, limits in LIMITS.items()}
        self._redis: Redis | None = None
        self._unreachable: tuple[type[Exception], ...] = ()
        if redis_url:
            self._redis, self._unreachable = _opened(redis_url)
        self._salt: tuple[date, bytes] = (date.min, b"")

    def hit(self, name: str, address: str | None, now: datetime) -> int | None:
        """Count once; the seconds to wait when a limit is passed, else None. No address, no limit."""
        return self._look(name, address, now, count=True)

    def check(self, name: str, address: str | None, now: datetime) -> int | None:
        """The seconds to wait when a limit is already passed, without counting."""
        return self._look(name, address, now, count=False)

    def _look(self, name: str, address: str | None, now: datetime, *, count: bool) -> int | None:
        if address is None:
            return None
        try:
            group = self._group(address, now.date())
            act = self._counter.hit if count else self._counter.test
            passed = [item for item in self._items[name] if not act(item, name, group)]
            return max((self._wait(item, name, group) for item in passed), default=None)
        except self._unreachable:
            log.warning("limits are not reachable")  # rating goes on: a limit slows, it never silences
            return None

    def _wait(self, item: RateLimitItem, name: str, group: str) -> int:
        reset = self._counter.get_window_stats(item, name, group).reset_time
        return max(1, int(reset - time.time()) + 1)

    def _group(self, address: str, today: date) -> str:
        if self._salt[0] != today:
            self._salt = (today, self._salt_of(today))
        return hmac.new(self._salt[1], address.encode(), hashlib.sha256).hexdigest()

    def _salt_of(self, today: date) -> bytes:
        fresh = random_bytes(32)
        if self._redis is None:
            return fresh
        midnight = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1)
        name = f"portal-salt-{today.isoformat()}"
        self._redis.set(name, fresh.hex(), nx=True, exat=int(midnight.timestamp()))
        kept = self._redis.get(name)
        return bytes.fromhex(kept.decode()) if isinstance(kept, bytes) else fresh


def kept_on_disk(redis_url: str) -> tuple[str, ...]:
    """The settings with which this Redis lays what we count on a disk, the day's salt beside it: with both in hand
    scrambled addresses can be guessed, long after midnight. None where there is no Redis, or it does not say."""
    if not redis_url:
        return ()
    server, unreachable = _opened(redis_url)
    try:
        with server:
            found = {name: str(server.config_get(name).get(name, "")) for name in _FORGETS}
    except unreachable:
        return ()
    return tuple(name for name, value in found.items() if value not in ("", _FORGETS[name]))


def _opened(url: str) -> tuple["Redis", tuple[type[Exception], ...]]:
    """The server, and how it fails. Loaded only where there is one: it is a tenth of what a start loads."""
    from redis import Redis
    from redis.exceptions import RedisError

    return Redis.from_url(url, socket_timeout=1), (RedisError,)


def install(app: Flask) -> None:
    redis_url = app.extensions[edge.EXTENSION].settings.redis_url
    apart = Flask("limits")  # its hooks would look at every request, and here only views ask
    limiter = Limiter(_no_key, app=apart, strategy="fixed-window", storage_uri=redis_url or MEMORY)
    app.extensions[EXTENSION] = AddressLimits(redis_url, limiter.limiter)


def _no_key() -> str:
    """No view is limited by decorator, so Flask-Limiter never asks whom to count."""
    raise NotImplementedError


def hit(name: str) -> int | None:
    """Count this request under the limit `name`; the seconds to wait when it is passed, else None."""
    return _limits().hit(name, client_address(), edge.now())


def check(name: str) -> int | None:
    """The seconds to wait when the limit `name` is passed for this request's address, else None."""
    return _limits().check(name, client_address(), edge.now())


def client_address() -> str | None:
    """The address that this request counts under."""
    return address_of(request.environ)


def address_of(sent: "WSGIEnvironment") -> str | None:
    """The address a request came from, the last one a proxy on this machine names, or None behind one.

    IPv6 addresses count by their /64, which is what one household or hall gets.
    """
    claimed = sent.get("REMOTE_ADDR") or ""
    if _is_loopback(claimed):
        claimed = sent.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(claimed)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _is_loopback(address: str) -> bool:
    if address == "127.0.0.1":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _limits() -> AddressLimits:
    found: AddressLimits = current_app.extensions[EXTENSION]
    return found
