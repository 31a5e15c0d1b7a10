"""The verification itself: every entry, chunk, text and signed head, then the data files.

What it cannot know, it says: a log that was cut, or is shown differently to different people, can carry
good signatures. Only a checkpoint remembered from before shows that (`Remembered`). Statements of a kind that
this program is too old to know are hashed like all others, counted and named, and never taken for a fault.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.publishing.files import FileHead, layout_of, unknown_layout, write
from portal.publishing.log.canonical import NotCanonical
from portal.publishing.log.checkpoint import Head, parse_head
from portal.publishing.log.chunks import read_chunk
from portal.publishing.log.digests import cited, salted_digest
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.keys import KeyEvent, KeyRole, open_signed
from portal.publishing.log.notes import BadNote
from portal.publishing.log.statements import fault, unknown
from portal.publishing.log.tree import EMPTY_ROOT, Growing, leaf_hash
from portal.publishing.values import Text
from portal.publishing.verification.compare import first_difference
from portal.publishing.verification.replay import Replay
from portal.publishing.verification.signers import NEWEST_NOT_OPENED, Signers, read_key
from portal.publishing.verification.source import Doubt, Refuted, Source
from portal.publishing.verification.sums import Sums, check_sums

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Remembered:
    """A checkpoint that held before, with a key it was signed by, and the leaves below it if they were kept.

    The head alone shows that there are two histories; the leaves show where they part.
    """

    key: str
    note: str
    leaves: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was found good: the head, which files were rebuilt, which texts were withdrawn by which act, how the
    keys changed; and what this program could not judge: kinds of statements it does not know, and files that
    differ where it does not know them all.
    """

    key: str
    note: str
    head: Head
    files: tuple[str, ...] = ()
    withdrawn: tuple[tuple[str, int], ...] = ()
    keys: tuple[KeyEvent, ...] = ()
    unknown: Mapping[str, int] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()
    leaves: tuple[bytes, ...] = ()
    sums: Sums = Sums.MISSING

    @property
    def remembered(self) -> Remembered:
        return Remembered(self.key, self.note, self.leaves)

    @property
    def root(self) -> str:
        return base64.b64encode(self.head.root).decode()


EMPTY = Verified("", "", Head("", 0, EMPTY_ROOT))
"""A log in which nothing was ever published, and nothing remembered of one."""


SHOWN = "figures.csv"
"""The file that holds what pages of figures show."""


