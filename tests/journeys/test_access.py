"""Rating, reporting and the desk as a screen reader meets them: no axe violation, in both languages, at 320 px."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys import people
from tests.journeys.house import House
from tests.journeys.test_reading import kind

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]

PEOPLE = ("officer", "decider", "moderator", "registrar", "publisher", "evaluator", "marker", "auditor")
LANGUAGES = ("", "/zh-Hans")


class Inspector:
    """Runs axe on whatever page is open, and keeps the faults."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, object]] = []
        self.seen: set[str] = set()

    def look(self, page: Page) -> None:
        page.locator("h1").wait_for()  # the page after a click, not the one before it
        page.wait_for_load_state()
        where = urlsplit(page.url).path
        self.seen.add(where)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.faults.append((where, "scrolls sideways"))
        for one in Axe().run(page).response["violations"]:
            self.faults.append((where, [one["id"], one["nodes"][0]["html"]]))


def checking(browser: Browser, house: House) -> BrowserContext:
    """axe is injected, which the pages' own policy would refuse."""
    viewport = {"width": 320, "height": 700}
    return browser.new_context(base_url=house.url, bypass_csp=True, viewport=viewport)  # type: ignore[arg-type]


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_rating_and_reporting_are_accessible(house: House, browser: Browser, prefix: str) -> None:
    inspector, context = Inspector(), checking(browser, house)
    page = context.new_page()
    for step in rating_and_reporting(page, prefix):
        assert step is None
        inspector.look(page)
    assert inspector.faults == []
    assert len(inspector.seen) >= 12, inspector.seen
    context.close()


def rating_and_reporting(page: Page, prefix: str) -> Iterator[None]:
    page.goto(f"{prefix}/rate")
    yield
    page.goto(f"{prefix}/rate/RBO-PERMIT")
    yield
    page.locator("main button").first.click()  # nothing chosen: the page comes back with an error summary
    yield
    page.locator("input[type=radio]").nth(1).check()
    page.locator("main button").first.click()
    yield
    page.goto(f"{prefix}/report")
    yield
    page.goto(f"{prefix}{people.FIGURE}")
    page.locator("form[action$='/report'] button").first.click()
    yield
    page.locator("main form button").first.click()
    yield
    page.locator("textarea").fill(people.WHAT)
    for _ in ("how", "files", "who", "check"):
        page.locator("main form button[value=on], main form button:not([value])").first.click()
        yield
    page.locator("main form button").first.click()
    yield
    code = page.locator("p[translate=no]").inner_text()
    page.locator("main form button").first.click()
    yield
    page.goto(f"{prefix}/report/mailbox")
    yield
    page.locator("input[name=code]").fill("not the right words at all here")
    page.locator("main form button").first.click()
    yield
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    yield


def test_the_desk_is_accessible_to_everybody_who_works_there(house: House, browser: Browser) -> None:
    inspector, context = Inspector(), checking(browser, house)
    page = context.new_page()
    for prefix in LANGUAGES:
        page.goto(f"{prefix}/desk/sign-in")
        inspector.look(page)
    context.close()
    for name in PEOPLE:
        page = people.signed_in(browser, house, name)
        cookies = page.context.cookies()
        context = checking(browser, house)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        walk_the_desk(context.new_page(), house, inspector)
        context.close()
    assert inspector.faults == []
    assert len(inspector.seen) >= 40, inspector.seen


def walk_the_desk(page: Page, house: House, inspector: Inspector) -> None:
    """One page of each kind that is linked from the person's first page, in both languages."""
    known: set[str] = set()
    waiting = ["/desk"]
    while waiting:
        path = waiting.pop(0)
        if kind(path) + path.rsplit("/", 1)[-1] in known:
            continue
        known.add(kind(path) + path.rsplit("/", 1)[-1])
        page.goto(house.url + path)
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        waiting += [
            urlsplit(href).path
            for href in links
            if href.startswith(f"{house.url}/desk") and "/files/" not in href and len(known) < 25
        ]
        for prefix in LANGUAGES:
            if prefix + path not in inspector.seen:
                page.goto(house.url + prefix + path)
                inspector.look(page)
