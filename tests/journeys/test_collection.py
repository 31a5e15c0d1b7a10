"""A figure from the request to the proof: round, form, spreadsheet, signature, question, release, verification."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import people
from tests.journeys.house import House

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]

SLUG, PERIOD = "journey-2031", "2031"
WAIT, TRAINED = "RBO-INSPECT-WAIT", "RBO-TRAINED"
RETURN = f"/desk/returns/{SLUG}/RBO"
CHECK = f"/desk/rounds/{SLUG}/RBO"
DESKS = (("editor", "/desk/returns"), ("registrar", "/desk/rounds"), ("moderator", "/desk/requests"))
PATHS = "links => links.map(link => new URL(link.href).pathname)"
ASKED = "How many inspectors are there for each district? 每个区有多少名检查员？"


def test_a_value_is_asked_for_handed_in_questioned_released_and_proved(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    office = people.signed_in(browser, house, "registrar")
    open_round(office)
    editor = people.signed_in(browser, house, "editor")
    signer = people.signed_in(browser, house, "signer")
    reader = people.visitor(browser, house, script=False)
    people.eventually(reader, f"/coverage/rounds/{SLUG}", "Asked for, not due yet")
    by_form(editor)
    by_spreadsheet(editor, tmp_path)
    forward(editor)
    sign(signer)
    people.eventually(reader, f"/coverage/rounds/{SLUG}", "Handed in, being checked")
    assert "9.75" not in reader.content()
    question(office, editor, signer)
    release(browser, house, office)
    figure = f"/bodies/RBO/indicators/{WAIT}"
    people.eventually(reader, figure, "9.75")
    expect(reader.locator("main")).to_contain_text("Handed in by Riverside Building Office")
    expect(reader.locator("main")).to_contain_text("The office published it as it was handed in.")
    assert "same as served" in house.run("log", "verify").stdout


def open_round(office: Page) -> None:
    office.goto("/desk/rounds")
    office.get_by_role("button", name="Open a round").click()
    office.get_by_label("Code of the round").fill(SLUG)
    office.get_by_label("Name in English").fill("Figures of 2031")
    office.get_by_label("Period of the figures").fill(PERIOD)
    due = datetime.now(UTC) + timedelta(days=30)
    office.get_by_label("Due", exact=True).fill(f"{due:%Y-%m-%d} 16:00")
    office.get_by_label("Riverside Building Office").check()
    office.get_by_label("Indicators, by their codes").fill(f"{WAIT}\n{TRAINED}")
    office.get_by_role("button", name="Open and announce the round").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Figures of 2031")


def by_form(editor: Page) -> None:
    editor.goto(f"{RETURN}/{WAIT}")
    editor.get_by_label("Value", exact=True).fill("9.75")
    editor.get_by_label("Target", exact=True).fill("10")
    editor.get_by_role("button", name="Save and go to the next").click()
    editor.wait_for_url(f"**{RETURN}/{TRAINED}")


def by_spreadsheet(editor: Page, tmp_path: Path) -> None:
    editor.goto(RETURN)
    with editor.expect_download() as download:
        editor.get_by_role("link", name="CSV", exact=True).click()
    path = tmp_path / "return.csv"
    download.value.save_as(path)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    row = next(one for one in rows if one["indicator_code"] == TRAINED)
    row |= {"actual": "95.5", "target": "95", "explanation": "Two courses more than in 2025."}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    editor.get_by_role("link", name="Upload it filled in").click()
    editor.locator("input[type=file]").set_input_files(path)
    editor.get_by_role("button", name="Check and save as drafts").click()
    editor.wait_for_url(f"**{RETURN}")
    expect(editor.locator("main")).to_contain_text("95.5")


def forward(editor: Page) -> None:
    editor.goto(RETURN)
    editor.get_by_role("button", name="Put forward to be signed").click()
    expect(editor.locator("main")).to_contain_text("Waits for its signature")


def sign(signer: Page) -> None:
    signer.goto(RETURN)
    signer.get_by_role("button", name="Sign and hand in").click()
    expect(signer.locator("main")).to_contain_text("Handed in")


def question(office: Page, editor: Page, signer: Page) -> None:
    office.goto(f"{CHECK}/{TRAINED}")
    office.get_by_label("Question, or why it goes back").fill("Are courses abroad counted?")
    office.get_by_role("button", name="Ask the body").click()
    editor.goto(f"{RETURN}/{TRAINED}")
    expect(editor.locator("main")).to_contain_text("Are courses abroad counted?")
    editor.get_by_label("Your answer").fill("They are not.")
    editor.get_by_role("button", name="Answer and keep the value").click()
    editor.wait_for_url(f"**{RETURN}")
    forward(editor)
    sign(signer)
    office.goto(CHECK)
    office.get_by_role("button", name=re.compile("Accept the 2 values")).click()
    expect(office.locator("main")).to_contain_text("Accepted")


def release(browser: Browser, house: House, office: Page) -> None:
    for _ in range(20):
        office.goto(f"/desk/rounds/{SLUG}")
        office.get_by_label("Code of the release").fill(SLUG)
        office.get_by_label("Name in English").fill("Figures of 2031")
        office.get_by_label("Source of the figures").fill("Handed in by the invented body")
        office.get_by_label("Licence").fill("CC0 1.0")
        office.get_by_role("button", name="Make the draft").click()
        office.wait_for_load_state()
        if "/desk/releases/" in office.url:
            break
        office.wait_for_timeout(500)  # the hand-in has no number in the log yet
    office.get_by_role("button", name="Put forward").click()
    expect(office.locator("main")).to_contain_text("Waits for a second person")
    publisher = people.signed_in(browser, house, "publisher")
    publisher.goto(f"/desk/releases/{SLUG}")
    publisher.get_by_role("button", name="Publish", exact=True).click()
    publisher.wait_for_load_state()
