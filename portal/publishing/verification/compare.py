"""Two files compared line by line as they come, without holding either."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from portal.publishing.files import BOM

_SHOWN = 300


@dataclass(frozen=True)
class Difference:
    """The first line in which the served file is not the one that the log gives; `header` is its first line."""

    header: bytes
    line: int
    expected: bytes
    served: bytes

    @property
    def entry(self) -> int | None:
        """The entry that the line's content was published by, when the line can be read."""
        try:
            text = self.expected.removeprefix(BOM).decode().rstrip("\r\n,")
            if text.startswith("{"):
                row = json.loads(text)
            else:
                columns, cells = csv.reader([self.header.removeprefix(BOM).decode().rstrip(), text])
                row = dict(zip(columns, cells, strict=True))
            return int(row.get("version_edition") or row["new_edition"])
        except (ValueError, KeyError, IndexError, csv.Error):
            return None

    @property
    def shown(self) -> dict[str, Any]:
        """The line and what stands in it, for a sentence."""
        return {"line": self.line, "expected": _shown(self.expected), "served": _shown(self.served)}


def first_difference(expected: Iterable[bytes], served: Iterable[bytes]) -> Difference | None:
    """The first line that differs, or None when every byte is the same."""
    header = b""
    pairs = zip_longest(_lines(expected), _lines(served), fillvalue=b"")
    for number, (ours, theirs) in enumerate(pairs, start=1):
        if number == 1:
            header = ours
        if ours != theirs:
            return Difference(header, number, ours, theirs)
    return None


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


def _shown(line: bytes) -> str:
    text = line[:_SHOWN].decode(errors="replace").strip()
    return f"“{text}”" if line else "“”"
