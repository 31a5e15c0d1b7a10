"""What is left on the disk after the whole line was walked: nothing of a report, a rater or a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import MetaData, inspect, select

from portal.foundation.db import Database
from tests.journeys import people
from tests.journeys.house import House
from tests.journeys.test_main_line import decide

pytestmark = pytest.mark.browser

AGENT = "Velvetanchor/9.1 (kept by nobody)"
MESSAGE = "Brambleclock: the list lies in the archive."


def test_a_dump_holds_no_word_of_a_report_and_no_trace_of_a_browser(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=house.url, user_agent=AGENT, java_script_enabled=False)
    reporter = context.new_page()
    code = people.doubt_the_figure(reporter, tmp_path)
    people.open_mailbox(reporter, code)
    reporter.locator("textarea").fill(MESSAGE)
    reporter.get_by_role("button", name="Send the message").click()
    reporter.goto("/services/RBO-PERMIT")
    reporter.get_by_role("button", name="Rate this service").click()
    reporter.get_by_label("Satisfied 满意", exact=True).check()
    reporter.get_by_role("button", name="Save my rating").click()
    decide(browser, house)
    house.run("ratings", "fold")
    house.stop()
    words = [
        *(text.split()[0].strip(":") for text in (people.WHAT, people.HOW, people.NAMES, MESSAGE)),
        people.FILE_NAME,
        people.FILE_TEXT.decode().split()[0],
        "The filing dates show it",
        *AGENT.split("/")[:1],
        code,
        code.replace(" ", "-"),
    ]
    forms = [(word, form.lower()) for word in words for form in (word.encode("latin-1"), word.encode("utf-16-le"))]
    for place, data in everything_kept(house):
        kept = data.lower()
        for word, form in forms:
            assert form not in kept, f"{word!r} is in {place}"


def everything_kept(house: House) -> Iterator[tuple[str, bytes]]:
    """Every cell of every table, and every file of the installation, its logs included."""
    database = Database(house.environment["PORTAL_DATABASE_URL"])
    with database.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        assert len(inspect(connection).get_table_names()) > 30
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                for cell in row:
                    yield table.name, cell if isinstance(cell, bytes) else str(cell).encode()
    database.dispose()
    for path in house.var.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(house.var)), path.read_bytes()
