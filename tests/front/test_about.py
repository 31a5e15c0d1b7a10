"""What the portal says of itself, to people and to machines: it must be true, and reachable from every page."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from defusedxml import ElementTree

from portal.app import create_app
from portal.backups.contents import KEPT
from portal.foundation.context import Portal
from portal.front.web import about
from tests.factories.publishing import append, body, service
from tests.pages import PageClient

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def listed(page: bytes) -> list[str]:
    return [str(found.text) for found in ElementTree.fromstring(page).findall(".//s:loc", SITEMAP)]


def with_contact(portal: Portal, contact: str) -> PageClient:
    named = replace(portal, settings=portal.settings.model_copy(update={"contact": contact}))
    return PageClient(create_app(named))


@pytest.mark.parametrize("path", ["/about/privacy", "/about/accessibility"])
def test_every_page_leads_to_what_is_kept_and_how_accessible_it_is(client: PageClient, path: str) -> None:
    for page in ("/", "/rate", "/report/mailbox", "/bodies"):
        assert f'href="{path}"' in client.get(page).text
    assert f'href="/zh-Hans{path}"' in client.get("/zh-Hans/").text
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/about/privacy", "/about/accessibility"])
def test_whoever_is_to_be_asked_is_named_where_the_operator_named_somebody(portal: Portal, path: str) -> None:
    assert 'href="mailto:data@office.test"' in with_contact(portal, "data@office.test").get(path).text
    assert 'href="https://office.test/ask"' in with_contact(portal, "https://office.test/ask").get(path).text
    assert "not named an address" in with_contact(portal, "").get(path).text


def test_the_page_on_privacy_says_how_long_and_to_whom(portal: Portal) -> None:
    """Each of these was once promised shorter or smaller than it is."""
    settings = portal.settings.model_copy(update={"retention_notice_days": 77, "draft_hours": 12})
    page = PageClient(create_app(replace(portal, settings=settings))).get("/about/privacy").text
    assert "for 12 hours, by your browser alone, and is deleted within two days" in page
    assert "deleted 77 days later at the latest" in page
    assert f"gone from backups after {KEPT.days} days more" in page
    for told in (
        "asked for its answer",
        "hand a case to another authority",
        "how many files",
        "whether you gave a name",
    ):
        assert told in page


def test_people_of_the_desk_read_what_is_kept_of_them(client: PageClient) -> None:
    page = client.get("/about/privacy").text
    for kept in ("mail address", "certificates of training", "good at", "days you are away", "passkeys"):
        assert kept in page


def test_nobody_is_sent_to_an_outside_recipient_who_may_not_be_there(client: PageClient) -> None:
    assert "where there is an outside recipient" in client.get("/complaints").text


@pytest.mark.parametrize("contact", ["", "data@office.test"])
@pytest.mark.parametrize("path", ["/about/privacy", "/about/accessibility", "/complaints"])
def test_no_sentence_runs_into_the_next(portal: Portal, path: str, contact: str) -> None:
    text = re.sub(r"<[^>]+>", "", with_contact(portal, contact).get(path).text)
    assert re.findall(r"\w+[.:][A-Z]\w+", text) == []


def test_robots_are_led_to_the_site_map_and_away_from_what_is_not_for_them(client: PageClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /desk", "Disallow: /zh-Hans/desk", "Disallow: /report/"} <= set(lines)
    assert "Disallow: /report" not in lines, "its first page says how to report, and may be found"
    assert lines[-1] == "Sitemap: https://portal.test/sitemap.xml"


def test_the_site_map_lists_what_is_published_in_both_languages_and_every_address_answers(
    client: PageClient, portal: Portal
) -> None:
    append(portal, body("DPR"), service("permits"), kind="register")
    parts = listed(client.get("/sitemap.xml").data)
    assert parts == ["https://portal.test/sitemap-1.xml"]
    page = client.get("/sitemap-1.xml")
    assert page.content_type == "application/xml; charset=utf-8"
    addresses = [address.removeprefix("https://portal.test") for address in listed(page.data)]
    assert {"/bodies/DPR", "/zh-Hans/bodies/DPR", "/services/permits", "/about/privacy"} <= set(addresses)
    assert len(addresses) == len(set(addresses))
    for address in addresses:
        assert client.get(address).status_code == 200, address
    versions = ElementTree.fromstring(page.data).findall(".//s:url[1]/x:link", SITEMAP)
    assert [one.get("hreflang") for one in versions] == ["en", "zh-Hans"]


def test_a_long_site_map_comes_in_parts_and_ends(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about, "MOST_LISTED", 8)
    append(portal, *(body(f"B{n}") for n in range(9)), kind="register")
    parts = [part.removeprefix("https://portal.test") for part in listed(client.get("/sitemap.xml").data)]
    found = [address for part in parts for address in listed(client.get(part).data)]
    assert len(parts) > 2 and len(found) == len(set(found))
    assert "https://portal.test/zh-Hans/bodies/B8" in found
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_a_weakness_can_be_told_to_somebody_and_the_file_says_how_long_it_holds(portal: Portal) -> None:
    text = with_contact(portal, "data@office.test").get("/.well-known/security.txt").text
    told = dict(line.split(": ", 1) for line in text.splitlines())
    assert told["Contact"] == "mailto:data@office.test"
    expires = datetime.strptime(told["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert 0 < (expires - portal.clock.now()).days < 365, "RFC 9116 asks for less than a year"
    assert with_contact(portal, "").get("/.well-known/security.txt").status_code == 404
