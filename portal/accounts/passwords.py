"""Pass phrases: one Argon2id run, split into what recognises a phrase and what helps to open the key.

The split is by HKDF, so knowing the stored verifier says nothing about the opener, and one run serves both.
The number of runs at the same time is capped for each process, once for people who are known and once for all
others: each takes its memory for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import BoundedSemaphore

from argon2.low_level import Type, hash_secret_raw

from portal.accounts.errors import TooBusy
from portal.config import Settings
from portal.foundation.crypto import hkdf
from portal.foundation.phrases import normalise

SALT_BYTES = 16
_LONGEST = 400
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Cost:
    """Parameters of Argon2id (RFC 9106), kept with each verifier so that they may be raised later."""

    memory_kib: int
    time: int
    parallelism: int

    @classmethod
    def of(cls, settings: Settings) -> Cost:
        return cls(settings.argon2_memory_kib, settings.argon2_time, settings.argon2_parallelism)


@dataclass(frozen=True)
class Stretched:
    """Both halves of one run, 32 bytes each."""

    verifier: bytes = field(repr=False)
    opener: bytes = field(repr=False)


@dataclass(frozen=True)
class Stretcher:
    """Stretches phrases at one cost, a few at a time."""

    cost: Cost
    concurrency: int

    @classmethod
    def of(cls, settings: Settings) -> Stretcher:
        return cls(Cost.of(settings), settings.sign_in_concurrency)

    def at(self, cost: Cost) -> Stretcher:
        """The same queue at the cost a verifier was made with."""
        return Stretcher(cost, self.concurrency)

    def stretch(self, phrase: str, *, salt: bytes, known: bool = False) -> Stretched:
        """Run Argon2id over `phrase` once. Raises TooBusy when no turn comes within ten seconds.

        Those who are `known` (by their browser or passkey) wait in a line of their own: a flood of guesses from
        elsewhere, each costing a run, must not keep colleagues out.
        """
        with _turn(self.concurrency, known):
            raw = hash_secret_raw(
                normalise(phrase[:_LONGEST]).encode(),
                salt,
                time_cost=self.cost.time,
                memory_cost=self.cost.memory_kib,
                parallelism=self.cost.parallelism,
                hash_len=32,
                type=Type.ID,
            )
        return Stretched(hkdf(raw, "accounts: verifier"), hkdf(raw, "accounts: key opener"))


@cache
def _gate(concurrency: int, _known: bool) -> BoundedSemaphore:
    return BoundedSemaphore(concurrency)


@contextmanager
def _turn(concurrency: int, known: bool) -> Iterator[None]:
    gate = _gate(concurrency, known)
    if not gate.acquire(timeout=_PATIENCE_SECONDS):
        raise TooBusy
    try:
        yield
    finally:
        gate.release()
