"""Which files an edition has: the one list, for whoever writes, stores, serves, describes or checks them.

Four tables, each in four forms. CSV and JSON follow from the log alone, so anybody can write them again;
workbooks and Parquet are made once and kept. Beside them stand their description (Data Package, and CSVW for
each CSV) and the signed list of their digests.
"""

from collections.abc import Iterator

from portal.publishing.files import corrections, figures, ratings, register
from portal.publishing.files.tables import Table, csv_of, json_of
from portal.publishing.files.values import Context, FileHead, Lines

TABLES: dict[str, Table] = {
    table.name: table for table in (figures.TABLE, ratings.TABLE, corrections.TABLE, register.TABLE)
}
FORMS = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
FROM_THE_LOG = ("csv", "json")
"""The forms that follow from the log alone, byte for byte."""

KEPT = ("xlsx", "parquet")
"""The forms whose bytes depend on a library: made once, and kept."""

DERIVED = tuple(f"{name}.{form}" for name in TABLES for form in FROM_THE_LOG)
DATA = tuple(f"{name}.{form}" for name in TABLES for form in FORMS)
PACKAGE = "datapackage.json"
METADATA = tuple(f"{name}.csv-metadata.json" for name in TABLES)
SUMS = "SHA256SUMS"


def write(file: str, head: FileHead, context: Context, lines: Lines, *, bom: bool = True) -> Iterator[bytes]:
    """One of the files `DERIVED`, in pieces. Raises KeyError for any other."""
    name, _, form = file.partition(".")
    if form not in FROM_THE_LOG:
        raise KeyError(file)
    if form == "csv":
        return csv_of(TABLES[name], head, context, lines, bom=bom)
    return json_of(TABLES[name], head, context, lines)
