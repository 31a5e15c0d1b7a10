"""Foreign tables, read as rows that know where they stand, and faults that say where and what was expected."""

from pathlib import Path

from portal.foundation.faults import MOST_FAULTS as MOST_FAULTS
from portal.foundation.faults import MOST_KEPT as MOST_KEPT
from portal.foundation.faults import Fault as Fault
from portal.foundation.faults import ImportRefused as ImportRefused
from portal.foundation.faults import told as told
from portal.foundation.grids import MOST_CELLS, read_grid
from portal.foundation.grids import SHEET_SUFFIXES as SHEET_SUFFIXES
from portal.foundation.layouts import PLAIN, lay_out
from portal.foundation.layouts import Layout as Layout
from portal.foundation.layouts import Row as Row
from portal.foundation.layouts import Table as Table


def read_table(path: Path, *, encoding: str | None = None, sheet: int | str = 0, layout: Layout = PLAIN) -> Table:
    """Read CSV (UTF-8 with or without BOM, else GB18030) or one sheet of XLSX, XLS, ODS.

    Raises ImportRefused when the file is not readable as a table, has no header, or repeats one.
    """
    return parse_table(path.name, path.read_bytes(), encoding=encoding, sheet=sheet, layout=layout)


def parse_table(
    file: str,
    data: bytes,
    *,
    encoding: str | None = None,
    sheet: int | str = 0,
    layout: Layout = PLAIN,
    most_cells: int = MOST_CELLS,
) -> Table:
    """The same from bytes, `file` saying by its ending what they are."""
    return lay_out(read_grid(file, data, encoding=encoding, sheet=sheet, most_cells=most_cells), layout)
