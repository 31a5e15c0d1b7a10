"""Which files of an edition are kept, so that the disk is not filled by editions that nobody needs whole.

CSV and JSON follow from the log at any time: they lie on the disk for the newest edition and for those of
releases. Workbooks and Parquet of a table are kept for the same editions, and for every other one in which the
table is small. The list of digests names all that was ever made of an edition, so that an older copy can still
be checked.
"""

MOST_ROWS_KEPT = 20_000
"""Up to how many rows workbook and Parquet of a table are kept for every edition: together some 3 MB."""


def keeps_forms(rows: int | None, *, standing: bool) -> bool:
    """Whether workbook and Parquet of a table are kept; `standing`: of the newest edition, or of a release."""
    return standing or (rows is not None and rows <= MOST_ROWS_KEPT)
