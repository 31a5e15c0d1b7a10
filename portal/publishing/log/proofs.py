"""A proof that an entry is in the log, as text to keep: C2SP tlog-proof.

c2sp.org/tlog-proof@v1
index 13
<the audit path, one hash in base64 a line, from the leaf's sibling up>

<the signed checkpoint, verbatim>
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.publishing.log.notes import from_base64

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})")
_EXTRA = "extra "
_LONGEST = 64


class BadProof(ValueError):
    """The text is no tlog-proof."""


@dataclass(frozen=True)
class TlogProof:
    """The leaf's index, counted from 0; its audit path; the checkpoint of the tree that it leads to."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        hashes = "".join(base64.b64encode(node).decode() + "\n" for node in self.path)
        return f"{_FIRST}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def parse_proof(text: str) -> TlogProof:
    """Read a tlog-proof; extra data, which nothing authenticates, is passed over. Raises BadProof."""
    above, gap, checkpoint = text.partition("\n\n")
    lines = above.split("\n")
    if not gap or not checkpoint or lines.pop(0) != _FIRST:
        raise BadProof("not a tlog-proof")
    if lines and lines[0].startswith(_EXTRA):
        _base64(lines.pop(0).removeprefix(_EXTRA))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or len(lines) > _LONGEST:
        raise BadProof("no index, or a path too long")
    path = tuple(_base64(line) for line in lines)
    if any(len(node) != 32 for node in path):
        raise BadProof("a hash that is not 32 bytes long")
    return TlogProof(int(found[1]), path, checkpoint)


def encoded(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(node).decode() for node in path]


def _base64(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError:
        raise BadProof("not base64") from None
