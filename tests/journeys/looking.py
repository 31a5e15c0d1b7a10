"""Looking at a page as a screen reader and a small phone meet it: axe, whether anything scrolls sideways, and
whether all of it is in our letters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

PHONE = (320, 700)
Answer = tuple[int, str, bytes]
"""A status, a content type and a body."""
# what is folded away is opened first: a reader will open it too
LOOK = """const ofTheBrowser = getComputedStyle(document.documentElement).fontFamily
const inLettersOfTheBrowser = one => getComputedStyle(one).fontFamily === ofTheBrowser
    && [...one.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim())
document.querySelectorAll('details').forEach(one => { one.open = true });
axe.run({resultTypes: ['violations']}).then(found => [
    ...found.violations.map(one => one.id + ' ' + one.nodes[0].html),
    ...(document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways'] : []),
    ...[...document.body.querySelectorAll('*')].filter(inLettersOfTheBrowser).slice(0, 1)
        .map(one => 'in letters of the browser ' + one.outerHTML.slice(0, 80)),
])"""


@contextmanager
def looking(browser: Browser, origin: str, ask: Callable[[str], Answer] | None) -> Iterator[Page]:
    """A page of the width of a small phone that holds axe, and gets the styles of `origin` from `ask`."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/blank" or ask is None:
            route.fulfill(body="<!DOCTYPE html><title>-</title>", content_type="text/html")
            return
        status, kind, body = ask(path)
        route.fulfill(status=status, body=body, headers={"Content-Type": kind, "Cache-Control": "max-age=3600"})

    width, height = PHONE
    context = browser.new_context(viewport={"width": width, "height": height})
    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{origin}/blank")
    page.evaluate(Axe().axe_script)
    yield page
    context.close()


def look(page: Page, html: str) -> list[str]:
    """What is wrong with a page that somebody was shown."""
    page.set_content(html)
    found: list[str] = page.evaluate(LOOK)
    return found
