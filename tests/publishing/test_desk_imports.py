"""Imports at the desk: a preview before anything is a draft, readings pointed out on a page, marked sheets."""

import html
import io
import re
import tomllib
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.foundation.context import Portal
from portal.foundation.tables import parse_table
from portal.publishing import queries
from portal.publishing.imports.mapping import (
    SHIPPED,
    Mapping,
    default_mapping,
    load_mapping,
    parse_mapping,
    shipped_mappings,
)
from portal.publishing.imports.pointed import from_mapping, to_mapping
from portal.publishing.imports.writing import write_toml
from portal.publishing.services import saved_mappings, uploads
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.releases import figures_csv, line, publish
from tests.foundation.corpora import naughty_strings
from tests.pages import PageClient
from tests.publishing.imports.test_messy_sheets import MESSY, report, workbook

FACTS = {"slug": "review", "title_en": "Review times", "source": "Invented", "licence": "CC BY 4.0"}


@pytest.fixture
def rita(portal: Portal) -> PageClient:
    return at_desk(portal, person(portal, roles=["registrar"], name="Rita Registrar"))


def at_desk(portal: Portal, someone: Someone) -> PageClient:
    client = new_client(portal)
    sign_in(client, someone)
    return client


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        got = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if got.get("type") in {"checkbox", "radio"} and "checked" not in tag.replace("unchecked", ""):
            continue
        if got.get("name") and got.get("type") != "file":
            found[got["name"]] = html.unescape(got.get("value", ""))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        found[name] = html.unescape(text)
    return found


def send(client: PageClient, path: str, **fields: Any) -> TestResponse:
    """Fill in the form at `path` and send it with everything else as it stands."""
    given = fields_of(client.get(path).get_data(as_text=True))
    return client.post(path, data={**given, **fields}, content_type="multipart/form-data")


def sent(client: PageClient, data: bytes, file: str = "figures.csv", **fields: Any) -> TestResponse:
    return send(client, "/desk/releases/new", file=(io.BytesIO(data), file), **{**FACTS, **fields})


def text_of(client: PageClient, path: str) -> str:
    return html.unescape(client.get(path).get_data(as_text=True))


def test_a_preview_shows_old_and_new_and_only_then_makes_a_draft(portal: Portal, rita: PageClient) -> None:
    other = {"indicator_code": "other", "indicator_name": "Other"}
    publish(portal, figures_csv(line("2021"), line(), line("2020", actual=""), line(**other)), slug="first")
    text = figures_csv(line("2021"), line(actual="11.2"), line("2020", actual="7"), line("2019"))
    made = sent(rita, text.encode())
    assert made.status_code == 303
    page = text_of(rita, made.location)
    assert "<del>8.5</del> → <ins>11.2</ins>" in page
    for kind, shown in (
        ("added", "2019"),
        ("completed", "<ins>7</ins>"),
        ("removed", "Other"),
        ("unchanged", "2021"),
    ):
        assert shown in text_of(rita, f"{made.location}?kind={kind}")
    assert "There are none." in text_of(rita, f"{made.location}?kind=added&body=nobody")
    with portal.database.read() as session:
        assert [draft.slug for draft in queries.list_drafts(session)] == ["first"]
    refused = send(rita, made.location, act="confirm", reason="Looked at.")
    assert refused.status_code == 422
    assert "1 published values would change" in refused.get_data(as_text=True)
    assert "1 published figures are not in the file" in refused.get_data(as_text=True)
    assert "Looked at." in refused.get_data(as_text=True)
    done = send(
        rita, made.location, act="confirm", cause="source-correction", absent="withdraw", reason="New ledger."
    )
    assert (done.status_code, done.location) == (303, "/desk/releases/review")
    shown = text_of(at_desk(portal, person(portal, roles=["publisher"])), done.location)
    assert "New ledger." in shown
    assert "<del>8.5</del> → <ins>11.2</ins>" in shown
    assert rita.get(made.location).status_code == 404


