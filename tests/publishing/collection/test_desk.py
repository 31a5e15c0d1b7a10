"""A round from the first page to the release, as the people at both desks do it."""

import io
import re
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from portal.publishing.collecting import ValueState
from portal.publishing.queries.rounds import evidence_for, list_rounds
from portal.publishing.services import append_waiting
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.releases import figures_csv, line, publish
from tests.factories.rounds import BODY, CHECKED, DAYS, ROUND, Collecting
from tests.pages import PageClient

RETURN = f"/desk/returns/{ROUND}/{BODY}"
SHEET = f"/desk/sheets/{ROUND}/{BODY}"
CHECK = f"/desk/rounds/{ROUND}/{BODY}"
TOKEN = r'name="form_token"[^>]*value="([^"]+)"'
PDF = b"%PDF-1.7 the ledger of 2025"


def at_desk(house: Collecting, someone: Someone) -> PageClient:
    client = new_client(house.portal)
    sign_in(client, someone)
    return client


def send(client: PageClient, path: str, *, to: str | None = None, form: int = 0, **fields: Any) -> TestResponse:
    """Open the page at `path` and send its form with that number, or the one that goes to `to`."""
    page = client.get(path).get_data(as_text=True)
    found = re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL)
    forms = [(head, token[1]) for head, body in found if (token := re.search(TOKEN, body))]
    assert forms, page
    chosen = forms[form][1] if to is None else next(t for head, t in forms if f'action="{to}"' in head)
    sent = {"form_token": chosen, **fields}
    return client.post(to or path, data=sent, content_type="multipart/form-data")


def opened(house: Collecting) -> None:
    client = at_desk(house, house.officer)
    made = send(
        client,
        "/desk/rounds/new",
        slug=ROUND,
        title_en="Figures of 2025",
        title_zh="2025 年数据",
        period="2025",
        due_at="2026-03-11 09:00",
        reminders="5, 1",
        bodies=BODY,
        indicators=f"{DAYS}\n{CHECKED}",
        targets=f"{BODY}, {DAYS}, 12",
    )
    assert (made.status_code, made.location) == (303, f"/desk/rounds/{ROUND}")
    append_waiting(house.portal)


def test_a_round_is_opened_entered_signed_checked_and_drafted_by_hand(house: Collecting) -> None:
    opened(house)
    ed, sia, olga = (at_desk(house, one) for one in (house.editor, house.signer, house.officer))
    assert "Figures of 2025" in ed.get("/desk/returns").get_data(as_text=True)
    first = send(ed, f"{RETURN}/{DAYS}", form=0, actual="８.５", act="next", note="", explanation="")
    assert (first.status_code, first.location) == (303, f"{RETURN}/{CHECKED}")
    assert send(ed, f"{RETURN}/{CHECKED}", form=0, actual="91.9%", target="90").location == RETURN
    assert send(ed, RETURN, act="forward", reason="From the ledger.").status_code == 303
    assert 'value="sign"' not in ed.get(RETURN).get_data(as_text=True)
    waiting = sia.get(RETURN).get_data(as_text=True)
    assert "From the ledger." in waiting
    assert send(sia, RETURN, act="sign").status_code == 303
    append_waiting(house.portal)
    checked = send(olga, f"{CHECK}/{DAYS}", act="query", text="Withdrawn requests too?")
    assert (checked.status_code, checked.location) == (303, CHECK)
    asked = ed.get(f"{RETURN}/{DAYS}").get_data(as_text=True)
    assert "Withdrawn requests too?" in asked
    answered = send(ed, f"{RETURN}/{DAYS}", to=f"{RETURN}/{DAYS}/answer", text="They are counted.")
    assert answered.status_code == 303
    send(ed, RETURN, act="forward")
    send(sia, RETURN, act="sign")
    append_waiting(house.portal)
    assert send(olga, CHECK, act="accept-rest").status_code == 303
    assert house.value().state is ValueState.ACCEPTED
    assert house.value(CHECKED).entry.actual == "91.9"
    facts = {"title_en": "Figures of 2025", "source": "Returns of the bodies", "licence": "CC BY 4.0"}
    drafted = send(olga, f"/desk/rounds/{ROUND}", form=0, act="draft", release="figures-2025", **facts)
    assert (drafted.status_code, drafted.location) == (303, "/desk/releases/figures-2025")
    assert "8.5" in olga.get("/desk/releases/figures-2025").get_data(as_text=True)


