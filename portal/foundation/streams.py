"""CSV files of any length, read as they are gone through: memory does not grow with them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.faults import MOST_FAULTS, Fault, ImportRefused
from portal.foundation.i18n import N_, Message, message

Numbered = tuple[int, Sequence[str]]
"""A row's 1-based number and its cells, one for each header."""


@dataclass
class Stream:
    """A table whose first line is its header and whose rows nobody holds; `bytes_read` of `size` tells how far."""

    file: str
    headers: tuple[str, ...]
    path: Path
    encoding: str
    size: int
    bytes_read: int = 0

    def lines(self) -> Iterator[Numbered]:
        """Every row but empty ones.

        Raises ImportRefused for a malformed line when it comes to it, and after the last one for rows with
        more cells than headers.
        """
        width, wide = len(self.headers), 0
        faults: list[Fault] = []
        with self.path.open("rb") as file:
            text = io.TextIOWrapper(file, self.encoding, newline="")
            for number, cells in _numbered(self.file, csv.reader(text, strict=True)):
                if number == 1 or (not (cells and cells[0].strip()) and not any(map(str.strip, cells))):
                    continue
                if len(cells) != width:
                    if any(cell.strip() for cell in cells[width:]):
                        wide += 1
                        if len(faults) < MOST_FAULTS:
                            faults.append(Fault(self.file, number, "-", _cells(width), str(_cells(len(cells)))))
                    cells = [*cells[:width], *[""] * (width - len(cells))]
                if number % 1000 == 0:
                    self.bytes_read = file.tell()
                yield number, cells
        self.bytes_read = self.size
        if faults:
            raise ImportRefused(faults, wide)


def stream_table(path: Path, *, encoding: str | None = None) -> Stream:
    """Open a CSV file (UTF-8 with or without BOM, else GB18030) without reading it whole.

    Raises ImportRefused when it is not readable as a table, has no header, or repeats one.
    """
    found = _encoding_of(path, encoding)
    with path.open("r", encoding=found, newline="") as file:
        _, first = next(_numbered(path.name, csv.reader(file, strict=True)), (1, ()))
    headers = tuple(cell.strip() for cell in first)
    if not any(headers):
        raise ImportRefused([Fault(path.name, 1, "-", N_("a header row"), "")])
    repeated = sorted({name for name in headers if name and headers.count(name) > 1})
    if repeated:
        raise ImportRefused([Fault(path.name, 1, repeated[0], N_("each header once"), repeated[0])])
    return Stream(path.name, headers, path, found, path.stat().st_size)


def _encoding_of(path: Path, encoding: str | None) -> str:
    """The encoding in which the whole file can be read; gone through in pieces."""
    for candidate in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            decoder = codecs.getincrementaldecoder(candidate)()
            with path.open("rb") as file:
                while piece := file.read(1 << 20):
                    decoder.decode(piece)
            decoder.decode(b"", final=True)
        except (UnicodeDecodeError, LookupError):
            continue
        return candidate
    raise ImportRefused([Fault(path.name, 1, "-", N_("text in UTF-8 or GB18030"), "other bytes")])


def _numbered(file: str, reader: Iterable[list[str]]) -> Iterator[Numbered]:
    """Rows as a spreadsheet numbers them: a cell with line ends in it is still one row."""
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise ImportRefused([Fault(file, number + 1, "-", N_("a well-formed CSV line"), str(error))]) from None


def _cells(count: int) -> Message:
    return message(N_("{count} cells"), count=count)
