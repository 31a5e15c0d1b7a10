"""Pure decisions: how long to wait after wrong tries, which keys are trusted, who is connected."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from portal.accounts.errors import NoSuchRole, RolesClash
from portal.accounts.key_pairs import PublicKeys
from portal.accounts.values import Connection, PersonKind, Policy, Scope
from portal.foundation.clock import months_after
from portal.foundation.crypto import signature_holds

FREE_TRIES = 3
LONGEST_WAIT = timedelta(seconds=60)
FORGET_AFTER = timedelta(hours=24)
BROWSER_KNOWN = timedelta(days=400)
FEWEST_LEFT = 2
"""People who handle reports that a body should have left: one alone could bury one."""
SIGNATURES_NEEDED = 2
LONGEST_SESSION = timedelta(hours=12)
START_CODE_LASTS = timedelta(days=7)
FRESH_SIGN_IN = timedelta(minutes=10)
SECRET_LASTS = timedelta(minutes=10)
"""How long a cookie's secret is used before it gets a follower: about as long a copy is of use."""
PARALLEL = timedelta(seconds=60)
"""How long a replaced secret goes on being good: for what a browser had asked before it had the new one."""
MOST_WRONG = 5
TRAINING_WARNING = timedelta(days=30)
MOST_PASSKEYS = 10
OUTSIDE_ROLE = "outside-recipient"


def wait_after(failures: int, last_at: datetime, now: datetime) -> int:
    """Whole seconds to wait before the next try: none for three wrong tries, then 1, 2, 4 … 60.

    The wait never grows beyond a minute, so that nobody can lock a colleague out by guessing.
    """
    if failures < FREE_TRIES or now - last_at >= FORGET_AFTER:
        return 0
    pause = min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - FREE_TRIES, 10)))
    left = (last_at + pause - now).total_seconds()
    return max(0, -int(-left // 1))


def is_idle(*, started_at: datetime, last_seen_at: datetime, now: datetime, idle: timedelta) -> bool:
    """Whether a session has ended by itself: unused for `idle`, or older than twelve hours."""
    return now - last_seen_at >= idle or now - started_at >= LONGEST_SESSION


def needs_follower(*, made_at: datetime, spent_at: datetime | None, nonce: bytes | None, now: datetime) -> bool:
    """Whether a cookie's secret is old enough for another to take its place, and none is on its way."""
    return spent_at is None and nonce is None and now - made_at >= SECRET_LASTS


def is_fresh(proved_at: datetime, *, is_start: bool, now: datetime) -> bool:
    """Whether somebody proved minutes ago to be who they are: a browser left open, or a copied cookie, did not."""
    return not is_start and now - proved_at <= FRESH_SIGN_IN


def is_spent(spent_at: datetime | None, now: datetime) -> bool:
    """Whether a replaced secret is good for nothing any more: who still has it copied it, or was copied."""
    return spent_at is not None and now - spent_at >= PARALLEL


@dataclass(frozen=True)
class Voucher:
    """A signature by `signer_key_id` over the statement of `key_id`."""

    key_id: str
    signer_key_id: str
    signature: bytes


@dataclass(frozen=True)
class Standing:
    """How a key stands: anchored or not, by whom (of trusted keys) it was signed, and so trusted or not."""

    anchored: bool
    signed_by: frozenset[str]

    @property
    def trusted(self) -> bool:
        return self.anchored or len(self.signed_by) >= SIGNATURES_NEEDED


def standing(
    keys: Mapping[str, PublicKeys], vouchers: Iterable[Voucher], anchors: Collection[str]
) -> dict[str, Standing]:
    """The standing of every key.

    A key is trusted when its fingerprint is anchored, or when two other people with trusted keys signed
    it. The database alone cannot make a key trusted: signatures are checked, and anchors lie outside it.
    """
    valid = [voucher for voucher in vouchers if _is_valid(keys, voucher)]
    found = {key_id: Standing(key.fingerprint in anchors, frozenset()) for key_id, key in keys.items()}
    while True:
        grown = {
            key_id: Standing(found[key_id].anchored, _signers(key, valid, keys, found))
            for key_id, key in keys.items()
        }
        if grown == found:
            return found
        found = grown


def _is_valid(keys: Mapping[str, PublicKeys], voucher: Voucher) -> bool:
    key, signer = keys.get(voucher.key_id), keys.get(voucher.signer_key_id)
    if key is None or signer is None or key.person_id == signer.person_id:
        return False
    return _holds(signer.sign_public, key.statement, voucher.signature)


@lru_cache(1024)
def _holds(public: bytes, statement: bytes, signature: bytes) -> bool:
    """Looked at once: the same three never give another answer, and every page of a report asks again."""
    return signature_holds(public, statement, signature)


def _signers(
    key: PublicKeys,
    valid: Iterable[Voucher],
    keys: Mapping[str, PublicKeys],
    found: Mapping[str, Standing],
) -> frozenset[str]:
    return frozenset(
        keys[voucher.signer_key_id].person_id
        for voucher in valid
        if voucher.key_id == key.key_id and found[voucher.signer_key_id].trusted
    )


def require_roles_fit(policy: Policy, kind: PersonKind, roles: Collection[str]) -> None:
    """Raises NoSuchRole or RolesClash: an administrator handles no reports, an outsider does nothing else."""
    for role in roles:
        if role not in policy.roles:
            raise NoSuchRole(role, sorted(policy.roles))
        if (role == OUTSIDE_ROLE) != (kind is PersonKind.OUTSIDE):
            raise RolesClash(role, f"kind {kind.value}")
    for pair in policy.incompatible:
        if pair <= set(roles):
            role, other = sorted(pair)
            raise RolesClash(role, other)


def permissions_of(policy: Policy, roles: Iterable[str]) -> frozenset[str]:
    """All permissions of these roles; a role that is no longer in the table gives none."""
    return frozenset().union(*(policy.roles.get(role, frozenset()) for role in roles))


def valid_until(issued_on: date, months: int) -> date:
    """The last day of a certificate: the same day of the month so many months later, or that month's last."""
    month = months_after(f"{issued_on:%Y-%m}", months)
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, min(issued_on.day, monthrange(year, number)[1]))


def touches(connection: Connection | Scope, scope: Scope) -> bool:
    """Whether the connection bears on `scope`. What either side leaves open counts as touching."""
    if connection.body_code != scope.body_code:
        return False
    pairs = (
        (connection.indicator_code, scope.indicator_code),
        (connection.period, scope.period),
        (connection.cycle, scope.cycle),
    )
    return all(one is None or other is None or one == other for one, other in pairs)


def holds_at(connection: Connection, at: datetime, lasts: timedelta) -> bool:
    """Whether the connection still counts at `at`: it does not end before `lasts` after its last day."""
    return connection.since <= at and (connection.until is None or connection.until + lasts >= at)