def test_a_round_without_indicators_asks_for_what_was_published_before(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2024", actual="7.0")))
    client = at_desk(house, house.officer)
    send(
        client, "/desk/rounds/new", slug=ROUND, title_en="R", period="2025", due_at="2026-03-11 09:00", bodies=BODY
    )
    assert house.value(DAYS).asked.last == "7.0"
    assert "review-days" not in client.get(f"{CHECK}/{CHECKED}").get_data(as_text=True)


WRONG_ROUNDS: list[tuple[dict[str, str], str]] = [
    ({"due_at": "soon"}, "Enter a day and a time"),
    ({"due_at": "2020-01-01 09:00"}, "Choose a moment in the future."),
    ({"targets": "riverside 12"}, "This line is not body, indicator and target"),
    ({"slug": "a b"}, "Use letters A to Z"),
    ({"reminders": "often"}, "Give working days from 0 to 60"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG_ROUNDS)
def test_what_is_wrong_with_a_round_is_said_and_nothing_typed_is_lost(
    house: Collecting, fields: dict[str, str], said: str
) -> None:
    client = at_desk(house, house.officer)
    good = {
        "slug": ROUND,
        "title_en": "My round",
        "period": "2025",
        "due_at": "2026-03-11 09:00",
        "bodies": BODY,
        "indicators": DAYS,
    }
    answer = send(client, "/desk/rounds/new", **{**good, **fields})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert 'value="My round"' in page
    with house.portal.database.read() as session:
        assert list_rounds(session) == ()


def test_what_is_wrong_with_a_value_is_said_beside_its_field(house: Collecting) -> None:
    opened(house)
    client = at_desk(house, house.editor)
    answer = send(client, f"{RETURN}/{DAYS}", form=0, actual="many", note="kept words")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Enter a number such as 12 or 8.5." in page
    assert "kept words" in page
    assert send(client, f"{RETURN}/{DAYS}", form=0, actual="").status_code == 422


def test_another_bodys_return_is_not_there(house: Collecting) -> None:
    opened(house)
    stranger = at_desk(house, person(house.portal, roles=["body-signer"], connected_to=["elsewhere"]))
    for path in (RETURN, f"{RETURN}/{DAYS}", SHEET, f"{SHEET}/return.csv", f"{SHEET}/return.xlsx"):
        assert stranger.get(path).status_code == 404
    assert ROUND not in stranger.get("/desk/returns").get_data(as_text=True)
    for path in ("/desk/rounds", f"/desk/rounds/{ROUND}", f"{CHECK}/{DAYS}"):
        assert stranger.get(path).status_code == 403


def test_the_sheet_is_filled_in_and_comes_back(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2024", actual="7.0")))
    opened(house)
    client = at_desk(house, house.editor)
    data = client.get(f"{SHEET}/return.xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    (strict,) = openpyxl.load_workbook(io.BytesIO(data))
    assert [["" if cell is None else cell for cell in row] for row in strict.values] == rows
    assert not [cell for row in strict for cell in row if cell.data_type in ("f", "e")]
    head = [str(cell) for cell in rows[0]]
    first = dict(zip(head, rows[1], strict=True))
    assert (first["indicator_code"], first["last_value"], first["target"], first["actual"]) == (
        DAYS,
        "7.0",
        12,
        "",
    )
    text = client.get(f"{SHEET}/return.csv").data.decode("utf-8-sig")
    lines = text.splitlines()
    cells = {row.split(",")[3]: row.split(",") for row in lines[1:]}
    at = head.index("actual")
    cells[DAYS][at], cells[CHECKED][at], cells[CHECKED][at - 1] = "8.5", "91.9", "90"
    filled = "\n".join([lines[0], *(",".join(row) for row in cells.values())])
    answer = send(client, SHEET, file=(io.BytesIO(filled.encode()), "return.csv"))
    assert (answer.status_code, answer.location) == (303, RETURN)
    assert house.value(DAYS).entry.actual == "8.5"
    assert house.value(CHECKED).entry.target == "90"


def test_a_faulty_sheet_changes_nothing_and_names_row_and_column(house: Collecting) -> None:
    opened(house)
    client = at_desk(house, house.editor)
    rows = (
        f"indicator_code,body_code,actual\n{DAYS},{BODY},8.5\n{CHECKED},{BODY},lots\nnone,{BODY},1\n{DAYS},x,2\n"
    )
    answer = send(client, SHEET, file=(io.BytesIO(rows.encode()), "return.csv"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for found in ("lots", "an indicator of this return", "each indicator once", "Nothing was taken"):
        assert found in page
    assert house.value(DAYS).state is ValueState.EMPTY
    marked = send(client, SHEET, file=(io.BytesIO(rows.encode()), "return.csv"), act="marked")
    assert CalamineWorkbook.from_filelike(io.BytesIO(marked.data)).sheet_names


def test_a_broken_formula_is_neither_a_value_nor_a_note_of_a_return(house: Collecting) -> None:
    opened(house)
    rows = f"indicator_code,body_code,actual,note\n{DAYS},{BODY},#DIV/0!,\n{CHECKED},{BODY},5,#NAME?\n"
    answer = send(at_desk(house, house.editor), SHEET, file=(io.BytesIO(rows.encode()), "return.csv"))
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("the spreadsheet has an error in this cell") == 2
    assert house.value(CHECKED).state is ValueState.EMPTY


def test_evidence_is_sealed_on_disk_and_given_out_as_a_download_only(house: Collecting) -> None:
    opened(house)
    ed = at_desk(house, house.editor)
    added = send(ed, f"{RETURN}/{DAYS}", to=f"{RETURN}/{DAYS}/evidence", file=(io.BytesIO(PDF), "ledger.pdf"))
    assert added.status_code == 303
    with house.portal.database.read() as session:
        (kept,) = evidence_for(session, ROUND, BODY, DAYS)
    stored = (house.portal.settings.var / "evidence" / kept.id).read_bytes()
    assert b"ledger" not in stored
    for someone in (house.editor, house.officer):
        answer = at_desk(house, someone).get(f"/desk/evidence/{kept.id}")
        assert answer.data == PDF
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    stranger = person(house.portal, roles=["body-signer"], connected_to=["elsewhere"])
    assert at_desk(house, stranger).get(f"/desk/evidence/{kept.id}").status_code == 404
    publisher = at_desk(house, house.publisher)
    assert publisher.get(f"/desk/evidence/{kept.id}").status_code == 404
    assert new_client(house.portal).get(f"/desk/evidence/{kept.id}").status_code == 303


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<script>", "page.html", "This kind of file is not taken."),
        (b"<html>", "ledger.pdf", "The file is not what its ending"),
        (b"", "ledger.pdf", "The file is empty."),
        (b"%PDF-" + bytes(11 * 1024 * 1024), "ledger.pdf", "larger than 10 MB"),
    ],
)
def test_files_that_are_not_evidence_are_not_taken(house: Collecting, data: bytes, name: str, said: str) -> None:
    opened(house)
    ed = at_desk(house, house.editor)
    answer = send(ed, f"{RETURN}/{DAYS}", to=f"{RETURN}/{DAYS}/evidence", file=(io.BytesIO(data), name))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert not list((house.portal.settings.var / "evidence").glob("*"))