def test_a_preview_that_is_out_of_date_is_not_confirmed(portal: Portal, rita: PageClient) -> None:
    made = sent(rita, figures_csv(line()).encode())
    publish(portal, figures_csv(line("2021")), slug="between")
    late = send(rita, made.location, act="confirm")
    assert late.status_code == 422
    assert "Something was published since" in late.get_data(as_text=True)
    assert send(rita, made.location, act="look").status_code == 303
    assert send(rita, made.location, act="confirm").location == "/desk/releases/review"


def test_a_file_is_kept_when_something_about_the_release_is_missing(portal: Portal, rita: PageClient) -> None:
    refused = sent(rita, figures_csv(line()).encode(), source="")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "figures.csv is kept" in page
    given = fields_of(page) | {"source": "Invented"}
    made = rita.post("/desk/releases/new", data=given, content_type="multipart/form-data")
    assert made.status_code == 303
    assert "New figures" in text_of(rita, made.location)


def test_a_faulty_sheet_is_taken_along_with_its_cells_marked(portal: Portal, rita: PageClient) -> None:
    made = sent(rita, figures_csv(line(actual="many")).encode())
    assert "Nothing was imported" in text_of(rita, made.location)
    marked = rita.get(f"{made.location}/marked.xlsx")
    assert marked.headers["Content-Disposition"] == "attachment; filename=figures-marked.xlsx"
    listed = parse_table("m.xlsx", marked.get_data(), sheet="What is wrong").rows
    assert dict(listed[0].cells)["Found"] == "many"
    chinese = rita.get(f"/zh-Hans{made.location}/marked.xlsx")
    assert len(parse_table("m.xlsx", chinese.get_data()).rows) == 1


def test_a_yearbook_table_is_read_by_pointing_at_its_columns(portal: Portal, rita: PageClient) -> None:
    made = sent(rita, workbook(report), "yearbook.xlsx", mapping="point")
    assert made.location.endswith("/columns")
    proposed = fields_of(rita.get(made.location).get_data(as_text=True))
    assert (proposed["header_rows"], proposed["locale"]) == ("3 4", "zh_Hans")
    first = send(rita, made.location, act="look", header_rows="3 4")
    page = html.unescape(first.get_data(as_text=True))
    assert "2023年 完成值" in page
    assert "Above the table stands the unit 万元" in page
    given = fields_of(first.get_data(as_text=True)) | {
        "column-0": "body_name",
        "column-1": "indicator_name",
        "column-2": "each-target",
        "column-3": "each-actual",
        "column-4": "each-target",
        "column-5": "each-actual",
        "locale": "zh_Hans",
        "fill": "y",
        "skip_rows": "合计",
        "end": "注： 资料来源",
        "missing": "—",
        "unchanged": "持平",
        "thousands": ",",
        "chinese": "y",
        "unit_line": "y",
        "unit_becomes": "元",
        "times": "10000",
        "make_codes": "y",
        "const_direction": "up",
        "save_name": "年鉴表",
    }
    faulty = rita.post(
        made.location, data=given | {"act": "look", "unchanged": ""}, content_type="multipart/form-data"
    )
    assert "持平" in faulty.get_data(as_text=True)
    assert 'value="合计"' in faulty.get_data(as_text=True)
    seen = rita.post(made.location, data=given | {"act": "look"}, content_type="multipart/form-data")
    assert "12,005,000" in seen.get_data(as_text=True)
    used = rita.post(made.location, data=given | {"act": "use"}, content_type="multipart/form-data")
    assert used.status_code == 303, used.get_data(as_text=True)
    preview = text_of(rita, used.location + "?kind=added")
    assert "12005000" in preview
    with portal.database.read() as session:
        saved = saved_mappings.list_mappings(session)[0]
    assert (saved.name, saved.version) == ("年鉴表", 1)
    file = rita.get(f"/desk/mappings/{saved.code}/1.toml").get_data()
    assert parse_mapping("m.toml", file) == parse_mapping("m.toml", saved.toml.encode())
    again = sent(rita, workbook(report), "yearbook.xlsx", mapping=f"saved:{saved.code}", slug="again")
    assert "12005000" in text_of(rita, again.location + "?kind=added")
    assert "年鉴表" in text_of(rita, "/desk/mappings")
    assert "12,005,000" in text_of(rita, again.location + "/columns")


