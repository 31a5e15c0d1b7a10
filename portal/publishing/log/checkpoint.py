"""The head of the log as a C2SP checkpoint (tlog-checkpoint): origin, tree size, root, signed as a note."""

import base64
import re
from dataclasses import dataclass

from portal.publishing.log.notes import BadNote, Verifier, from_base64, open_note, sign_note

_SIZE = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True)
class Head:
    """Which log (`origin`), how many entries (`size`, the edition), and the hash over all of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_head(head: Head, *seeds: bytes) -> str:
    """The checkpoint, signed by the key of each seed; the name of every key is the origin."""
    return sign_note(head.text, head.origin, *seeds)


def open_head(note: str, verifier: Verifier) -> Head:
    """The head in a checkpoint, once its signature holds.

    Raises BadNote when the signature or the form is wrong, or another log's name stands in it.
    """
    head = parse_head(open_note(note, verifier))
    if head.origin != verifier.name:
        raise BadNote("the checkpoint is of another log")
    return head


def parse_head(text: str) -> Head:
    """Read the text of a checkpoint; extension lines are allowed and passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadNote("not a checkpoint")
    try:
        root = from_base64(lines[2])
    except ValueError:
        raise BadNote("the root hash is not base64") from None
    if len(root) != 32:
        raise BadNote("the root hash is not 32 bytes long")
    return Head(lines[0], int(lines[1]), root)
