"""The rows of a sheet as XML, written as they come: what a workbook of a million rows spends its time on.

A library that places cell after cell takes several times as long. So the library writes the workbook
(`workbooks`), and only what lies below a sheet's header is written here: texts inline, numbers with the
number format that shows their digits.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from portal.publishing.files.cells import FORMULA, in_blocks
from portal.publishing.files.tables import ColumnType, Row, Table

EXACT_DIGITS = 15
"""How many digits a spreadsheet keeps; a number with more is written as a text."""

_REMEMBERED = 500
_MOST_LETTERS = 32_767  # in a cell; the other forms have the whole text
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""What XML cannot hold, and what a spreadsheet would read as such a character's escape: escaped in turn."""


@dataclass(frozen=True)
class Styles:
    """The numbers of cell styles in the workbook: of texts that begin like formulas, and by decimals shown."""

    quoted: str
    decimals: Mapping[int, str]


def rows_xml(table: Table, styles: Styles, rows: Iterable[Row], *, first: int = 2) -> Iterator[bytes]:
    """The rows as elements of `sheetData`, in blocks, numbered from `first` on."""
    cells = [(xl_col_to_name(at), one.name, _writer(one.type, styles)) for at, one in enumerate(table.columns)]
    number = first
    for block in in_blocks(rows):
        parts: list[str] = []
        for row in block:
            parts.append(f'<row r="{number}">')
            for column, name, write in cells:
                value = row[name]
                if value is not None:
                    parts.append(f'<c r="{column}{number}"{write(value)}</c>')
            parts.append("</row>")
            number += 1
        yield "".join(parts).encode()


def _writer(type: ColumnType, styles: Styles) -> Callable[[Any], str]:
    """What stands in a cell after its address: style, type and value."""
    match type:
        case ColumnType.NUMBER:
            return _remembering(lambda digits: _number(digits, styles))
        case ColumnType.INTEGER:
            return lambda value: f"><v>{value}</v>"
        case ColumnType.BOOLEAN:
            return lambda value: f' t="b"><v>{int(value)}</v>'
    return _remembering(lambda text: _text(text, styles))


def _remembering(make: Callable[[str], str]) -> Callable[[str], str]:
    """`make`, asked once for each of the values that come again and again."""
    known: dict[str, str] = {}

    def made(value: str) -> str:
        found = known.get(value)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[value] = make(value)
        return found

    return made


def _number(digits: str, styles: Styles) -> str:
    """A number that shows its digits; one with more than a spreadsheet keeps exactly stays a text."""
    whole, _, fraction = digits.partition(".")
    if len(whole.lstrip("-")) + len(fraction) > EXACT_DIGITS:
        return _text(digits, styles, quoted=False)
    return f' s="{styles.decimals[len(fraction)]}"><v>{digits}</v>'


def _text(text: str, styles: Styles, *, quoted: bool | None = None) -> str:
    """A text; one that would become a formula when edited is marked as text for good."""
    text = text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"
    marked = text.startswith(FORMULA) if quoted is None else quoted
    style = f' s="{styles.quoted}"' if marked else ""
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    safe = escape(_UNFIT.sub(_escaped, text), quote=False)
    return f'{style} t="inlineStr"><is><t{kept}>{safe}</t></is>'


def _escaped(found: re.Match[str]) -> str:
    first, rest = found[0][0], found[0][1:]
    return f"_x{ord(first):04X}_{rest}"


def sheet_numbers(count: int, most_rows: int) -> Sequence[int]:
    """How many rows each sheet holds; one sheet when there are none."""
    full, rest = divmod(count, most_rows)
    return [most_rows] * full + ([rest] if rest or not full else [])
