"""If a file ran in a spreadsheet, lost a digit or its licence, journalists would carry the damage further."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.context import Portal
from portal.publishing.files import BOM, LAYOUTS, Context, FileHead, Line, guarded, write
from portal.publishing.files.cells import csv_line
from portal.publishing.queries.lines import context_of, find_file_head, lines_of
from portal.publishing.services import salt_text
from portal.publishing.values import Text, cite
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.foundation.corpora import shared_data

COLUMNS = LAYOUTS[1].tables["figures"].names
HEAD = FileHead("gongping.example/log", 3, datetime(2026, 2, 9, 9, 0, tzinfo=UTC))


def context(*said: tuple[int, dict[str, Any]]) -> Context:
    made = Context()
    for edition, statement in said:
        made.take(edition, statement)
    return made


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def rows(*lines: Line, about: Context | None = None) -> list[dict[str, str]]:
    return read(b"".join(write("figures.csv", HEAD, about or context(), lines)))


def test_a_row_has_codes_labels_value_status_origin_and_edition():
    about = context(
        (1, body()),
        (1, service()),
        (1, indicator(service="permits")),
        (2, release()),
        (3, {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": "2022", "state": "under-review"}),
    )
    (row,) = rows(Line(2, figure(obs_status="P"), Text("0" * 64, "a note, with comma", None)), about=about)
    assert row == {
        "body_code": "DPR",
        "body_name_en": "Body DPR",
        "body_name_zh_Hans": "单位 DPR",
        "body_invented": "true",
        "service_code": "permits",
        "service_name_en": "Service permits",
        "service_name_zh_Hans": "事项 permits",
        "indicator_code": "clean-parks",
        "indicator_name_en": "Indicator clean-parks",
        "indicator_name_zh_Hans": "指标 clean-parks",
        "unit": "%",
        "direction": "up",
        "kind": "constrained",
        "period": "2022",
        "target": "85",
        "actual": "91.50",
        "numerator": "",
        "denominator": "",
        "obs_status": "P",
        "obs_note": "a note, with comma",
        "status": "met",
        "notice": "under-review",
        "cause": "scheduled",
        "version_edition": "2",
        "replaces_edition": "",
        "release": "parks-2022",
        "source": "NYC Open Data",
        "licence": "Public domain",
        "edition": "3",
    }


def test_the_header_is_row_one_with_a_byte_order_mark_unless_asked_without():
    assert b"".join(write("figures.csv", HEAD, context(), [])) == BOM + ",".join(COLUMNS).encode() + b"\r\n"
    assert b"".join(write("figures.csv", HEAD, context(), [], bom=False)).startswith(b"body_code,")


def test_a_corrected_figure_shows_its_newest_version_under_its_release():
    corrected = figure(actual="80", cause="upheld-report", replaces=1)
    (row,) = rows(Line(1, figure(), None), Line(3, corrected, None), about=context((1, release())))
    assert (row["actual"], row["version_edition"], row["replaces_edition"]) == ("80", "3", "1")
    assert (row["cause"], row["release"], row["licence"]) == ("upheld-report", "parks-2022", "Public domain")


@pytest.mark.parametrize(
    ("fields", "direction", "status"),
    [
        ({}, "up", "met"),
        ({}, "down", "not-met"),
        ({"target": None}, "up", "no-target"),
        ({"actual": None}, "up", "no-result"),
        ({"target": "0", "actual": "0"}, "down", "met"),
        ({}, "none", "not-applicable"),
    ],
)
def test_the_status_follows_the_direction_and_a_missing_target_is_never_met(
    fields: dict[str, Any], direction: str, status: str
):
    (row,) = rows(Line(1, figure(**fields), None), about=context((1, indicator(direction=direction))))
    assert row["status"] == status


def test_a_withdrawn_note_names_the_act_that_withdrew_it():
    (row,) = rows(Line(1, figure(), Text("0" * 64, None, 7)))
    assert row["obs_note"] == "withdrawn by act 7"


def test_a_lifted_notice_is_no_longer_in_the_file():
    mark = {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": "2022"}
    about = context((1, mark | {"state": "under-review"}), (2, mark | {"state": "lifted"}))
    assert rows(Line(1, figure(), None), about=about)[0]["notice"] == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-", "+1+1", "-5,0"]
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "-0.10", "+3", "-1e5", "-.5", "a=b", "", "'=1", "1=1", " =1"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str):
    assert guarded(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_note_comes_back_from_the_csv_as_it_was_but_for_the_apostrophe(text: str):
    (row,) = rows(Line(1, figure(), Text("0" * 64, text, None)))
    assert row["obs_note"] == guarded(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_note_comes_back_from_the_json(text: str):
    data = b"".join(write("figures.json", HEAD, context(), [Line(1, figure(), Text("0" * 64, text, None))]))
    assert json.loads(data)["figures"][0]["obs_note"] == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.none() | st.integers() | st.booleans()))
def test_a_line_is_its_cells_with_commas_between(values: list[Any]):
    cells = [csv_line([value]).removesuffix(b"\r\n") for value in values]
    assert csv_line(values) == b",".join(cells) + b"\r\n"


def test_known_formula_payloads_are_all_disarmed():
    file = shared_data() / "csv_injection" / "csv-payload.txt"
    payloads = [line for line in file.read_text().splitlines() if line]
    assert len(payloads) == 6
    notes = [Line(1, figure(period=f"{at:04}"), Text("0" * 64, text, None)) for at, text in enumerate(payloads)]
    for row, payload in zip(rows(*notes), payloads, strict=True):
        assert not row["obs_note"].startswith(("=", "+", "-", "@", "\t")), payload


def test_the_json_keeps_the_digits_and_says_log_edition_and_time():
    data = json.loads(b"".join(write("figures.json", HEAD, context(), [Line(1, figure(), None)])))
    assert (data["origin"], data["edition"], data["at"]) == (HEAD.origin, 3, "2026-02-09T09:00:00Z")
    assert data["figures"][0]["actual"] == "91.50"
    assert json.loads(b"".join(write("figures.json", HEAD, context(), [])))["figures"] == []


def test_the_database_gives_an_edition_as_it_was(portal: Portal):
    with portal.database.write() as session:
        note = salt_text(session, "counted twice")
    append(portal, body(), indicator(), release(), figure(), figure(period="2021", note=cite(note)))
    append(portal, figure(actual="70", cause="upheld-report", replaces=1), kind="correction")
    append(portal, body(names={"en": "Renamed", "zh_Hans": "改名"}), kind="register")

    def file(edition: int) -> list[dict[str, str]]:
        with portal.database.read() as session:
            head = find_file_head(session, edition)
            assert head is not None
            return read(
                b"".join(write("figures.csv", head, context_of(session, edition), lines_of(session, edition)))
            )

    first, second, third = file(1), file(2), file(3)
    assert [(row["period"], row["actual"], row["obs_note"]) for row in first] == [
        ("2021", "91.50", "counted twice"),
        ("2022", "91.50", ""),
    ]
    assert [row["actual"] for row in second] == ["91.50", "70"]
    assert {row["body_name_en"] for row in second} == {"Body DPR"}
    assert {row["body_name_en"] for row in third} == {"Renamed"}
    assert {row["edition"] for row in third} == {"3"}
    with portal.database.read() as session:
        assert find_file_head(session, 4) is None


def test_codes_stand_in_the_same_order_on_both_engines(portal: Portal):
    codes = ["a-b", "ab", "B", "a_b", "A", "a", "a-", "Z9", "z"]
    append(portal, *(figure(body=code) for code in codes))
    with portal.database.read() as session:
        assert [line.key.body for line in lines_of(session, 1)] == sorted(codes)
