"""The verification itself: every entry, chunk, text and signed head, then the data files.

What it cannot know, it says: a log that was cut, or is shown differently to different people, can carry
good signatures. Only a checkpoint remembered from before shows that (`Remembered`).
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.publishing.files import DERIVED, FileHead, write
from portal.publishing.log.canonical import NotCanonical
from portal.publishing.log.checkpoint import Head, open_head
from portal.publishing.log.chunks import read_chunk
from portal.publishing.log.digests import cited, salted_digest
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.notes import BadNote, Verifier
from portal.publishing.log.statements import fault
from portal.publishing.log.tree import EMPTY_ROOT, Growing, leaf_hash
from portal.publishing.values import Text
from portal.publishing.verification.compare import first_difference
from portal.publishing.verification.replay import Replay
from portal.publishing.verification.source import Refuted, Source

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Remembered:
    """A checkpoint that held before, with the key it was signed by."""

    key: str
    note: str


@dataclass(frozen=True)
class Verified:
    """What was found good: the head, which files were rebuilt, and which texts were withdrawn by which act."""

    key: str
    note: str
    head: Head
    files: tuple[str, ...]
    withdrawn: tuple[tuple[str, int], ...]

    @property
    def remembered(self) -> Remembered:
        return Remembered(self.key, self.note)

    @property
    def root(self) -> str:
        return base64.b64encode(self.head.root).decode()


EMPTY = Verified("", "", Head("", 0, EMPTY_ROOT), (), ())
"""A log in which nothing was ever published, and nothing remembered of one."""


def verify(
    source: Source,
    *,
    key: str | None = None,
    remembered: Remembered | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Verified:
    """Check a whole log. Raises Refuted with the first bad entry, and Unreachable.

    `key` is a verifier key known from elsewhere; without it the remembered one is used, else the one the
    source itself publishes. A log that grows while it is read is read again.
    """
    for _ in range(3):
        note = source.head()
        try:
            return _verify(source, note, key, remembered, progress)
        except Refuted:
            if source.head() == note:
                raise
    return _verify(source, source.head(), key, remembered, progress)


def _verify(
    source: Source, note: str | None, key: str | None, remembered: Remembered | None, progress: Progress
) -> Verified:
    if note is None and source.entry(1) is None and remembered is None:
        return EMPTY
    trusted = key or (remembered.key if remembered else None) or source.key()
    if note is None or trusted is None:
        raise Refuted(None, "there is no signed head, or no key to check it with.")
    verifier = _verifier(trusted)
    head = _open(note, verifier, None, "the newest signed head")
    before = _before(remembered, verifier, head)
    with Replay() as replay:
        growing, last = Growing(), None
        for n in range(1, head.size + 1):
            last = _check_entry(source, n, head.origin, growing, replay, last.at if last else None)
            _check_root(source, n, growing, verifier, before)
            progress(n, head.size)
        if growing.root() != head.root:
            raise Refuted(head.size, "the entries up to here do not give the root of the newest signed head.")
        found = source.doubt_end(head.size)
        if found is not None:
            raise found
        withdrawn = _check_withdrawals(replay)
        files = _check_files(source, replay, last) if last else ()
    return Verified(str(verifier), note, head, files, withdrawn)


def _check_entry(
    source: Source, n: int, origin: str, growing: Growing, replay: Replay, not_before: datetime | None
) -> Entry:
    document = source.entry(n)
    if document is None:
        raise Refuted(n, "it is missing, but the signed head covers it.")
    growing.append(leaf_hash(document))
    try:
        entry = parse_entry(document)
    except NotCanonical as error:
        raise Refuted(n, f"its document cannot be read: {error}.") from None
    if entry.n != n or entry.origin != origin:
        raise Refuted(n, f"its document says that it is entry {entry.n} of {entry.origin}.")
    if not_before is not None and entry.at < not_before:
        raise Refuted(n, "it is dated before the entry in front of it.")
    replay.begin(n, entry.at)
    position = 0
    for ref in entry.chunks:
        body = source.chunk(ref.sha256)
        if body is None:
            raise Refuted(n, f"its chunk {ref.sha256} is missing.")
        try:
            statements = list(read_chunk(body, ref))
        except NotCanonical as error:
            raise Refuted(n, f"{error}.") from None
        for at, statement in enumerate(statements, start=position):
            found = fault(statement)
            if found:
                raise Refuted(n, f"statement {at} {found}.")
            replay.take(n, at, statement)
            for digest in cited(statement):
                replay.take_text(_check_text(source, n, digest))
        _refute(n, source.doubt_statements(entry, position, statements))
        position += len(statements)
    _refute(n, source.doubt_entry(entry, position))
    return entry


def _check_text(source: Source, n: int, digest: str) -> Text:
    found = source.text(digest)
    if found is None:
        raise Refuted(n, f"the text {digest} is missing and no act withdrew it.")
    if found.withdrawn_in is not None:
        return Text(digest, None, found.withdrawn_in)
    if found.salt is None or found.text is None or not _is_salted(found.salt, found.text, digest):
        raise Refuted(n, f"the text {digest} is not the one that was published.")
    return Text(digest, found.text, None)


def _is_salted(salt: bytes, text: str, digest: str) -> bool:
    try:
        return salted_digest(salt, text) == digest
    except ValueError:
        return False


def _check_root(source: Source, n: int, growing: Growing, verifier: Verifier, before: Head | None) -> None:
    """The tree so far has the root that was signed after entry n, and the one remembered."""
    note = source.checkpoint(n)
    if note is None:
        raise Refuted(n, "the head that was signed after it is missing.")
    head = _open(note, verifier, n, "the head that was signed after it")
    if (head.size, head.root) != (n, growing.root()):
        raise Refuted(n, "it is not what was signed: the entries up to here do not give the signed root.")
    if before is not None and before.size == n and before.root != growing.root():
        raise Refuted(n, "another history was signed before: up to here it differs from the one remembered.")


def _check_withdrawals(replay: Replay) -> tuple[tuple[str, int], ...]:
    withdrawn = tuple(replay.withdrawn())
    for digest, edition in withdrawn:
        if replay.withdrawals.get(digest) != edition:
            raise Refuted(
                None, f"the text {digest} is given as withdrawn by act {edition}, which says no such thing."
            )
    for digest in replay.given():
        if digest in replay.withdrawals:
            raise Refuted(replay.withdrawals[digest], f"it withdrew the text {digest}, which is still given.")
    return withdrawn


def _check_files(source: Source, replay: Replay, last: Entry) -> tuple[str, ...]:
    head = FileHead(last.origin, last.n, last.at)
    for name in DERIVED:
        served = source.file(last.n, name)
        if served is None:
            raise Refuted(None, f"{name} of edition {last.n} is not served.")
        difference = first_difference(write(name, head, replay.context, replay.lines()), served)
        if difference is not None:
            raise Refuted(difference.entry, f"{name} of edition {last.n} {difference}")
    return DERIVED


def _before(remembered: Remembered | None, verifier: Verifier, head: Head) -> Head | None:
    if remembered is None:
        return None
    before = _open(remembered.note, _verifier(remembered.key), None, "the remembered head")
    if str(verifier) != remembered.key:
        raise Refuted(None, "the key is not the one remembered.")
    if before.size > head.size:
        raise Refuted(head.size + 1, f"it is gone: {before.size} entries were signed before, now {head.size}.")
    if before.size == 0 and before.root != EMPTY_ROOT:
        raise Refuted(None, "the remembered head is not one of a log.")
    return before


def _verifier(key: str) -> Verifier:
    try:
        return Verifier.parse(key)
    except BadNote as error:
        raise Refuted(None, f"the published key cannot be used: {error}.") from None


def _open(note: str, verifier: Verifier, n: int | None, what: str) -> Head:
    try:
        return open_head(note, verifier)
    except BadNote as error:
        raise Refuted(n, f"{what} does not open with the published key: {error}.") from None


def _refute(n: int, doubt: str | None) -> None:
    if doubt:
        raise Refuted(n, doubt)