def verify(
    source: Source,
    *,
    key: str | None = None,
    remembered: Remembered | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Verified:
    """Check a whole log. Raises Refuted with the first bad entry, and Unreachable.

    `key` is a verifier key known from elsewhere; without it the remembered one is used, else the first one the
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
    trusted = key or (remembered.key if remembered else None)
    head = _claimed(note)
    before = _before(remembered, head)
    with Replay() as replay:
        check = _Check(source, head.origin, replay, Signers.of(source, trusted), before, remembered)
        for n in range(1, head.size + 1):
            check.entry(n)
            progress(n, head.size)
        check.signers.open(note or "", None)
        if check.growing.root() != head.root:
            raise Refuted(head.size, "the entries up to here do not give the root of the newest signed head.")
        check.signers.require_trusted()
        found = source.doubt_end(head.size)
        if found is not None:
            raise found
        withdrawn = _check_withdrawals(replay)
        last, chain = check.last, check.signers.chain
        if last is None:
            raise Refuted(None, "there is no signed head, or no key to check it with.")
        same, undecided = _check_files(source, replay, last, check.unknown)
        sums = check_sums(source, chain, last, same)
    files = tuple(same)
    signer = str(chain.active[KeyRole.LOG][0])
    events, strange = tuple(chain.events), dict(check.unknown)
    leaves = tuple(check.leaves)
    return Verified(signer, note or "", head, files, withdrawn, events, strange, undecided, leaves, sums)


class _Check:
    """The log as far as it was read."""

    def __init__(
        self,
        source: Source,
        origin: str,
        replay: Replay,
        signers: Signers,
        before: Head | None,
        remembered: Remembered | None,
    ) -> None:
        self._source = source
        self._origin = origin
        self._replay = replay
        self._before = before
        self.signers = signers
        self._known_leaves = remembered.leaves if remembered else ()
        self.growing = Growing()
        self.leaves: list[bytes] = []
        self.last: Entry | None = None
        self.unknown: Counter[str] = Counter()

    def entry(self, n: int) -> None:
        """Read and check entry n. Raises Refuted."""
        document = self._source.entry(n)
        if document is None:
            raise Refuted(n, "it is missing, but the signed head covers it.")
        leaf = leaf_hash(document)
        self.growing.append(leaf)
        self.leaves.append(leaf)
        entry = _parsed(n, document, self._origin, self.last.at if self.last else None)
        self._replay.begin(n, entry.at)
        position, about_keys = 0, []
        for ref in entry.chunks:
            body = self._source.chunk(ref.sha256)
            if body is None:
                raise Refuted(n, "its chunk {sha256} is missing.", sha256=ref.sha256)
            try:
                statements = list(read_chunk(body, ref))
            except NotCanonical as error:
                raise Refuted(n, "its chunk is not what it names ({fault}).", fault=str(error)) from None
            for at, statement in enumerate(statements, start=position):
                self._hear(n, at, statement)
            about_keys += [one for one in statements if one.get("t") == "key"]
            _refute(n, self._source.doubt_statements(entry, position, statements))
            position += len(statements)
        _refute(n, self._source.doubt_entry(entry, position))
        self.last = entry
        self.signers.hear(n, about_keys)
        self._check_root(n)

    def _hear(self, n: int, at: int, statement: dict[str, object]) -> None:
        strange = unknown(statement) or unknown_layout(statement)
        if strange:
            self.unknown[strange] += 1
        found = fault(statement) if not strange else None
        if found:
            raise Refuted(n, "statement {at} {fault}.", at=at, fault=found)
        if not strange or strange.startswith("figure."):
            _refute(n, self._replay.handins.doubt(n, statement))
            self._replay.take(n, at, statement)
        for digest in cited(statement):
            self._replay.take_text(_check_text(self._source, n, digest))

    def _check_root(self, n: int) -> None:
        """The tree so far has the root that was signed after entry n, and the one remembered."""
        note = self._source.checkpoint(n)
        if note is None:
            raise Refuted(n, "the head that was signed after it is missing.")
        head = self.signers.open(note, n)
        if (head.size, head.root) != (n, self.growing.root()):
            raise Refuted(n, "it is not what was signed: the entries up to here do not give the signed root.")
        if self._known_leaves[n - 1 : n] not in ((), (self.leaves[-1],)):
            raise Refuted(n, "another history was signed before: here it parts from the one remembered.")
        if self._before is not None and self._before.size == n and self._before.root != head.root:
            raise Refuted(n, ANOTHER_HISTORY)


def _parsed(n: int, document: bytes, origin: str, not_before: datetime | None) -> Entry:
    try:
        entry = parse_entry(document)
    except NotCanonical as error:
        raise Refuted(n, "its document cannot be read ({fault}).", fault=str(error)) from None
    if entry.n != n or entry.origin != origin:
        raise Refuted(n, "its document says that it is entry {n} of {origin}.", n=entry.n, origin=entry.origin)
    if not_before is not None and entry.at < not_before:
        raise Refuted(n, "it is dated before the entry in front of it.")
    return entry


def _check_text(source: Source, n: int, digest: str) -> Text:
    found = source.text(digest)
    if found is None:
        raise Refuted(n, "the text {digest} is missing and no act withdrew it.", digest=digest)
    if found.withdrawn_in is not None:
        return Text(digest, None, found.withdrawn_in)
    if found.salt is None or found.text is None or not _is_salted(found.salt, found.text, digest):
        raise Refuted(n, "the text {digest} is not the one that was published.", digest=digest)
    return Text(digest, found.text, None)


def _is_salted(salt: bytes, text: str, digest: str) -> bool:
    try:
        return salted_digest(salt, text) == digest
    except ValueError:
        return False


def _check_withdrawals(replay: Replay) -> tuple[tuple[str, int], ...]:
    withdrawn = tuple(replay.withdrawn())
    for digest, edition in withdrawn:
        if replay.withdrawals.get(digest) != edition:
            raise Refuted(
                None,
                "the text {digest} is given as withdrawn by act {edition}, which says no such thing.",
                digest=digest,
                edition=edition,
            )
    for digest in replay.given():
        if digest in replay.withdrawals:
            raise Refuted(
                replay.withdrawals[digest], "it withdrew the text {digest}, which is still given.", digest=digest
            )
    return withdrawn


def _check_files(
    source: Source, replay: Replay, last: Entry, strange: Mapping[str, int]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files that are the same as served, by their digests; those that differ where not all is known."""
    head, layout = FileHead(last.origin, last.n, last.at), layout_of(replay.context)
    same, undecided = dict[str, str](), []
    for name in layout.derived:
        served = source.file(last.n, name)
        if served is None and strange:
            undecided.append(name)
            continue
        if served is None:
            raise Refuted(None, "{file} of edition {edition} is not served.", file=name, edition=last.n)
        digest = hashlib.sha256()
        lines = replay.lines(layout.feed_of(name))
        found = first_difference(_hashed(write(name, head, replay.context, lines), digest.update), served)
        if found is None and name == SHOWN and (unkept := source.unkept(last.n, name)) is not None:
            lines = replay.lines(layout.feed_of(name))
            found = first_difference(write(name, head, replay.context, lines, bom=False), unkept)
        if found is None:
            same[name] = digest.hexdigest()
        elif strange:
            undecided.append(name)
        else:
            raise Refuted(found.entry, DIFFERS, file=name, edition=last.n, **found.shown)
    return same, tuple(undecided)


def _hashed(pieces: Iterable[bytes], hear: Callable[[bytes], object]) -> Iterator[bytes]:
    for piece in pieces:
        hear(piece)
        yield piece


ANOTHER_HISTORY = "another history was signed before: up to here it differs from the one remembered."
DIFFERS = (
    "{file} of edition {edition} differs from the log in line {line}: the log gives {expected}, the file {served}."
)


def _claimed(note: str | None) -> Head:
    """What the newest head says of itself; its signatures are checked once the keys are known."""
    if note is None:
        raise Refuted(None, "there is no signed head, or no key to check it with.")
    try:
        return parse_head(note)
    except BadNote as error:
        raise Refuted(None, NEWEST_NOT_OPENED, fault=str(error)) from None


def _before(remembered: Remembered | None, head: Head) -> Head | None:
    if remembered is None:
        return None
    try:
        before = open_signed(remembered.note, [read_key(remembered.key)])
    except BadNote as error:
        not_opened = "the remembered head does not open with its key ({fault})."
        raise Refuted(None, not_opened, fault=str(error)) from None
    if before.origin != head.origin:
        raise Refuted(
            None, "this is the log {new}, not {old}, which was remembered.", new=head.origin, old=before.origin
        )
    if before.size > head.size:
        raise Refuted(
            head.size + 1,
            "it is gone: {before} entries were signed before, now {now}.",
            before=before.size,
            now=head.size,
        )
    growing = Growing()
    for leaf in remembered.leaves:
        growing.append(leaf)
    if remembered.leaves and (growing.size, growing.root()) != (before.size, before.root):
        raise Refuted(None, "the remembered head is not one of a log.")
    if before.size == 0 and before.root != EMPTY_ROOT:
        raise Refuted(None, "the remembered head is not one of a log.")
    return before


def _refute(n: int, doubt: Doubt | None) -> None:
    if doubt:
        raise Refuted(n, doubt.reason, **doubt.details)
