"""Plain rows are taken without a second look, and exactly as a careful reader would take them."""

import csv
import io
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.figures import GROUP, write_figures
from portal.foundation.streams import stream_table
from portal.foundation.tables import ImportRefused, parse_table
from portal.publishing.imports import checks
from portal.publishing.imports.fields import FIELDS
from portal.publishing.imports.mapping import default_mapping
from portal.publishing.imports.plan import Addition
from portal.publishing.log.canonical import canonical
from portal.publishing.services.figure_batches import figure_batches, line_of, row_of
from portal.publishing.statements import figure_statement
from portal.publishing.values import Cause

NUMBERS = st.sampled_from(
    [
        "",
        "0",
        "-0",
        "-0.00",
        "1",
        "01",
        "1.",
        ".5",
        "-3.20",
        "+4",
        "1e3",
        " 7",
        "x",
        "9" * 31,
        "0." + "0" * 29 + "1",
    ]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "body_code": st.sampled_from(["a", "b", " a", "a b"]),
            "body_name": st.sampled_from(["A", "B", ""]),
            "service_code": st.sampled_from(["", "", "s"]),
            "service_name": st.sampled_from(["", "S"]),
            "indicator_code": st.sampled_from(["i", "j"]),
            "indicator_name": st.sampled_from(["I", "I ", ""]),
            "unit": st.sampled_from(["%", "days", ""]),
            "direction": st.sampled_from(["up", "down", "", "sideways"]),
            "period": st.sampled_from(["2020", "2021", "2022", "2020-21", "2020-2021", "FY"]),
            "target": NUMBERS,
            "actual": NUMBERS,
            "obs_status": st.sampled_from(["", "A", "P", "O", "Z"]),
            "obs_note": st.sampled_from(["", "seen", " seen", "\x00"]),
        }
    ),
    max_size=12,
)


def read(rows: list[dict[str, str]]) -> object:
    """What a file of these rows holds, or every fault in it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    try:
        found = checks.check_table(parse_table("f.csv", text.getvalue().encode()), default_mapping())
    except ImportRefused as refusal:
        return refusal.faults, refusal.total
    figures = [(*figure[:8], figure.fault("period", "x").found) for figure in found.figures.values()]
    claims = [{c: (v.names, c) for c, v in kind.items()} for kind in (found.bodies, found.services)]
    said = [(one.code, one.names, one.unit, one.direction, one.service) for one in found.indicators.values()]
    return figures, claims, said, found.rows


@settings(max_examples=400, deadline=None)
@given(ROWS)
def test_a_file_reads_the_same_whether_or_not_plain_rows_are_passed_over(rows: list[dict[str, str]]):
    taken = read(rows)
    with patch.object(checks, "is_plain", return_value=False):
        assert read(rows) == taken


def test_a_large_file_is_nearly_all_plain_and_its_chunks_are_canonical(tmp_path: Path):
    path = tmp_path / "figures.csv"
    write_figures(path, GROUP)
    found = checks.check_table(stream_table(path), default_mapping())
    assert len(found.figures) == found.rows == GROUP
    careful = [figure for figure in found.figures.values() if figure.origin.typed is not None]
    assert len(careful) < GROUP / 50


@given(st.sampled_from(["0.10", "-3", None]), st.sampled_from([None, 7]), st.sampled_from([None, "note"]))
def test_the_line_of_a_figure_is_its_canonical_form(actual: str | None, replaces: int | None, note: str | None):
    rows = [{"body_code": "a", "body_name": "A", "indicator_code": "i", "indicator_name": "I", "direction": "up"}]
    table = "\n".join([",".join(FIELDS), ",".join(({**rows[0], "period": "2020-Q1"}).get(n, "") for n in FIELDS)])
    (figure,) = checks.check_table(parse_table("f.csv", table.encode()), default_mapping()).figures.values()
    addition = Addition(figure._replace(actual=actual, note=note), replaces)
    notes = {"note": "ab" * 32}
    statement = figure_statement(
        figure.key,
        {"target": None, "actual": actual, "numerator": None, "denominator": None},
        obs_status=figure.obs_status,
        note_digest=notes.get(note or ""),
        cause=Cause.SCHEDULED,
        replaces=replaces,
    )
    assert line_of(row_of(addition, notes)).encode() == canonical(statement) + b"\n"
    (batch,) = figure_batches([addition], notes)
    assert batch.chunk.body == canonical(statement) + b"\n"
