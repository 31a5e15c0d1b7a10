"""Reading: every public page, as a reader on a phone, with a screen reader, or without scripts meets it."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.house import House

DOORS = ("/rate", "/report", "/desk", "/static", "/log/", "/api/")  # other journeys open these, or programs
SEEN_AS = ((320, ""), (320, "/zh-Hans"), (1280, ""))


def public_pages(page: Page, house: House) -> list[str]:
    """One address of each kind of public page, found by following links from the home page."""
    found: dict[str, str] = {}
    waiting = ["/", "/search?q=building"]
    while waiting:
        path = waiting.pop(0)
        if kind(path) in found:
            continue
        reply = page.goto(house.url + path)
        assert reply is not None
        assert reply.status == 200, path
        found[kind(path)] = path
        for href in page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            target = urlsplit(href)
            if href.startswith(house.url) and is_public_page(target.path) and not target.query:
                waiting.append(target.path)
    return list(found.values())


def kind(path: str) -> str:
    """/bodies/RBO/indicators/X is of the kind /bodies/*/indicators/*."""
    parts = urlsplit(path).path.split("/")
    return "/".join("*" if at % 2 == 0 and at > 0 else part for at, part in enumerate(parts))


def is_public_page(path: str) -> bool:
    is_file = re.search(r"(\.\w{3,10}|SHA256SUMS(\.sig)?)$", path) is not None
    return not (is_file or path.startswith(DOORS) or path.startswith("/zh-Hans"))


@pytest.mark.browser
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # looks are the same on either engine
def test_public_pages_are_accessible_and_fit_a_phone_in_both_languages(house: House, browser: Browser) -> None:
    checking = browser.new_context(bypass_csp=True)  # axe is injected; the pages themselves carry no script
    page = checking.new_page()
    paths = public_pages(page, house)
    assert len(paths) >= 10, paths
    faults: list[tuple[int, str, object]] = []
    for width, prefix in SEEN_AS:
        page.set_viewport_size({"width": width, "height": 800})
        for path in (prefix + path for path in paths):
            page.goto(house.url + path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((width, path, "scrolls sideways"))
            violations = Axe().run(page).response["violations"]
            faults.extend((width, path, [one["id"], one["nodes"][0]["html"]]) for one in violations)
    assert not faults
    checking.close()


@pytest.mark.browser
@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_public_pages_work_without_scripts_and_leave_nothing_with_the_reader(
    house: House, browser: Browser
) -> None:
    reading = browser.new_context(java_script_enabled=False)
    page = reading.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(house.url + "/")
    page.get_by_role("searchbox").fill("建筑")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Riverside Building Office").first.click()
    page.get_by_role("link", name="Unsafe buildings made safe within 30 days").first.click()
    assert page.get_by_role("img", name=re.compile("Unsafe buildings")).first.is_visible()
    page.get_by_role("link", name="中文").first.click()
    assert "/zh-Hans/bodies/RBO/indicators/RBO-UNSAFE" in page.url
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert reading.cookies() == []
    assert complaints == []
    reading.close()
