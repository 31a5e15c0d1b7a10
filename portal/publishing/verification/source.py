"""Where a log is read from, and what can be said against it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.entries import Entry
from portal.publishing.values import Statement


class Refuted(Exception):
    """The log, or what is served beside it, is not what was signed; `entry` is the first bad one if known."""

    def __init__(self, entry: int | None, reason: str) -> None:
        self.entry = entry
        self.reason = reason
        super().__init__(reason if entry is None else f"Entry {entry}: {reason}")


class Unreachable(Exception):
    """The source could not be read: nothing is said about the log."""


class Source(Protocol):
    """What a verifier needs. Everything may be None when it is not there."""

    def key(self) -> str | None:
        """The published verifier key."""

    def head(self) -> str | None:
        """The newest signed checkpoint."""

    def checkpoint(self, n: int) -> str | None:
        """The signed checkpoint after entry n."""

    def entry(self, n: int) -> bytes | None: ...

    def chunk(self, sha256: str) -> bytes | None: ...

    def text(self, digest: str) -> SaltedWords | None: ...

    def file(self, edition: int, name: str) -> Iterable[bytes] | None:
        """The data file as it is served."""

    def doubt_statements(self, entry: Entry, position: int, statements: Sequence[Statement]) -> str | None:
        """What else, beside the log, contradicts these statements of an entry, as a sentence."""

    def doubt_entry(self, entry: Entry, statements: int) -> str | None:
        """What else contradicts an entry with this many statements."""

    def doubt_end(self, size: int) -> Refuted | None:
        """What else contradicts that the log ends after entry `size`."""
