"""Batches of many figures of a release, without a dictionary for each: what a million figures are staged by.

The line of a chunk is written here as `log.canonical` would write it; a test holds the two together.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from portal.publishing.imports.plan import Addition
from portal.publishing.log.chunks import STATEMENTS, ChunkBytes
from portal.publishing.services.batches import Batch, FigureRow
from portal.publishing.touched import of_figure


def figure_batches(additions: Iterable[Addition], notes: Mapping[str, str]) -> Iterator[Batch]:
    """The figures as they become public with their release; `notes` gives the digest of each note."""
    rest = iter(additions)
    while group := tuple(islice(rest, STATEMENTS)):
        rows = [row_of(addition, notes) for addition in group]
        pages = {(row[0], row[1]) for row in rows}
        replacing = {"/releases/*"} if any(row[10] is not None for row in rows) else set()
        yield Batch(
            chunk=ChunkBytes("".join(map(line_of, rows)).encode(), len(rows)),
            figures=list(enumerate(rows)),
            others=(),
            texts=frozenset(row[8] for row in rows if row[8]),
            touches=frozenset({"/services/*", *replacing, *(t for page in pages for t in of_figure(*page))}),
        )


def row_of(addition: Addition, notes: Mapping[str, str]) -> FigureRow:
    figure, replaces, cause = addition
    (body, indicator, period), target, actual, numerator, denominator, status, note, *_ = figure
    digest = notes[note] if note else None
    numbers = (target, actual, numerator, denominator)
    return (body, indicator, period, *numbers, status, digest, cause.value, replaces, None)


def line_of(row: FigureRow) -> str:
    """The canonical line of a figure: codes, periods and numbers hold nothing that JSON escapes."""
    body, indicator, period, target, actual, numerator, denominator, status, digest, cause, replaces, _ = row
    # written out, because a call for each of them would take half the time of staging a figure
    target = "null" if target is None else f'"{target}"'
    actual = "null" if actual is None else f'"{actual}"'
    numerator = "null" if numerator is None else f'"{numerator}"'
    denominator = "null" if denominator is None else f'"{denominator}"'
    status = "null" if status is None else f'"{status}"'
    note = "null" if digest is None else f'{{"digest":"{digest}"}}'
    replaced = "null" if replaces is None else replaces
    return (
        f'{{"actual":{actual},"body":"{body}","cause":"{cause}","denominator":{denominator},'
        f'"indicator":"{indicator}","note":{note},"numerator":{numerator},'
        f'"obs_status":{status},"period":"{period}","replaces":{replaced},'
        f'"t":"figure","target":{target}}}\n'
    )
