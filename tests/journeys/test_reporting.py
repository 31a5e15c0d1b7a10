"""Reporting: every page a reporter meets, on a phone, in both languages, under axe and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.house import House

FIGURE_PAGE = "/bodies/RBO/indicators/RBO-UNSAFE"
FAULTS = list[tuple[str, object]]


def walk_through(page: Page, house: House, prefix: str, look: object) -> str:
    """File a report from a figure, looking at every page on the way; returns its seven words."""
    assert callable(look)
    page.goto(f"{house.url}{prefix}/report")
    look("door")
    page.goto(house.url + prefix + FIGURE_PAGE)
    page.locator('form[action$="/report"] button').first.click()
    look("what")
    page.locator("main form button").first.click()
    look("what, nothing typed")
    page.locator("textarea[name=what]").fill("The inspections were never made. 检查从未进行。")
    page.locator("main form button").first.click()
    look("how")
    page.locator("main form button").first.click()
    page.set_input_files(
        "input[type=file]", files=[{"name": "表格.csv", "mimeType": "text/csv", "buffer": b"a,b"}]
    )
    page.locator("button[value=add]").click()
    look("files")
    page.locator("button[value=on]").click()
    page.locator("summary").last.click()
    look("who")
    page.locator("main form button").first.click()
    look("check")
    page.locator("main form button").first.click()
    look("done")
    code = page.locator(".gp-words").inner_text()
    page.locator("main form button").first.click()
    look("left")
    page.goto(f"{house.url}{prefix}/report/done")
    look("ended")
    page.goto(f"{house.url}{prefix}/report/mailbox")
    page.locator("input[name=code]").fill("seven words that nobody was ever given")
    page.locator("main form button").first.click()
    look("mailbox, wrong words")
    page.locator("input[name=code]").fill(code.upper())
    page.locator("main form button").first.click()
    page.locator("textarea[name=text]").fill("One more thing. 补充一点。")
    page.locator("main form button").first.click()
    look("mailbox")
    return code


@pytest.mark.browser
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # looks are the same on either engine
def test_reporting_is_accessible_and_fits_a_phone_in_both_languages(house: House, browser: Browser) -> None:
    checking = browser.new_context(bypass_csp=True)  # axe is injected; the pages themselves carry no script
    page = checking.new_page()
    page.set_viewport_size({"width": 320, "height": 800})
    faults: FAULTS = []

    def look(name: str) -> None:
        page.wait_for_load_state()
        page.locator("footer").wait_for()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append((name, "scrolls sideways"))
        violations = Axe().run(page).response["violations"]
        faults.extend((name, [one["id"], one["nodes"][0]["html"]]) for one in violations)

    for prefix in ("", "/zh-Hans"):
        walk_through(page, house, prefix, look)
        page.get_by_role("button").last.click()
    assert faults == []
    checking.close()


@pytest.mark.browser
@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_reporting_works_without_scripts_and_asks_nothing_of_other_sites(house: House, browser: Browser) -> None:
    reporting = browser.new_context(java_script_enabled=False)
    page = reporting.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    code = walk_through(page, house, "", lambda _name: None)

    assert len(re.findall(r"[a-z]+", code)) == 7
    assert not any("Content Security Policy" in one or "Refused" in one for one in complaints)
    assert all(url.startswith(house.url) for url in asked)
    assert not any(word in url for url in asked for word in code.split())
    page.get_by_role("button", name="Leave the mailbox").click()
    assert reporting.cookies() == []
    reporting.close()
