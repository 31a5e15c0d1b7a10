"""Where errors stand in a sheet: no more of them than one mends by hand, and none where no sheet has cells."""

from __future__ import annotations

MOST_ERRORS = 16_384
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of Excel and LibreOffice alike
LONGEST = 40

ErrorCells = dict[tuple[int, int], str]


class TooManyErrors(ValueError):
    """More cells of a sheet hold an error than the portal keeps."""


def note(found: ErrorCells, row: int, column: int, text: str) -> None:
    """Keeps what an error cell reads; its row is counted from 1, its column from 0.

    Raises TooManyErrors when there are more of them than MOST_ERRORS, ValueError when no sheet has such a cell.
    """
    if row > MOST_ROWS or column >= MOST_COLUMNS:
        raise ValueError(f"a cell in row {row}, column {column + 1}")
    found[row, column] = text[:LONGEST]
    if len(found) > MOST_ERRORS:
        raise TooManyErrors(f"more than {MOST_ERRORS}")
