"""If a made file ran a formula, lost a digit or changed later, nobody could rely on it; each is tried here."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from frictionless import Package, system
from python_calamine import CalamineWorkbook

from portal.foundation.catalogues import translated
from portal.foundation.context import Portal
from portal.publishing.files import FORMS, LAYOUTS, Context, FileHead, Line
from portal.publishing.files.forms import PACKAGE
from portal.publishing.files.workbooks import write_workbook
from portal.publishing.log.notes import BadNote, Verifier, open_note
from portal.publishing.queries.lines import context_of, find_file_head, lines_of
from portal.publishing.services import salt_text
from portal.publishing.services.filing import make_edition, make_missing
from portal.publishing.services.shelving import sign_made
from portal.publishing.shelf import Shelf
from portal.publishing.values import cite
from tests.factories.publishing import append, body, figure, indicator
from tests.foundation.corpora import shared_data
from tests.publishing.files.made import made, publish

TABLES = LAYOUTS[1].tables


def payloads() -> list[str]:
    """Formulas as attackers write them into fields, and two texts that must come through as they are."""
    file = shared_data() / "csv_injection" / "csv-payload.txt"
    return [*(line for line in file.read_text().splitlines() if line), "-5 问题", "手工统计，第二次"]


def test_every_file_is_made_and_measured(portal: Portal):
    shelf, found = made(portal)
    assert set(found.files) == set(LAYOUTS[1].files)
    for name, about in found.files.items():
        data = shelf.path(found.edition, name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (about.bytes, about.sha256), name
    assert found.files["figures.csv"].rows == found.files["figures.parquet"].rows == 2


def test_making_an_edition_again_gives_the_same_bytes(portal: Portal):
    _, found = made(portal, "手工统计")
    assert make_edition(portal, found.edition) == found


def test_the_workbook_has_cover_notes_symbols_and_one_table_of_rows(portal: Portal):
    shelf, found = made(portal)
    path = shelf.path(found.edition, "figures.xlsx")
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Cover", "Notes", "Symbols", "Figures"]
    rows = book.get_sheet_by_name("Figures").to_python()
    assert rows[0] == list(TABLES["figures"].names)
    first, second = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert (first["period"], first["actual"], first["obs_status"]) == ("2021", "", "O")
    assert (second["actual"], second["target"], second["body_invented"]) == (81.0, 85.0, True)
    notes = book.get_sheet_by_name("Notes").to_python()
    assert [row[0] for row in notes[1:]] == list(TABLES["figures"].names)
    assert notes[1][1:] == [translated(notes[1][1], locale) for locale in ("en", "zh_Hans")]
    cover = book.get_sheet_by_name("Cover").to_python()
    assert ["Edition", str(found.edition)] in [[row[0].split(" · ")[0], row[1]] for row in cover]
    with zipfile.ZipFile(path) as parts:
        tables = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/tables/")]
        styles = parts.read("xl/styles.xml").decode()
    assert any('ref="A1:AC3"' in table for table in tables)
    assert 'formatCode="0.0"' in styles and "mergeCell" not in styles


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(portal: Portal, tmp_path: Path):
    edition = publish(portal, *(f"note {at}" for at in range(5)))
    with portal.database.read() as session:
        head = find_file_head(session, edition)
        assert head is not None
        rows = list(TABLES["figures"].rows(head, context_of(session, edition), lines_of(session, edition)))
    path, count = tmp_path / "x.xlsx", len(rows)
    write_workbook(path, TABLES["figures"], head, rows, count, origin="https://portal.test", most_rows=3)
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names[3:]}
    assert {name: len(rows) - 1 for name, rows in sheets.items()} == {"Figures": 3, "Figures 2": 3, "Figures 3": 1}
    assert count == 7


@pytest.mark.parametrize("table", TABLES)
def test_parquet_has_typed_columns_and_the_exact_digits(portal: Portal, table: str):
    shelf, found = made(portal)
    path = shelf.path(found.edition, f"{table}.parquet")
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    types = {row[0]: row[1] for row in described}
    for column in TABLES[table].columns:
        if column.type == "number":
            assert (types[column.name], types[f"{column.name}_digits"]) == ("DOUBLE", "VARCHAR")
    assert types["edition"] == "BIGINT"
    rows = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()
    assert rows == [(found.files[f"{table}.csv"].rows,)]


def test_parquet_keeps_what_a_double_would_lose(portal: Portal):
    edition = append(portal, body(), indicator(), figure(actual="12345678901234567890.10"))
    make_edition(portal, edition)
    path = Shelf(portal.settings.var).path(edition, "figures.parquet")
    found = duckdb.sql(f"SELECT actual_digits, target, target_digits FROM '{path}'").fetchall()
    assert found == [("12345678901234567890.10", 85.0, "85")]
    sheet = CalamineWorkbook.from_path(str(path.with_suffix(".xlsx"))).get_sheet_by_name("Figures").to_python()
    assert sheet[1][sheet[0].index("actual")] == "12345678901234567890.10"


def test_known_formula_payloads_are_texts_in_all_four_forms(portal: Portal):
    said = payloads()
    shelf, found = made(portal, *said)
    folder = shelf.of(found.edition)
    in_json = json.loads((folder / "figures.json").read_text())["figures"]
    assert [row["obs_note"] for row in in_json if row["obs_note"]] == said
    in_parquet = duckdb.sql(
        f"SELECT obs_note FROM '{folder}/figures.parquet' WHERE obs_note IS NOT NULL"
    ).fetchall()
    assert [row[0] for row in in_parquet] == said
    for line in (folder / "figures.csv").read_text().splitlines():
        assert not line.split(",")[19].lstrip('"').startswith(("=", "@", "+", "-"))
    with zipfile.ZipFile(folder / "figures.xlsx") as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name), f"a formula in {name}"
        assert b'quotePrefix="1"' in parts.read("xl/styles.xml")
    sheet = CalamineWorkbook.from_path(str(folder / "figures.xlsx")).get_sheet_by_name("Figures").to_python()
    at = sheet[0].index("obs_note")
    assert [row[at] for row in sheet[1:] if row[at]] == said


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_libreoffice_opens_the_file_with_chinese_intact_and_runs_no_formula(
    portal: Portal, tmp_path: Path, form: str
):
    said = payloads()
    shelf, found = made(portal, *said)
    opened = opened_in_libreoffice(shelf.path(found.edition, f"figures.{form}"), tmp_path)
    at = opened[0].index("obs_note")
    shown = [row[at] for row in opened[1:] if row[at]]
    guard = "'" if form == "csv" else ""
    assert shown == [f"{guard}{text}" if text.startswith(("=", "@", "-")) else text for text in said]
    assert opened[1][opened[0].index("body_name_zh_Hans")] == "单位 DPR"
    assert not any("Err:" in cell or "#" in cell for row in opened for cell in row)


def opened_in_libreoffice(path: Path, folder: Path) -> list[list[str]]:
    """The sheet as LibreOffice shows it; a formula would show as a formula."""
    # separator, quote, UTF-8, first line, columns, language, quote all, detect, as shown, formulas, …, sheets
    reading = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
    writing = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,true,false,-1"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
    if path.suffix == ".csv":
        command.append(reading)
    command += ["--convert-to", writing, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (result,) = [one for one in folder.glob("*.csv") if one.stem.endswith("igures")]
    return list(csv.reader(io.StringIO(result.read_text(), newline="")))


def test_frictionless_finds_nothing_wrong_with_the_package(portal: Portal):
    shelf, found = made(portal, *payloads())
    with system.use_context(trusted=True):
        package = Package(str(shelf.path(found.edition, PACKAGE)))
        report = package.validate()
    assert report.valid, report.flatten(["title", "message"])
    assert {resource.name for resource in package.resources} == set(TABLES)
    assert report.stats["warnings"] == 0


def test_the_package_names_licence_source_digests_and_the_other_forms(portal: Portal):
    shelf, found = made(portal)
    package = json.loads(shelf.path(found.edition, PACKAGE).read_text())
    assert {"name": "other-pd", "title": "Public domain"} in package["licenses"]
    assert package["sources"] == [{"title": "NYC Open Data"}]
    for resource in package["resources"]:
        about = found.files[resource["path"]]
        assert (resource["hash"], resource["bytes"]) == (f"sha256:{about.sha256}", about.bytes)
        assert {one["path"] for one in resource["alternates"]} == {
            f"{resource['name']}.{form}" for form in FORMS if form != "csv"
        }


@pytest.mark.parametrize("table", TABLES)
def test_each_csv_has_metadata_that_name_its_columns_in_order_in_both_languages(portal: Portal, table: str):
    shelf, found = made(portal)
    metadata = json.loads(shelf.path(found.edition, f"{table}.csv-metadata.json").read_text())
    assert (metadata["@context"][0], metadata["url"]) == ("http://www.w3.org/ns/csvw", f"{table}.csv")
    columns = metadata["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == list(TABLES[table].names)
    for column in columns:
        assert [one["@language"] for one in column["dc:description"]] == ["en", "zh-Hans"]


def test_the_digests_are_signed_by_the_second_key_and_sha256sum_reads_them(portal: Portal):
    shelf, found = made(portal)
    assert sign_made(portal) == 1
    assert sign_made(portal) == 0
    note = shelf.signed(found.edition)
    (key,) = shelf.keys()
    assert note is not None and key.startswith("gongping.example/log/files+")
    assert open_note(note, Verifier.parse(key)).startswith(f"# gongping.example/log edition {found.edition} ")
    with pytest.raises(BadNote):
        open_note(note.replace("figures.csv", "figures.tsv"), Verifier.parse(key))
    checked = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=shelf.of(found.edition), capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(found.files)
    shelf.path(found.edition, "figures.csv").write_bytes(b"changed")
    checked = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=shelf.of(found.edition), capture_output=True
    )
    assert checked.returncode == 1


def test_the_log_key_does_not_sign_digests(portal: Portal):
    assert portal.keys.get("files-signing") != portal.keys.get("log-signing")


def test_an_older_key_stays_published_when_a_new_one_signs(portal: Portal):
    shelf, _ = made(portal)
    sign_made(portal)
    (old,) = shelf.keys()
    portal.keys.rotate("files-signing")
    make_edition(portal, append(portal, figure(period="2024")))
    sign_made(portal)
    assert len(shelf.keys()) == 2 and shelf.keys()[1] == old


def test_what_is_missing_is_made_newest_first_and_only_once(portal: Portal):
    newest = publish(portal)
    order: list[int] = []
    assert make_missing(portal, made=order.append) == newest
    assert order == list(range(newest, 0, -1))
    assert make_missing(portal) == 0


def test_csv_and_json_are_kept_for_the_newest_edition_and_for_releases(portal: Portal):
    newest = publish(portal)
    make_missing(portal)
    shelf = Shelf(portal.settings.var)
    kept = [n for n in range(1, newest + 1) if shelf.path(n, "figures.csv").exists()]
    assert kept == [2, newest]
    assert all(shelf.path(n, "figures.parquet").exists() for n in range(1, newest + 1))


def test_a_second_maker_leaves_the_first_alone(portal: Portal):
    publish(portal)
    with Shelf(portal.settings.var).held():
        assert make_missing(portal) == 0


def test_a_withdrawn_text_leaves_every_file_and_the_digests_are_signed_anew(portal: Portal):
    with portal.database.write() as session:
        digest = salt_text(session, "names a person")
    append(portal, body(), indicator(), kind="register")
    edition = append(portal, figure(note=cite(digest)))
    make_missing(portal)
    sign_made(portal)
    shelf = Shelf(portal.settings.var)
    untouched, before = shelf.signed(1), shelf.signed(edition)
    append(portal, {"t": "withdrawal", "digest": digest, "ground": "privacy"}, kind="withdrawal")
    make_missing(portal)
    sign_made(portal)
    assert shelf.signed(1) == untouched
    assert shelf.signed(edition) not in (None, before)
    found = duckdb.sql(f"SELECT obs_note FROM '{shelf.path(edition, 'figures.parquet')}'").fetchall()
    assert found == [("withdrawn by act 3",)]
    for path in shelf.of(edition).iterdir():
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                data = b"".join(parts.read(name) for name in parts.namelist())
        assert b"names a person" not in data, path.name


def test_a_workbook_of_many_rows_is_written_in_constant_memory(tmp_path: Path):
    about = Context()
    about.take(1, indicator())
    head = FileHead("gongping.example/log", 1, datetime(2026, 2, 9, tzinfo=UTC))
    lines = (Line(1, figure(body=f"B{at:05}"), None) for at in range(4000))
    tracemalloc.start()
    try:
        rows = TABLES["figures"].rows(head, about, lines)
        write_workbook(tmp_path / "x.xlsx", TABLES["figures"], head, rows, 4000, origin="https://portal.test")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
