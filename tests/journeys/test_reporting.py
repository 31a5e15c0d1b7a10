"""Reporting: every page a reporter meets, without scripts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from portal.app import open_portal
from portal.config import load_settings
from tests.journeys.house import House

FIGURE_PAGE = "/bodies/RBO/indicators/RBO-UNSAFE"


def walk_through(page: Page, house: House) -> str:
    """File a report from a figure, through every page on the way; returns its seven words."""
    page.goto(f"{house.url}/report")
    page.goto(house.url + FIGURE_PAGE)
    page.locator('form[action$="/report"] button').first.click()
    page.locator("main form button").first.click()
    page.locator("textarea[name=what]").fill("The inspections were never made. 检查从未进行。")
    page.locator("main form button").first.click()
    page.locator("main form button").first.click()
    page.set_input_files(
        "input[type=file]", files=[{"name": "表格.csv", "mimeType": "text/csv", "buffer": b"a,b"}]
    )
    page.locator("button[value=add]").click()
    page.locator("button[value=on]").click()
    page.locator("summary").last.click()
    page.locator("main form button").first.click()
    page.locator("main form button").first.click()
    code = page.locator(".gp-words").inner_text()
    page.locator("main form button").first.click()
    page.goto(f"{house.url}/report/done")
    page.goto(f"{house.url}/report/mailbox")
    page.locator("input[name=code]").fill("seven words that nobody was ever given")
    page.locator("main form button").first.click()
    page.locator("input[name=code]").fill(code.upper())
    page.locator("main form button").first.click()
    page.locator("textarea[name=text]").fill("One more thing. 补充一点。")
    page.locator("main form button").first.click()
    return code


def print_the_mailbox(page: Page, house: House) -> None:
    """On paper comes what is to be kept, and nothing that only works, or leads on, or tells what else there is."""
    page.emulate_media(media="print")
    for address, kept in (
        ("/report/mailbox", ("Where it stands", "One more thing")),
        ("/report/mailbox/5", ("look",)),
    ):
        page.goto(house.url + address)
        printed = page.locator("body").inner_text()
        assert all(words in printed for words in kept)
        for words in ("What happens next", "What else you can do", "Skip to main", "Accessibility", "Leave"):
            assert words not in printed
        assert page.locator(":is(header, footer, nav, button, form, input, textarea):visible").count() == 0
    page.emulate_media(media="screen")
    page.goto(f"{house.url}/report/mailbox")


def meet_an_error(page: Page, house: House) -> None:
    """Look at another report and send it while a table that both need is away; then as if nothing had been."""
    page.goto(house.url + FIGURE_PAGE)
    page.locator('form[action$="/report"] button').first.click()
    page.locator("textarea[name=what]").fill("Quokka 袋鼠")
    page.locator("main form button").first.click()
    page.goto(f"{house.url}/report/check")
    with renamed_table(house, "reporter_session", "quokka"):
        page.get_by_role("button", name="Send the report").click()
        assert "Something went wrong on our side" in page.locator("h1").inner_text()
        page.goto(f"{house.url}/report/check")
        assert "Something went wrong on our side" in page.locator("h1").inner_text()


@contextmanager
def renamed_table(house: House, table: str, meanwhile: str) -> Iterator[None]:
    portal = open_portal(load_settings(**house.settings))
    for name, other in ((table, meanwhile), (meanwhile, table)):
        with portal.database.write() as session:
            session.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))
        if name == table:
            yield
    portal.database.dispose()


def written_by(house: House) -> list[str]:
    """What the real server wrote; a schedule of the runner may have missed the table as well."""
    lines = (house.var / "server.log").read_text().splitlines()
    return [line for line in lines if "schedule failed" not in line]


@pytest.mark.browser
@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_reporting_works_without_scripts_and_asks_nothing_of_other_sites(house: House, browser: Browser) -> None:
    before = written_by(house)
    reporting = browser.new_context(java_script_enabled=False)
    page = reporting.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    code = walk_through(page, house)

    assert len(re.findall(r"[a-z]+", code)) == 7
    assert not any("Content Security Policy" in one or "Refused" in one for one in complaints)
    assert all(url.startswith(house.url) for url in asked)
    pairs = [f"{one}[^a-z]*{two}" for one, two in pairwise(code.split())]  # one word alone may be in any address
    assert not any(re.search(pair, url) for url in asked for pair in pairs)
    print_the_mailbox(page, house)
    reporting.add_cookies([{"name": "another", "value": "x", "url": house.url}])
    page.get_by_role("button", name="Leave the mailbox").click()
    assert reporting.cookies() == []
    meet_an_error(page, house)
    assert written_by(house) == before
    reporting.close()
