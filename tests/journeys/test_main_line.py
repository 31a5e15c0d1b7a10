"""The whole line in a browser: read → rate → report → queue → decide → correct → score changes → verify."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from portal.foundation.db import Database
from tests.journeys import people
from tests.journeys.house import House

pytestmark = pytest.mark.browser


def test_from_a_doubt_to_a_corrected_figure_and_a_changed_score(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    read(browser, house)
    rate(browser, house)
    rate_by_keyboard(browser, house)
    score_before = published_score(browser, house)
    code = people.doubt_the_figure(people.visitor(browser, house, script=False), tmp_path)
    decide(browser, house)
    reader = people.visitor(browser, house, script=False)
    people.eventually(reader, people.FIGURE, "Under review")
    correct(browser, house)
    people.eventually(reader, people.FIGURE, "13.4")
    reader.goto("/corrections")
    expect(reader.locator("main")).to_contain_text("13.4")
    expect(reader.locator("main")).to_contain_text("8.5")
    evaluate_again(browser, house, score_before)
    hear_back(browser, house, code)
    verify(house)


def read(browser: Browser, house: House) -> None:
    """A journalist searches, opens the figure and gets no cookie on the way."""
    page = people.visitor(browser, house, script=False)
    page.goto("/")
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill("first plan review")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Average days to complete first plan review").first.click()
    page.goto(people.FIGURE)
    expect(page.locator("main")).to_contain_text("8.5")
    expect(page.locator("main")).to_contain_text("Invented")
    assert page.context.cookies() == []


def rate(browser: Browser, house: House) -> None:
    """A client rates the service on a phone: one tap, one button; the comment comes after."""
    page = people.visitor(browser, house, script=False)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/services/RBO-PERMIT")
    page.get_by_role("button", name="Rate this service").click()
    button = page.get_by_role("button", name="Save my rating")
    box = button.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 640, "the button must be above the fold"
    page.get_by_label("Dissatisfied 不满意", exact=True).check()
    button.click()
    page.locator("textarea").fill("Gossamerpebble: nobody answered the telephone.")
    page.locator("main").get_by_role("button").first.click()
    assert "Folded" in house.run("ratings", "fold").stdout


def rate_by_keyboard(browser: Browser, house: House) -> None:
    """The same without a mouse and without a code, on the narrowest phone: as wide as 640 pixels at 200 % zoom."""
    page = people.visitor(browser, house)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/rate")
    people.tab_to(page, "#q")
    page.keyboard.type("permit")
    people.enter(page)
    people.tab_to(page, 'main a[href$="/RBO-PERMIT"]')
    people.enter(page)
    people.tab_to(page, "input[name=level]")
    assert page.evaluate(SMALLEST) >= 19
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Satisfied 满意", exact=True)).to_be_checked()
    people.tab_to(page, "main form button")
    people.enter(page)
    expect(page.locator("textarea")).to_be_visible()
    expect(page.locator('main a[href*="/report"]').first).to_be_visible()


SMALLEST = """() => Math.min(...[...document.querySelectorAll("main *")]
    .filter(one => one.checkVisibility())
    .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
"""The size in pixels of the smallest text that can be seen."""


def decide(browser: Browser, house: House) -> None:
    """One officer acknowledges, takes, hears the body and proposes; a second one signs; the connected one sees
    nothing."""
    connected = people.signed_in(browser, house, "connected", printed=True)
    connected.goto("/desk/cases")
    expect(connected.locator("main")).to_contain_text("There is nothing here.")
    officer = people.signed_in(browser, house, "officer")
    officer.goto("/desk/cases")
    row = officer.get_by_role("row").filter(has_text="Average days to complete first plan review")
    row.get_by_role("link").first.click()
    address = officer.url
    expect(officer.locator("main")).to_contain_text(people.WHAT)
    people.act(officer, "Acknowledge the report", "Acknowledge")
    officer.get_by_role("link", name="Assign the case").click()
    officer.get_by_label("Wang Fang", exact=False).check()
    officer.get_by_role("button", name="Assign", exact=True).click()
    hear_the_body(browser, house, officer)
    officer.goto(address)
    officer.get_by_role("link", name="Propose a finding").click()
    officer.get_by_label("Upheld: the figure", exact=False).check()
    officer.locator("textarea[name=reason]").fill("The filing dates show it.")
    officer.get_by_role("button", name="Propose", exact=True).click()
    expect(officer.get_by_role("link", name="Agree with the finding")).to_have_count(0)
    assert connected.goto(address).status == 404  # type: ignore[union-attr]
    decider = people.signed_in(browser, house, "decider")
    decider.goto(address)
    people.act(decider, "Agree with the finding", "Sign")
    officer.goto(address)
    officer.get_by_role("link", name="Propose the correction").click()
    officer.locator("input[name=new_actual]").fill("13.4")
    officer.locator("textarea[name=reason]").fill("Counted anew from the filing dates.")
    officer.get_by_role("button", name="Propose", exact=True).click()


def hear_the_body(browser: Browser, house: House, officer: Page) -> None:
    """An extract is put before the body, and its signer answers at its own desk."""
    officer.get_by_role("link", name="Ask the body for an answer").click()
    officer.locator("textarea[name=text]").fill("Please show how plan reviews of 2025 were counted.")
    officer.get_by_role("button", name="Send", exact=True).click()
    signer = people.signed_in(browser, house, "signer")
    signer.get_by_role("link", name="The office asks your body for an answer").click()
    expect(signer.locator("main")).to_contain_text("how plan reviews of 2025 were counted")
    expect(signer.locator("main")).not_to_contain_text(people.WHAT)
    signer.locator("textarea[name=text]").fill("From the day a plan was found complete.")
    signer.locator("main").get_by_role("button").click()


def correct(browser: Browser, house: House) -> None:
    """Who published the false figure is connected to it: another publisher gives the second signature."""
    signed_it = people.signed_in(browser, house, "publisher")
    signed_it.goto("/desk/corrections")
    expect(signed_it.locator("main")).to_contain_text("No correction is waiting.")
    publisher = people.signed_in(browser, house, "publisher-2")
    publisher.goto("/desk/corrections")
    publisher.locator("main").get_by_role("link", name="RBO-PLAN-DAYS").first.click()
    publisher.get_by_role("button", name="Approve and publish").click()


def published_score(browser: Browser, house: House) -> str:
    page = people.visitor(browser, house)
    page.goto("/evaluations/2025/RBO")
    return page.locator(".gp-headline__value").first.inner_text().strip()


def evaluate_again(browser: Browser, house: House, before: str) -> None:
    """The score moves because of the case, and the page says why."""
    officer = people.signed_in(browser, house, "evaluator")
    officer.goto("/desk/evaluation/2025/RBO")
    expect(officer.locator("main")).to_contain_text("corrected after an upheld report")
    officer.get_by_text("Propose this result").click()
    officer.locator("textarea[name=reason]").fill("A figure was corrected after a case.")
    officer.get_by_role("button", name="Propose the result").click()
    approver = people.signed_in(browser, house, "approver")
    approver.goto("/desk/evaluation/2025/RBO")
    approver.get_by_role("button", name="Sign and publish").click()
    reader = people.visitor(browser, house, script=False)
    people.eventually(reader, "/evaluations/2025/RBO", "corrected after an upheld report")
    after = reader.locator(".gp-headline__value").first.inner_text().strip()
    assert float(after) < float(before)


def hear_back(browser: Browser, house: House, code: str) -> None:
    reporter = people.visitor(browser, house, script=False)
    people.open_mailbox(reporter, code)
    expect(reporter.locator("main")).to_contain_text("what you reported is so")


def verify(house: House) -> None:
    """The log proves itself over HTTP, and fails, naming the entry, when one byte of it is changed."""
    good = house.run("log", "verify", "--url", house.url)
    assert good.returncode == 0, good.stdout
    assert house.run("audit", "verify").returncode == 0
    database = Database(house.environment["PORTAL_DATABASE_URL"])
    with database.write() as session:
        document = bytes(session.scalar(text("SELECT document FROM log_entry WHERE n = 3")))  # type: ignore[arg-type]
        place = document.index(b'"at":"20') + 7
        changed = document[:place] + b"1" + document[place + 1 :]
        session.execute(text("UPDATE log_entry SET document = :d WHERE n = 3"), {"d": changed})
    database.dispose()
    for arguments in (("log", "verify"), ("log", "verify", "--url", house.url)):
        bad = house.run(*arguments, check=False)
        assert bad.returncode != 0
        assert "entry 3" in (bad.stdout + bad.stderr).lower()