def test_what_cannot_be_read_so_is_said_and_nothing_pointed_out_is_lost(portal: Portal, rita: PageClient) -> None:
    made = sent(rita, b"who,what,2021\nx,y,1\n", mapping="point")
    given = {"column-0": "body_code", "column-1": "body_code", "heading-0": "who", "heading-1": "what"}
    for change, said in (
        ({}, "two columns are body_code"),
        ({"header_rows": "first"}, "Enter the numbers of the header rows"),
        ({"header_rows": "900", "column-1": ""}, "a header row"),
    ):
        answer = send(rita, made.location, act="look", **(given | change))
        page = html.unescape(answer.get_data(as_text=True))
        assert said in page
        if change.get("header_rows") != "900":
            assert re.search(r'<option value="body_code" selected', page)
    assert send(rita, made.location, act="use", save_name="x" * 90).status_code == 422


def test_an_upload_that_is_no_table_is_said_so_on_every_page(portal: Portal, rita: PageClient) -> None:
    for data, file in ((b"PK\x03\x04junk", "a.xlsx"), (b"", "a.csv"), (b"\xff\xfe\x00", "a.ods")):
        made = sent(rita, data, file)
        assert made.status_code == 303
        assert "cannot be imported" in text_of(rita, made.location)
        assert rita.get(f"{made.location}/columns").status_code == 200
        assert rita.get(f"{made.location}/marked.xlsx").status_code in {200, 404}


def test_uploads_go_after_a_week_and_when_they_are_dropped(portal: Portal, rita: PageClient) -> None:
    old, dropped = sent(rita, figures_csv(line()).encode()), sent(rita, figures_csv(line()).encode())
    assert send(rita, dropped.location, act="drop").location == "/desk/releases"
    assert rita.get(dropped.location).status_code == 404
    with portal.database.write() as session:
        assert uploads.drop_old(session, portal.clock.now() + timedelta(days=6)) == 0
        assert uploads.drop_old(session, portal.clock.now() + timedelta(days=8)) == 1
    assert rita.get(old.location).status_code == 404


def test_only_those_who_prepare_releases_see_uploads(portal: Portal, rita: PageClient) -> None:
    made = sent(rita, figures_csv(line()).encode())
    for role in ("publisher", "moderator"):
        other = at_desk(portal, person(portal, roles=[role]))
        for path in (made.location, f"{made.location}/columns", f"{made.location}/marked.xlsx", "/desk/mappings"):
            assert other.get(path).status_code == 403
    for path in (made.location, f"{made.location}/columns", "/desk/mappings"):
        assert rita.get(f"/zh-Hans{path}").status_code == 200


def test_a_mapping_written_down_reads_back_the_same() -> None:
    for name in shipped_mappings():
        mapping = load_mapping(SHIPPED / name)
        assert parse_mapping(name, write_toml(mapping).encode()) == mapping
    messy = Mapping.model_validate(MESSY)
    assert parse_mapping("m", write_toml(messy).encode()) == messy
    assert parse_mapping("m", write_toml(default_mapping()).encode()) == default_mapping()


def test_any_text_survives_in_a_mapping() -> None:
    for text in [*naughty_strings(), "\x7f", 'a"b\\c', "a\nb"]:
        if "\x00" in text or (not text.isprintable() and "\ud800" <= text[:1] <= "\udfff"):
            continue
        mapping = Mapping(columns={"body_name": text}, words={text: {"a": text}})
        toml = write_toml(mapping)
        assert tomllib.loads(toml)["columns"]["body_name"] == text
        assert parse_mapping("m", toml.encode("utf-8", "surrogatepass")) == mapping


def test_what_was_pointed_out_is_pointed_out_again_when_the_page_is_opened() -> None:
    base = load_mapping(SHIPPED / "canada_service_standards.toml")
    headers = ["owner_org", "service_name_en", "fiscal_yr", "target", "performance"]
    pointed = from_mapping(base, headers)
    mapping = to_mapping(pointed, base)
    assert from_mapping(mapping, headers) == pointed
    assert (mapping.extract, mapping.texts, mapping.words) == (base.extract, base.texts, base.words)
    assert mapping.slugs == base.slugs
