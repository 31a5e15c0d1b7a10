"""If a correction, a rating or an entry of the register were missing from the files, the files would lie."""

import csv
import io
import json
from typing import Any

import pytest

from portal.foundation.context import Portal
from portal.publishing.files import FROM_THE_LOG, LAYOUTS, layout_of, write
from portal.publishing.queries.lines import context_of, find_file_head, lines_of
from portal.publishing.services import salt_text
from portal.publishing.values import cite
from tests.factories.publishing import append, body, figure, indicator, release, service

TABLES = LAYOUTS[1].tables


def written(portal: Portal, edition: int, name: str) -> bytes:
    with portal.database.read() as session:
        head = find_file_head(session, edition)
        assert head is not None
        context = context_of(session, edition)
        return b"".join(write(name, head, context, lines_of(session, edition, layout_of(context).feed_of(name))))


def rows(portal: Portal, edition: int, table: str) -> list[dict[str, str]]:
    text = written(portal, edition, f"{table}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rating(**fields: Any) -> dict[str, Any]:
    levels = {str(level): {"share": "0.20", "low": "0.1234", "high": "0.30"} for level in range(1, 6)}
    said = {"t": "rating", "service": "permits", "body": "DPR", "period": "2026-01"}
    return said | {"suppressed": False, "n": "40", "levels": levels} | fields


def test_every_changed_part_of_a_figure_is_a_row_with_old_new_cause_time_and_editions(portal: Portal):
    with portal.database.write() as session:
        note = salt_text(session, "counted twice, 重复计算")
    first = append(portal, body(), indicator(), release(), figure(), figure(period="2021"))
    changed = figure(actual="81.0", target=None, cause="upheld-report", replaces=first, note=cite(note))
    second = append(portal, changed, kind="correction")
    found = rows(portal, second, "corrections")
    assert [(row["part"], row["old"], row["new"]) for row in found] == [
        ("actual", "91.50", "81.0"),
        ("target", "85", ""),
    ]
    assert {row["note"] for row in found} == {"counted twice, 重复计算"}
    assert {(row["what"], row["body_code"], row["period"], row["cause"]) for row in found} == {
        ("figure", "DPR", "2022", "upheld-report")
    }
    assert {(row["old_edition"], row["new_edition"], row["edition"]) for row in found} == {("1", "2", "2")}
    assert {(row["corrected_at"], row["licence"]) for row in found} == {("2026-02-09T09:00:00Z", "Public domain")}
    assert rows(portal, first, "corrections") == []


def test_a_changed_definition_is_a_row_for_each_language_in_which_it_changed(portal: Portal):
    append(portal, indicator(), kind="register")
    later = indicator(definition={"en": "What is counted now.", "zh_Hans": "统计口径。"}, unit="days")
    edition = append(portal, later, kind="register")
    found = rows(portal, edition, "corrections")
    assert [(row["what"], row["part"], row["old"], row["new"]) for row in found] == [
        ("indicator", "definition_en", "What is counted.", "What is counted now."),
        ("indicator", "unit", "%", "days"),
    ]


def test_ratings_show_shares_with_their_intervals_and_nothing_below_the_threshold(portal: Portal):
    append(portal, body(), service(), kind="register")
    append(portal, rating(), rating(period="2026-02", suppressed=True, n=None, levels=None), kind="ratings")
    edition = append(portal, rating(n="44"), kind="ratings")
    first, second = rows(portal, edition, "ratings")
    assert (first["marks"], first["very_satisfied_share"], first["very_satisfied_low"]) == ("44", "0.20", "0.1234")
    assert (first["service_name_zh_Hans"], first["version_edition"], first["licence"]) == (
        "事项 permits",
        "3",
        "CC BY 4.0",
    )
    assert second["suppressed"] == "true"
    assert {value for name, value in second.items() if name.endswith(("share", "low", "high", "marks"))} == {""}


def test_the_register_lists_bodies_services_and_indicators_as_last_published(portal: Portal):
    append(portal, body(), body("X", parent="DPR"), service(), indicator(unit={"en": "days", "zh_Hans": "天"}))
    edition = append(portal, body(names={"en": "Renamed", "zh_Hans": "改名"}), kind="register")
    found = {(row["entry"], row["code"]): row for row in rows(portal, edition, "register")}
    assert list(found) == [("body", "DPR"), ("body", "X"), ("service", "permits"), ("indicator", "clean-parks")]
    assert (found["body", "DPR"]["name_zh_Hans"], found["body", "DPR"]["version_edition"]) == ("改名", "2")
    assert found["body", "X"]["parent_code"] == "DPR"
    assert found["service", "permits"]["body_code"] == "DPR"
    assert found["indicator", "clean-parks"]["unit_zh_Hans"] == "天"


def test_the_register_carries_outside_codes_and_mergers_over_time(portal: Portal):
    merged = body(
        codes={"uscc": "91350100M000100Y43", "gbt2260": "350100", "oid": "1.2.3"},
        valid_from="1998-05-01",
        ended={"on": "2024-03-01", "how": "merged", "into": ["X", "Y"]},
        former=[{"names": {"en": "Old", "zh_Hans": "旧局"}, "until": "2001-01-01"}],
    )
    (row,) = rows(portal, append(portal, merged, kind="register"), "register")
    wanted = {"code_uscc": "91350100M000100Y43", "code_gbt2260": "350100", "other_codes": "oid:1.2.3"}
    wanted |= {"valid_from": "1998-05-01", "ended_on": "2024-03-01", "ended_how": "merged", "followed_by": "X Y"}
    wanted |= {"former_names": "Old / 旧局 (until 2001-01-01)"}
    assert {name: row[name] for name in wanted} == wanted


@pytest.mark.parametrize("table", TABLES)
def test_csv_and_json_of_a_table_say_the_same(portal: Portal, table: str):
    first = append(portal, body(), service(), indicator(), release(), figure(), rating())
    edition = append(portal, figure(actual="1.10", replaces=first), kind="correction")
    document = json.loads(written(portal, edition, f"{table}.json"))
    assert (document["edition"], document["origin"]) == (edition, "gongping.example/log")
    in_csv = rows(portal, edition, table)
    assert in_csv and len(document[table]) == len(in_csv)
    for there, here in zip(document[table], in_csv, strict=True):
        assert list(here) == list(TABLES[table].names) and set(there) == set(here)
        said = {name: "" if value is None else str(value) for name, value in there.items()}
        assert {name: value.lower() for name, value in said.items()} == {
            name: value.lower() for name, value in here.items()
        }


@pytest.mark.parametrize("form", FROM_THE_LOG)
@pytest.mark.parametrize("table", TABLES)
def test_an_edition_gives_the_same_bytes_after_everything_was_changed(portal: Portal, table: str, form: str):
    first = append(portal, body(), service(), indicator(), release(), figure(), rating())
    before = written(portal, first, f"{table}.{form}")
    append(
        portal, body(names={"en": "R", "zh_Hans": "改"}), indicator(unit="days"), rating(n="99"), kind="register"
    )
    append(portal, figure(actual="1.10", replaces=first), kind="correction")
    assert written(portal, first, f"{table}.{form}") == before


def test_the_key_of_each_table_names_its_rows(portal: Portal):
    first = append(portal, body(), service(), indicator(), release(), figure(), figure(period="2021"), rating())
    edition = append(portal, figure(actual="1.10", replaces=first), kind="correction")
    for name, table in TABLES.items():
        keys = [tuple(row[column] for column in table.key) for row in rows(portal, edition, name)]
        assert len(set(keys)) == len(keys) > 0
