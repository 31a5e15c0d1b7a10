"""A proof of filing: one file that shows that a report was filed before a day, without a word of it.

It holds the nonce and the digest of the report, which make the commitment; the commitment's place in the tree of
that day; and the entry of the log that published the tree's root, proven as in a proof of publication. Who has
the report's own file as well can show which words were filed; without it the proof says only that some were.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.foundation.fixed_tree import Place, root_of
from portal.publishing.log.checkpoint import Head
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.verification.bundle import BadBundle, Bundle, Part, check_bundle, part_of
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import Remembered

FORMAT = "gongping-proof-of-filing-1"


def commitment(nonce: bytes, report: bytes) -> bytes:
    """What is committed to: SHA-256(nonce ‖ SHA-256 of the report's document)."""
    return hashlib.sha256(nonce + report).digest()


@dataclass(frozen=True)
class FilingProof:
    """`nonce` comes from the reporter's code; `report` is the digest of the report's document."""

    portal: str
    first_key: str
    line: int
    part: Part
    keys: tuple[Part, ...]
    nonce: bytes
    report: bytes
    place: Place

    @property
    def root(self) -> str:
        """The root that it leads to, in hex. Raises ValueError when the path is none."""
        return root_of(commitment(self.nonce, self.report), self.place).hex()

    @property
    def entry(self) -> int:
        """The number of the log entry that published the root."""
        return parse_entry(self.part.entry).n

    @property
    def text(self) -> str:
        """The file: JSON, readable."""
        content = {
            "format": FORMAT,
            "portal": self.portal,
            "nonce": self.nonce.hex(),
            "report_sha256": self.report.hex(),
            "index": self.place.index,
            "path": [one.hex() for one in self.place.path],
            "first_key": self.first_key,
            "line": self.line,
            **self.part.as_json(),
            "keys": [part.as_json() for part in self.keys],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class Filed:
    """What a proof of filing shows. `shown` says whether the report's own file was given and is the one filed."""

    before: date
    root: str
    entry: Entry
    head: Head
    key: str
    vouched: bool
    shown: bool


def is_filing(text: str) -> bool:
    """Whether a file claims to be a proof of filing."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and given.get("format") == FORMAT


def parse_filing(text: str) -> FilingProof:
    """Read the file. Raises BadBundle."""
    try:
        given: dict[str, Any] = json.loads(text)
        if given["format"] != FORMAT:
            raise BadBundle("another format")
        place = Place(int(given["index"]), tuple(bytes.fromhex(one) for one in given["path"]))
        nonce, report = bytes.fromhex(given["nonce"]), bytes.fromhex(given["report_sha256"])
        if len(nonce) != 32 or len(report) != 32:
            raise BadBundle("a nonce or a digest that is not 32 bytes long")
        keys = tuple(part_of(one) for one in given["keys"])
        portal, first, line = str(given["portal"]), str(given["first_key"]), int(given["line"])
        return FilingProof(portal, first, line, part_of(given), keys, nonce, report, place)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadBundle(str(error)) from None


def check_filing(
    proof: FilingProof,
    *,
    report: bytes | None = None,
    key: str | None = None,
    remembered: Remembered | None = None,
) -> Filed:
    """Check every hash and signature in it; with `report`, that these are the bytes filed. Raises Refuted.

    `key` and `remembered` are as in `bundle.check_bundle`.
    """
    bundle = Bundle(proof.portal, proof.first_key, proof.line, proof.part, proof.keys, None)
    proven = check_bundle(bundle, key=key, remembered=remembered)
    said, n = proven.statement, proven.entry.n
    if said.get("t") != "filings":
        raise Refuted(n, "the line is not the root of a day's reports.")
    try:
        before = date.fromisoformat(str(said["day"]))
        climbed = proof.root
    except (ValueError, KeyError):
        raise Refuted(n, "the path is not one through a tree of filings.") from None
    if climbed != said.get("root"):
        raise Refuted(n, "the report is not in the tree whose root this entry published.")
    if report is not None and hashlib.sha256(report).digest() != proof.report:
        raise Refuted(n, "the report's file is not the one that was filed.")
    return Filed(before, climbed, proven.entry, proven.head, proven.key, proven.vouched, shown=report is not None)
