"""Where the headings of a foreign sheet probably stand, so that whoever points at its columns sees them at once.

Only a first proposal: the page shows the rows, and a person says which they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.publishing.imports.parsing import narrowed

Line = tuple[int, Sequence[str]]
"""A row's number and its cells; a merged cell holds its text once, and nothing further on."""

MOST_ROWS = 3
_VALUE = re.compile(r"[+-]?[0-9][0-9,. ]*\s*[%‰千万亿]*")
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def likely_header_rows(lines: Sequence[Line]) -> tuple[int, ...]:
    """The first row that names several columns, and rows below it that go on naming under a cell above them.

    Titles and lines such as 单位：万元 fill one cell. A row with values holds no headings, but a year may be one.
    """
    found: list[int] = []
    for number, cells in lines:
        filled = [text for text in cells if text.strip()]
        if not found and len(filled) < 2:
            continue
        goes_on = not found or (bool(filled) and not cells[0].strip())
        if not goes_on or len(found) == MOST_ROWS or any(map(_is_value, filled)):
            break
        found.append(number)
    return tuple(found) or (1,)


def likely_locale(headings: Sequence[str]) -> str:
    """Chinese where most headings have a Chinese character, else English."""
    chinese = sum(bool(_CHINESE.search(text)) for text in headings)
    return "zh_Hans" if 2 * chinese > len(headings) else "en"


def _is_value(text: str) -> bool:
    plain = narrowed(text)
    return bool(_VALUE.fullmatch(plain)) and not _YEAR.fullmatch(plain)
