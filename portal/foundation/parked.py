"""Bytes that wait a few minutes for one browser to fetch them, sealed under a secret that only it holds.

They lie in `var/parked`, which is no part of a backup, and not in the database, whose journals and copies keep
what was deleted; so they can be laid down too while the database is away. A file has a name that only the secret
leads to, a padded length, and the day as its only date that can be set.
"""

import os
from datetime import UTC, date, datetime, time
from pathlib import Path

from portal.foundation import crypto, ids
from portal.foundation.padding import pad, unpad

FOLDER = "parked"
MOST_BYTES = 8 * 1024 * 1024
"""Beyond what any page of the portal can grow to by repeating the largest form that is read."""
_SMALLEST = 32 * 1024
_PURPOSE = "gongping parked 2"


def park(var: Path, data: bytes, *, day: date) -> str:
    """Lay `data` down; returns the secret that leads to it. Raises OSError, ValueError beyond MOST_BYTES."""
    if len(data) > MOST_BYTES:
        raise ValueError("too much to be parked")
    secret = ids.secret_token()
    path = _path(var, secret)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(crypto.aead_seal(_key(secret), pad(data, _SMALLEST), path.name.encode()))
        moment = datetime.combine(day, time(), UTC).timestamp()
        os.utime(path, (moment, moment))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return secret


def find(var: Path, secret: str) -> bytes | None:
    """What this secret leads to, as often as it is asked for; None where there is nothing (any more)."""
    path = _path(var, secret)
    try:
        opened = crypto.aead_open(_key(secret), path.read_bytes(), path.name.encode())
    except (FileNotFoundError, crypto.CannotOpen):
        return None
    return unpad(opened)


def forget(var: Path, secret: str) -> None:
    _path(var, secret).unlink(missing_ok=True)


def forget_before(var: Path, day: date) -> None:
    """Remove what was parked before this day."""
    limit = datetime.combine(day, time(), UTC).timestamp()
    for path in (var / FOLDER).glob("*"):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _path(var: Path, secret: str) -> Path:
    return var / FOLDER / crypto.sha256(f"{_PURPOSE}|{secret}".encode("utf-8", "replace")).hex()


def _key(secret: str) -> bytes:
    return crypto.hkdf(secret.encode("utf-8", "replace"), _PURPOSE)
