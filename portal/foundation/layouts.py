"""Where in a sheet its table stands: title rows above, header rows joined, cells that speak for those below.

Nothing is guessed: without a layout the first row is the header and every row below it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.grids import Grid, Line
from portal.foundation.i18n import N_, Message, message


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out; rows are counted from 1, as a spreadsheet shows them.

    `header_rows` are joined to one header (none: columns are called by their letters); `fill_down` names
    columns whose empty cells take the value above; a row with a cell that reads as one of `skip` is left
    out, and one whose first words are one of `end` ends the table. `letters` tells equal headers apart.
    """

    header_rows: tuple[int, ...] = (1,)
    fill_down: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    letters: bool = False


PLAIN = Layout()


@dataclass(frozen=True)
class Row:
    """One line of a table: its 1-based row number and its cells by header."""

    file: str
    number: int
    cells: Mapping[str, str]

    def fault(self, column: str, expected: Message | str) -> Fault:
        return Fault(self.file, self.number, column, expected, self.cells.get(column, ""))


@dataclass(frozen=True)
class Table:
    """Rows below one header. `above` is what stands over the header, `left_out` counts rows skipped by layout.

    `merged` holds (row, header) of cells that share one value with others. A header's place among `headers`
    is its column, so that a fault can be shown in the sheet it came from.
    """

    file: str
    headers: tuple[str, ...]
    rows: Sequence[Row] = field(repr=False)
    above: tuple[str, ...] = ()
    left_out: int = 0
    merged: frozenset[tuple[int, str]] = frozenset()
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def lay_out(grid: Grid, layout: Layout = PLAIN) -> Table:
    """The table of a grid. Raises ImportRefused when it has no header, repeats one, or has cells beyond it."""
    top = max(layout.header_rows, default=0)
    heading: dict[int, Sequence[str]] = {}
    lines = grid.lines
    for number, cells in lines:
        heading[number] = cells
        if number >= max(top, 1):
            break
    if not heading or top > max(heading):
        raise ImportRefused([Fault(grid.file, max(top, 1), "-", N_("a header row"), "")])
    above = tuple(
        cell.strip()
        for number, cells in heading.items()
        if number not in layout.header_rows and number < top
        for cell in cells
        if cell.strip()
    )
    if layout.header_rows:
        headers = _headers(grid, layout, heading)
    else:
        first = [(1, heading[1])]
        rest = list(chain(first, lines))
        headers = tuple(letter(place) for place in range(max(len(cells) for _, cells in rest)))
        lines = iter(rest)
    left_out: list[int] = []
    rows = _rows(grid.file, headers, _kept(lines, layout, left_out), layout)
    return Table(
        grid.file, headers, rows, above, len(left_out), _merged(grid, headers, top), grid.sheet, grid.sheets
    )


def letter(place: int) -> str:
    """The name a spreadsheet gives the column at a place counted from 0: A, B, … Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _headers(grid: Grid, layout: Layout, heading: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    rows = [_spread(grid, number, list(heading.get(number, ())), layout) for number in layout.header_rows]
    width = max(len(row) for row in rows)
    headers = [_joined(row[place].strip() if place < len(row) else "" for row in rows) for place in range(width)]
    if not any(headers):
        raise ImportRefused([Fault(grid.file, layout.header_rows[0], "-", N_("a header row"), "")])
    repeated = sorted({name for name in headers if name and headers.count(name) > 1})
    if repeated and not layout.letters:
        raise ImportRefused(
            [Fault(grid.file, layout.header_rows[-1], repeated[0], N_("each header once"), repeated[0])]
        )
    seen: set[str] = set()
    for place, name in enumerate(headers):
        if name in seen or (not name and layout.letters):
            headers[place] = f"{name} [{letter(place)}]".strip()
        seen.add(name)
    return tuple(headers)


def _joined(parts: Iterator[str]) -> str:
    """The header texts of one column, from top to bottom, each once and on one line."""
    found: list[str] = []
    for part in parts:
        text = " ".join(part.split())
        if text and text not in found[-1:]:
            found.append(text)
    return " ".join(found)


def _spread(grid: Grid, number: int, cells: list[str], layout: Layout) -> list[str]:
    """A header row with each merged cell's text in every column it covers.

    A file without merged cells (CSV) leaves the covered ones empty; above the last header row they take the
    text to their left.
    """
    merged = [one for one in grid.merged if one[0][0] + 1 <= number <= one[1][0] + 1]
    for (first_row, left), (_, right) in merged:
        if first_row + 1 == number and left < len(cells):
            cells.extend([""] * (right + 1 - len(cells)))
            cells[left : right + 1] = [cells[left]] * (right + 1 - left)
    if not grid.merged and number != layout.header_rows[-1]:
        for place in range(1, len(cells)):
            cells[place] = cells[place].strip() or cells[place - 1]
    return cells


def _kept(lines: Iterator[Line], layout: Layout, left_out: list[int]) -> Iterator[Line]:
    if not layout.skip and not layout.end:
        yield from lines
        return
    skip = {_plain(text) for text in layout.skip}
    for number, cells in lines:
        filled = [cell.strip() for cell in cells if cell.strip()]
        if layout.end and filled and filled[0].startswith(layout.end):
            left_out.append(number)
            left_out.extend(below for below, rest in lines if any(cell.strip() for cell in rest))
            return
        if skip and any(_plain(cell) in skip for cell in filled):
            left_out.append(number)
            continue
        yield number, cells


def _plain(text: str) -> str:
    """Without any space: 合　计 reads as 合计."""
    return "".join(text.split())


def _rows(file: str, headers: Sequence[str], lines: Iterator[Line], layout: Layout) -> list[Row]:
    rows, faults = [], []
    last = dict.fromkeys(layout.fill_down, "")
    unknown = [name for name in layout.fill_down if name not in headers]
    if unknown:
        raise ImportRefused([Fault(file, 1, name, N_("a column of this name"), "") for name in unknown])
    width = len(headers)
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            faults.append(Fault(file, number, "-", _cells(width), str(_cells(len(cells)))))
        padded = [*cells[:width], *[""] * (width - len(cells))]
        made = dict(zip(headers, padded, strict=True))
        for name in last:
            made[name] = last[name] = made[name] if made[name].strip() else last[name]
        rows.append(Row(file, number, made))
    if faults:
        raise ImportRefused(faults)
    return rows


def _cells(count: int) -> Message:
    return message(N_("{count} cells"), count=count)


def _merged(grid: Grid, headers: Sequence[str], top: int) -> frozenset[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for (first, left), (last, right) in grid.merged:
        if last + 1 <= top or (last - first) * (right - left) > 1_000_000:
            continue
        for row in range(max(first + 1, top + 1), min(last + 1, first + 100_000) + 1):
            found.update((row, headers[place]) for place in range(left, min(right + 1, len(headers))))
    return frozenset(found)
