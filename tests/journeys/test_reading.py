"""Reading without scripts, in both languages; nothing is left with the reader."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.house import House


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
    expect(page.get_by_role("img", name=re.compile("Unsafe buildings")).first).to_be_visible()
    page.get_by_role("link", name="中文").first.click()
    expect(page).to_have_url(re.compile("/zh-Hans/bodies/RBO/indicators/RBO-UNSAFE"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert reading.cookies() == []
    assert complaints == []
    reading.close()
