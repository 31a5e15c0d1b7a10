"""Where a log is read from, and what can be said against it."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.entries import Entry
from portal.publishing.values import Statement
from portal.publishing.verification.words import translated


class Refuted(Exception):
    """The log, or what is served beside it, is not what was signed; `entry` is the first bad one if known.

    `reason` is an English sentence with {placeholders}; `verification.words` has each in other languages.
    """

    def __init__(self, entry: int | None, reason: str, **details: Any) -> None:
        self.entry = entry
        self.reason = reason
        self.details = details
        super().__init__(self.said("en"))

    def said(self, lang: str) -> str:
        """The sentence in a language, naming the entry."""
        sentence = translated(self.reason, lang).format(**self.details)
        return sentence if self.entry is None else translated("Entry {n}: ", lang).format(n=self.entry) + sentence


class Doubt:
    """What else, beside the log, contradicts an entry: a sentence, as in `Refuted`."""

    def __init__(self, reason: str, **details: Any) -> None:
        self.reason = reason
        self.details = details


class Unreachable(Exception):
    """The source could not be read: nothing is said about the log."""


class Source(Protocol):
    """What a verifier needs. Everything may be None when it is not there."""

    def first_key(self) -> str | None:
        """The verifier key that the log began with, as it is published."""

    def head(self) -> str | None:
        """The newest signed checkpoint."""

    def checkpoint(self, n: int) -> str | None:
        """The signed checkpoint after entry n."""

    def entry(self, n: int) -> bytes | None: ...

    def chunk(self, sha256: str) -> bytes | None: ...

    def text(self, digest: str) -> SaltedWords | None: ...

    def file(self, edition: int, name: str) -> Iterable[bytes] | None:
        """The data file as it is served."""

    def unkept(self, edition: int, name: str) -> Iterable[bytes] | None:
        """The same file without its mark, written from the database at this moment as pages are: what was kept may
        be right while pages show something else. None where `file` gives just that."""
        ...

    def sums(self, edition: int) -> str | None:
        """The signed list of the files' digests; None while it is not made."""

    def doubt_statements(self, entry: Entry, position: int, statements: Sequence[Statement]) -> Doubt | None:
        """What else, beside the log, contradicts these statements of an entry."""

    def doubt_entry(self, entry: Entry, statements: int) -> Doubt | None:
        """What else contradicts an entry with this many statements."""

    def doubt_end(self, size: int) -> Refuted | None:
        """What else contradicts that the log ends after entry `size`."""
