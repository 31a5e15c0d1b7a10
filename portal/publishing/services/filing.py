"""Making the files of an edition and setting them on the shelf, once, in a process of its own.

Everything an edition has (`files.layouts`) is written, measured and described; what is kept, and for how long,
is said in `files.keeping`. Of an edition that came and went meanwhile CSV and JSON are only measured.

CSV and JSON are written in one pass over the database, and from then on the rows come from a file: workbooks
and Parquet, which take longest, hold no transaction open. This module loads xlsxwriter and duckdb: for
commands, never for the web or the runner itself.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from portal.foundation.context import Portal
from portal.publishing.files import Context, FileHead, Table
from portal.publishing.files.cells import in_blocks
from portal.publishing.files.descriptions import Publisher, Written, csvw_metadata, data_package, sums
from portal.publishing.files.forms import KEPT, PACKAGE
from portal.publishing.files.keeping import keeps_forms
from portal.publishing.files.parquet import write_parquet
from portal.publishing.files.tables import JSON_END, Row, csv_rows, csv_start, json_rows, json_start
from portal.publishing.files.workbooks import write_workbook
from portal.publishing.queries import current_edition
from portal.publishing.queries.lines import context_of, find_file_head, layout_in, lines_of
from portal.publishing.queries.shelf import release_editions, withdrawals
from portal.publishing.services.rehearsing import Rehearsal
from portal.publishing.services.shelving import next_missing
from portal.publishing.shelf import Made, Shelf

Told = Callable[[int], object]


def make_missing(portal: Portal, *, made: Told = lambda _n: None) -> int:
    """Make what is not on the shelf yet, the newest edition first; return how many editions were made.

    A newer edition that appears meanwhile goes first. Does nothing while another process is at work.
    """
    shelf, count = Shelf(portal.settings.var), 0
    with shelf.held(wait=False) as ours:
        while ours and (edition := next_missing(portal, shelf)) is not None:
            make_edition(portal, edition)
            made(edition)
            thin(portal, shelf)
            count += 1
        if ours:
            thin(portal, shelf)
    return count


def make_edition(portal: Portal, edition: int) -> Made:
    """Write every file of an edition that is kept, measure the others, and set it on the shelf."""
    shelf = Shelf(portal.settings.var)
    with portal.database.read() as session:
        head = find_file_head(session, edition)
    if head is None:
        raise LookupError(f"There is no edition {edition}.")
    made = _make(portal, head, shelf.of(edition))
    shelf.set_down(made)
    return made


class FilesAhead:
    """The files of a release that waits for its time, made as they will be: under no address before it is out."""

    def __init__(self, portal: Portal, rehearsal: Rehearsal) -> None:
        self._shelf = Shelf(portal.settings.var)
        self._shelf.forget_coming()
        with rehearsal.foreseen() as self.foreseen:
            head = FileHead(portal.settings.log_origin, self.foreseen.edition, self.foreseen.at)
            made = _make(portal, head, self._shelf.coming)
        self._shelf.set_down(made, self._shelf.coming)

    def reveal(self, state: str) -> bool:
        """Set them on the shelf if this is the state they were made for; whether they were of use."""
        return state == self.foreseen.state and self._shelf.bring_out(self.foreseen.edition)

    def discard(self) -> None:
        self._shelf.forget_coming()


def _make(portal: Portal, head: FileHead, folder: Path) -> Made:
    edition = head.edition
    folder.mkdir(parents=True, exist_ok=True)
    with portal.database.read() as session:
        known, released = withdrawals(session).before(edition), edition in release_editions(session)
        standing = released or edition == current_edition(session).n
        context, tables = context_of(session, edition), layout_in(session, edition).tables
    publisher = Publisher(portal.settings.publisher, portal.settings.origin.rstrip("/"))
    files: dict[str, Written] = {}
    for table in tables.values():
        made = _Making(portal, folder, table, head, context)
        files |= made.all_forms(publisher.origin, standing=standing)
    stay = {name: about for name, about in files.items() if _stays(name, about, released=released)}
    documents = {PACKAGE: data_package(head, context, stay, publisher)}
    for table in tables.values():
        documents[f"{table.name}.csv-metadata.json"] = csvw_metadata(table, head, context, publisher)
    for name, document in documents.items():
        with _Output(folder / name) as out:
            out.write(document)
        files[name] = out.measured
    return Made(edition, known, files, sums(head, files))


def thin(portal: Portal, shelf: Shelf) -> None:
    """Take from the shelf what is kept for the newest edition and for releases only."""
    with portal.database.read() as session:
        keep = release_editions(session) | {current_edition(session).n}
        passed = {edition: layout_in(session, edition) for edition in set(shelf.editions()) - keep}
    for edition, layout in passed.items():
        made = shelf.made(edition)
        for name in layout.data:
            about = made.files.get(name) if made else None
            if name in layout.derived or (about is not None and not _stays(name, about, released=False)):
                shelf.path(edition, name).unlink(missing_ok=True)


def _stays(name: str, about: Written, *, released: bool) -> bool:
    """Whether a file can be had for good: from the shelf, or written again from the log."""
    return name.rpartition(".")[2] not in KEPT or keeps_forms(about.rows, standing=released)


class _Making:
    """One table of one edition in all its forms."""

    def __init__(self, portal: Portal, folder: Path, table: Table, head: FileHead, context: Context) -> None:
        self._portal = portal
        self._folder = folder
        self._table = table
        self._head = head
        self._context = context

    def all_forms(self, origin: str, *, standing: bool) -> dict[str, Written]:
        """Each form by the name of its file; those from the log are set down where the edition is standing."""
        rows = self._folder / f".{self._table.name}.rows"
        try:
            found, count = self._from_the_log(rows, standing=standing)
            if keeps_forms(count, standing=standing):
                found |= self._from_rows(rows, count, origin)
        finally:
            rows.unlink(missing_ok=True)
        return {file: replace(about, rows=count) for file, about in found.items()}

    def _from_the_log(self, rows: Path, *, standing: bool) -> tuple[dict[str, Written], int]:
        """CSV and JSON, and the rows as lines for the other forms if they are kept; with how many there are."""
        table, count, gap = self._table, 0, b"\n"
        names = (f"{table.name}.csv", f"{table.name}.json")
        with (
            self._portal.database.read() as session,
            _Output(self._folder / names[0] if standing else None) as in_csv,
            _Output(self._folder / names[1] if standing else None) as in_json,
            rows.open("wb") as for_others,
        ):
            in_csv.write(csv_start(table))
            in_json.write(json_start(table, self._head))
            lines = lines_of(session, self._head.edition, table.feed)
            for block in in_blocks(table.rows(self._head, self._context, lines)):
                in_csv.write(csv_rows(table, block))
                said = json_rows(table, block)
                in_json.write(gap + b",\n".join(said))
                count, gap = count + len(block), b",\n"
                if keeps_forms(count, standing=standing):
                    for_others.write(b"\n".join(said) + b"\n")
            in_json.write(JSON_END)
        return dict(zip(names, (in_csv.measured, in_json.measured), strict=True)), count

    def _from_rows(self, rows: Path, count: int, origin: str) -> dict[str, Written]:
        """Workbook and Parquet."""
        book, parquet = (self._folder / f"{self._table.name}.{form}" for form in KEPT)
        write_workbook(_beside(book), self._table, self._head, _read(rows), count, origin=origin)
        write_parquet(_beside(parquet), self._table, self._head, rows)
        return {place.name: _set_down(_beside(place), place) for place in (book, parquet)}


class _Output:
    """Bytes on their way to a file, measured as they go; without a place they are measured only."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._file = _beside(place).open("wb") if place else None
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self._size += len(data)
        if self._file is not None:
            self._file.write(data)

    @property
    def measured(self) -> Written:
        return Written(self._size, self._digest.hexdigest())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Flush the file and move it to its place, unless something went wrong."""
        if self._file is None or self._place is None:
            return
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        if kind is None:
            _beside(self._place).replace(self._place)


def _beside(place: Path) -> Path:
    """Where a file is written before it is moved to its place."""
    return place.with_name(f".{place.name}.new")


def _set_down(path: Path, place: Path) -> Written:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size = path.stat().st_size
    path.replace(place)
    return Written(size, digest)


def _read(rows: Path) -> Iterator[Row]:
    with rows.open("rb") as lines:
        for line in lines:
            yield json.loads(line)
