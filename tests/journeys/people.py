"""What people do in the browser, in their own words: `officer = Desk(browser, house, "officer")`."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.house import House

WHAT = "Zephyrquartz: the withdrawn plans were left out of the average."
HOW = "Marmaladefjord: I filed two of them myself."
NAMES = "Thistlewhistle Example"
FILE_NAME = "obsidianledger.txt"
FILE_TEXT = b"Quicksilverharbour 2025-03-04 withdrawn after 41 days\n" * 40
FIGURE = "/bodies/RBO/indicators/RBO-PLAN-DAYS"


def visitor(browser: Browser, house: House, *, script: bool = True) -> Page:
    """Somebody with a fresh browser of their own."""
    context = browser.new_context(base_url=house.url, java_script_enabled=script, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def signed_in(browser: Browser, house: House, name: str, *, printed: bool = False) -> Page:
    """A person of the demonstration at the desk; `printed`: with what `demo accounts` shows for them."""
    page = visitor(browser, house)
    if printed:
        account = next(one for one in house.accounts() if one.address == f"{name}@gongping.example")
    else:
        account = house.account(name)
    page.goto("/desk/sign-in")
    page.get_by_label("Address", exact=False).fill(account.address)
    page.locator("input[name=phrase]").fill(account.password)
    page.locator("input[name=code]").fill(account.code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in to the desk")
    return page


def doubt_the_figure(page: Page, tmp_path: Path) -> str:
    """From the figure's button to the seven words, one question a page."""
    page.goto(FIGURE)
    page.get_by_role("button", name="I doubt this figure").click()
    page.locator("textarea[name=what]").fill(WHAT)
    page.get_by_role("button", name="Continue").click()
    page.locator("textarea[name=how]").fill(HOW)
    page.get_by_role("button", name="Continue").click()
    evidence = tmp_path / FILE_NAME
    evidence.write_bytes(FILE_TEXT)
    page.locator("input[type=file]").set_input_files(evidence)
    page.get_by_role("button", name="Add this file").click()
    expect(page.get_by_text(FILE_NAME).first).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.locator("textarea[name=names]").fill(NAMES)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(WHAT)).to_be_visible()
    page.get_by_role("button", name="Send").click()
    words = page.locator("p[translate=no]").inner_text().strip()
    assert len(words.split()) == 7
    page.get_by_role("button", name="I have written them down").click()
    return words


def open_mailbox(page: Page, code: str) -> None:
    page.goto("/report/mailbox")
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name=re.compile("Open")).click()


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until what `selector` names has the focus; it must be reached in fifty steps."""
    for _ in range(50):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the tabulator")


def enter(page: Page) -> None:
    """Press the key that follows a link or sends a form, and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def act(page: Page, title: str, button: str) -> None:
    """Follow one of the acts listed on a case, and press its button."""
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name=button, exact=True).click()


def eventually(page: Page, address: str, words: str) -> None:
    """Wait until the appender has published and this page shows it."""
    for _ in range(60):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        time.sleep(0.5)
    raise AssertionError(f"{address} never said {words!r}: {page.locator('main').inner_text()}")
