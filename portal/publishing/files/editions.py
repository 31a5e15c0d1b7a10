"""The files of an edition that follow from the log alone, for whoever serves, makes or checks them."""

from collections.abc import Iterator

from portal.publishing.files.forms import FROM_THE_LOG
from portal.publishing.files.layouts import layout_of
from portal.publishing.files.tables import csv_of, json_of
from portal.publishing.files.values import Context, FileHead, Lines


def write(file: str, head: FileHead, context: Context, lines: Lines, *, bom: bool = True) -> Iterator[bytes]:
    """One of the files that the edition's layout derives from the log, in pieces. Raises KeyError for any other.

    `lines` are those that the table is fed with (`Table.feed`).
    """
    name, _, form = file.partition(".")
    if form not in FROM_THE_LOG:
        raise KeyError(file)
    table = layout_of(context).tables[name]
    if form == "csv":
        return csv_of(table, head, context, lines, bom=bom)
    return json_of(table, head, context, lines)
