"""Making the files of an edition and setting them on the shelf, once, in a process of its own.

Everything an edition has (`files.editions`) is written, measured and described. Workbooks, Parquet and
descriptions are kept for good; CSV and JSON, which follow from the log at any time, are kept for the newest
edition and for those of releases.

This module loads xlsxwriter and duckdb: for commands, never for the web or the runner itself.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from portal.foundation.context import Portal
from portal.publishing.files import FORMS, FROM_THE_LOG, TABLES, Context, FileHead, write
from portal.publishing.files.descriptions import Publisher, Written, csvw_metadata, data_package, sums
from portal.publishing.files.editions import DERIVED, PACKAGE
from portal.publishing.files.parquet import write_parquet
from portal.publishing.files.values import Lines
from portal.publishing.files.workbooks import write_workbook
from portal.publishing.queries import current_edition
from portal.publishing.queries.lines import context_of, find_file_head, lines_of
from portal.publishing.queries.shelf import release_editions, withdrawals
from portal.publishing.shelf import Made, Shelf


def make_missing(portal: Portal, *, made: Callable[[int], object] = lambda _n: None) -> int:
    """Make what is not on the shelf yet, the newest edition first; return how many editions were made.

    A newer edition that appears meanwhile goes first. Does nothing while another process is at work.
    """
    shelf, count = Shelf(portal.settings.var), 0
    with shelf.held(wait=False) as ours:
        while ours and (edition := _next(portal, shelf)) is not None:
            make_edition(portal, edition)
            made(edition)
            count += 1
        if ours:
            _thin(portal, shelf)
    return count


def make_edition(portal: Portal, edition: int) -> Made:
    """Write every file of an edition and set it on the shelf."""
    shelf = Shelf(portal.settings.var)
    folder = shelf.of(edition)
    folder.mkdir(parents=True, exist_ok=True)
    with portal.database.read() as session:
        head = find_file_head(session, edition)
        if head is None:
            raise LookupError(f"There is no edition {edition}.")
        known = withdrawals(session).before(edition)
        context = context_of(session, edition)
        publisher = Publisher(portal.settings.publisher, portal.settings.origin.rstrip("/"))
        files: dict[str, Written] = {}
        for name in TABLES:
            for form in FORMS:
                lines = lines_of(session, edition)
                files[f"{name}.{form}"] = _write(folder, name, form, head, context, lines, publisher.origin)
        rows = {name: files[f"{name}.xlsx"].rows for name in TABLES}
        files = {file: _counted(about, rows[file.partition(".")[0]]) for file, about in files.items()}
        documents = {PACKAGE: data_package(head, context, files, publisher)}
        for table in TABLES.values():
            documents[f"{table.name}.csv-metadata.json"] = csvw_metadata(table, head, context, publisher)
    for name, document in documents.items():
        path = folder / f".{name}.new"
        path.write_bytes(document)
        files[name] = _set_down(path, folder / name)
    made = Made(edition, known, files, sums(head, files))
    shelf.set_down(made)
    return made


def _write(
    folder: Path, name: str, form: str, head: FileHead, context: Context, lines: Lines, origin: str
) -> Written:
    """Write one table beside its place, measure it, then move it there; CSV and JSON give no count of rows."""
    path, rows = folder / f".{name}.{form}.new", None
    table = TABLES[name]
    if form in FROM_THE_LOG:
        with path.open("wb") as file:
            file.writelines(write(f"{name}.{form}", head, context, lines))
    elif form == "xlsx":
        rows = write_workbook(path, table, head, context, lines, origin=origin)
    else:
        write_parquet(path, table, head, context, lines)
    return _set_down(path, folder / f"{name}.{form}", rows)


def _set_down(path: Path, place: Path, rows: int | None = None) -> Written:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size = path.stat().st_size
    path.replace(place)
    return Written(size, digest, rows)


def _counted(about: Written, rows: int | None) -> Written:
    return replace(about, rows=rows)


def _next(portal: Portal, shelf: Shelf) -> int | None:
    """The newest edition that is not made, or was made before a text in it was withdrawn."""
    with portal.database.read() as session:
        newest, withdrawn = current_edition(session).n, withdrawals(session)
    for edition in range(newest, 0, -1):
        made = shelf.made(edition)
        if made is None or made.withdrawn != withdrawn.before(edition):
            return edition
    return None


def _thin(portal: Portal, shelf: Shelf) -> None:
    """Take from the shelf what can be streamed at any time, but for the newest edition and releases."""
    with portal.database.read() as session:
        keep = release_editions(session) | {current_edition(session).n}
    for edition in set(shelf.editions()) - keep:
        for name in DERIVED:
            shelf.path(edition, name).unlink(missing_ok=True)
