"""A proof of publication: one file with all that is needed to check one figure, years later and offline.

It holds the statement's chunk, the entry that names the chunk, the entry's tlog-proof with its signed head, the
entries that changed the log's keys up to there, each with a proof of its own, and the text of the note if the
figure has one. What it shows: this figure was published with these digits, in this entry, no later than that
head was signed. What no single file can show: whether it was changed later, or which key is the right one.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.publishing.log.canonical import NotCanonical
from portal.publishing.log.checkpoint import Head, parse_head
from portal.publishing.log.chunks import read_chunk
from portal.publishing.log.digests import SaltedWords, salted_digest
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.keys import BadKeys, KeyChain, KeyRole, open_signed
from portal.publishing.log.notes import BadNote, Verifier
from portal.publishing.log.proofs import BadProof, TlogProof, parse_proof
from portal.publishing.log.tree import inclusion_holds, leaf_hash
from portal.publishing.values import Statement
from portal.publishing.verification.signers import HEAD_NOT_OPENED, read_key
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import ANOTHER_HISTORY, Remembered

KEYS_UNPROVEN = "the entries about keys are not in order, or not proven by the head after each."
FORMAT = "gongping-proof-of-publication-1"


@dataclass(frozen=True)
class Part:
    """An entry with one of its chunks and the proof that the entry is in the log."""

    entry: bytes
    chunk: bytes
    proof: TlogProof

    def as_json(self) -> dict[str, str]:
        return {"entry": self.entry.decode(), "chunk": self.chunk.decode(), "proof": self.proof.text}


@dataclass(frozen=True)
class Bundle:
    """`line` counts the statements of the chunk from 0; `keys` are the entries that changed keys, in order."""

    portal: str
    first_key: str
    line: int
    part: Part
    keys: tuple[Part, ...]
    note: SaltedWords | None

    @property
    def text(self) -> str:
        """The file: JSON, readable."""
        note = self.note and {
            "salt": None if self.note.salt is None else self.note.salt.hex(),
            "text": self.note.text,
            "withdrawn_in": self.note.withdrawn_in,
        }
        content = {
            "format": FORMAT,
            "portal": self.portal,
            "first_key": self.first_key,
            "line": self.line,
            **self.part.as_json(),
            "keys": [part.as_json() for part in self.keys],
            "note": note,
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class Proven:
    """What a bundle shows. `vouched` says whether a key the reader knew before signed it."""

    statement: Statement
    entry: Entry
    head: Head
    key: str
    note: str | None
    withdrawn_in: int | None
    vouched: bool


class BadBundle(ValueError):
    """The file is no proof of publication."""


def parse_bundle(text: str) -> Bundle:
    """Read the file. Raises BadBundle."""
    try:
        given = json.loads(text)
        if given["format"] != FORMAT:
            raise BadBundle("another format")
        note = given["note"]
        salted = note and SaltedWords(
            None if note["salt"] is None else bytes.fromhex(note["salt"]), note["text"], note["withdrawn_in"]
        )
        keys = tuple(part_of(one) for one in given["keys"])
        line, portal, first = int(given["line"]), str(given["portal"]), str(given["first_key"])
        return Bundle(portal, first, line, part_of(given), keys, salted)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadBundle(str(error)) from None


def check_bundle(bundle: Bundle, *, key: str | None = None, remembered: Remembered | None = None) -> Proven:
    """Check every hash and signature in it. Raises Refuted.

    `key` is a key of the log known from elsewhere; without it the remembered one is used; without either the
    proof holds only for the key it brings along, which `vouched` tells.
    """
    trusted = key or (remembered.key if remembered else None)
    known = read_key(trusted) if trusted else None
    chain, signed = KeyChain(read_key(bundle.first_key)), False
    last = 0
    for part in bundle.keys:
        entry, head, statements = _proven(part)
        if entry.n <= last or head.size != entry.n:
            raise Refuted(entry.n, KEYS_UNPROVEN)
        last = entry.n
        about_keys = [one for one in statements if one.get("t") == "key"]
        signers = chain.signers_of(about_keys)
        _open(part.proof.checkpoint, signers, entry.n)
        signed = signed or known in signers
        for statement in about_keys:
            _take(chain, entry.n, statement)
    entry, head, statements = _proven(bundle.part)
    signers = chain.active[KeyRole.LOG]
    _open(bundle.part.proof.checkpoint, signers, entry.n)
    if known is not None and not signed and known not in signers:
        raise Refuted(entry.n, "the log is signed by another key than the one you know.")
    _require_same_history(remembered, head, entry.n)
    if not 0 <= bundle.line < len(statements):
        raise Refuted(entry.n, "the chunk has no such line.")
    statement = statements[bundle.line]
    words, withdrawn_in = _note(bundle.note, statement, entry.n)
    return Proven(statement, entry, head, str(signers[0]), words, withdrawn_in, known is not None)


def _proven(part: Part) -> tuple[Entry, Head, Sequence[Statement]]:
    """The entry, the head it is proven by (its signatures not yet looked at), and the statements of the chunk."""
    try:
        entry = parse_entry(part.entry)
    except NotCanonical as error:
        raise Refuted(None, "its document cannot be read ({fault}).", fault=str(error)) from None
    try:
        ref = next((one for one in entry.chunks if one.sha256 == hashlib.sha256(part.chunk).hexdigest()), None)
        if ref is None:
            raise Refuted(entry.n, "the chunk is not one that the entry names.")
        statements = list(read_chunk(part.chunk, ref))
        head = parse_head(part.proof.checkpoint)
    except (NotCanonical, BadNote) as error:
        raise Refuted(entry.n, "its chunk is not what it names ({fault}).", fault=str(error)) from None
    holds = inclusion_holds(part.proof.index, head.size, leaf_hash(part.entry), part.proof.path, head.root)
    if part.proof.index != entry.n - 1 or entry.origin != head.origin or not holds:
        raise Refuted(entry.n, "the proof does not lead from the entry to the signed head.")
    return entry, head, statements


def _open(note: str, signers: Sequence[Verifier], n: int) -> None:
    try:
        open_signed(note, signers)
    except BadNote as error:
        raise Refuted(n, HEAD_NOT_OPENED, fault=str(error)) from None


def _take(chain: KeyChain, n: int, statement: Statement) -> None:
    try:
        chain.take(n, statement)
    except BadKeys as error:
        raise Refuted(n, "its statement about a key cannot be: it {fault}.", fault=str(error)) from None


def _require_same_history(remembered: Remembered | None, head: Head, n: int) -> None:
    """A remembered head of the same size must be this very one; of other sizes a file cannot tell."""
    if remembered is None:
        return
    before = parse_head(remembered.note)
    if (before.origin, before.size) == (head.origin, head.size) and before.root != head.root:
        raise Refuted(n, ANOTHER_HISTORY)


def _note(note: SaltedWords | None, statement: Statement, n: int) -> tuple[str | None, int | None]:
    """The words of the note that the statement cites, or the act that withdrew them."""
    cited = statement.get("note")
    if not isinstance(cited, Mapping) or note is None:
        return None, None
    if note.salt is None or note.text is None:
        return None, note.withdrawn_in
    if salted_digest(note.salt, note.text) != cited.get("digest"):
        raise Refuted(n, "the text {digest} is not the one that was published.", digest=cited.get("digest"))
    return note.text, None


def part_of(given: Any) -> Part:
    """An entry with its chunk and proof, as a file gives them. Raises BadBundle."""
    try:
        return Part(given["entry"].encode(), given["chunk"].encode(), parse_proof(given["proof"]))
    except BadProof as error:
        raise BadBundle(str(error)) from None
