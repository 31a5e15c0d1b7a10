"""Cells of a spreadsheet that hold an error such as #DIV/0!, which the reader would hand out as empty."""

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from portal.foundation.i18n import N_
from portal.foundation.sheet_errors import ods, xls, xlsx
from portal.foundation.sheet_errors.cells import TooManyErrors

__all__ = ["EXPECTED", "TooManyErrors", "error_cells", "is_error", "spanned"]

EXPECTED = N_("a value; the spreadsheet has an error in this cell")
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|ERROR \d+)|Err:\d{3}")
_COMPOUND = b"\xd0\xcf\x11\xe0"


def is_error(text: str) -> bool:
    """Whether a cell reads as an error and not as anything somebody would enter."""
    return text[:1] in {"#", "E"} and _ERROR.fullmatch(text) is not None


def spanned(data: bytes) -> int:
    """How many cells an XLS spans, all sheets together; none of another kind, which is measured as it is unpacked.

    Raises ValueError when the workbook is not built as its kind is, or leads its reader round in a circle.
    """
    try:
        return xls.spanned(data) if data[:4] == _COMPOUND else 0
    except (struct.error, IndexError) as error:
        raise ValueError(str(error)) from None


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells of a sheet, and what they read.

    Raises TooManyErrors when there are more than the portal keeps, and ValueError when the workbook is not built
    as its kind is.
    """
    try:
        if data[:4] == _COMPOUND:
            return xls.error_cells(data, sheet)
        if data[:2] != b"PK":
            return {}
        found = xlsx.error_cells(data, sheet)
        return found or ods.error_cells(data, sheet)
    except (struct.error, IndexError, EOFError, zipfile.BadZipFile, zlib.error, expat.ExpatError) as error:
        raise ValueError(str(error)) from None
