"""If a page of last year's edition showed anything else than it did last year, no citation could be trusted."""

import json
import re

import pytest
from sqlalchemy import select, update

from portal.foundation.context import Portal
from portal.publishing.models import Act
from portal.publishing.services import salt_text
from portal.publishing.values import cite
from tests.conftest import Beginning, World
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.pages import PageClient
from tests.publishing.test_pages import notice, summary

SAMPLES = {
    "body": "DPR",
    "indicator": "clean-parks",
    "service": "permits",
    "slug": "parks-2022",
    "cycle": "2025",
    "part": 1,
    "period": "2022",
    "form": "json",
    "reference": "R-1",
}
"""What stands for each variable in an address; a new page with a new one needs a value here."""

EVALUATION = {
    "t": "evaluation",
    "cycle": "2025",
    "body": "DPR",
    "names": {"en": "2025", "zh_Hans": "2025"},
    "period": "2025",
    "score": "80",
    "parts": [],
}
_BANNER = re.compile(
    r'<div class="govuk-width-container">\s*<aside [^>]*id="as-published".*?</aside>\s*</div>',
    re.DOTALL,
)
_META = re.compile(r'\s*<meta name="robots" content="noindex">\s*<link rel="canonical" href="[^"]*">')
_SINCE = re.compile(r'<section class="gp-box" id="since-then">.*?</section>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="edition" value="\d+">\s*')


def publish_four(portal: Portal) -> str:
    """Four editions: register, release with a note, ratings, correction."""
    with portal.database.write() as session:
        digest = salt_text(session, "counted by hand")
    append(portal, body(), service(), indicator(service="permits"), kind="register")
    append(portal, release(), figure(note=cite(digest)), figure(period="2021", actual="80"))
    append(portal, summary(), kind="ratings")
    append(
        portal, figure(actual="70", cause="upheld-report", replaces=2), notice("under-review"), kind="correction"
    )
    return digest


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_four if "note" in request.fixturenames else None


@pytest.fixture
def note(world: World) -> str:
    return world.told


def addresses(client: PageClient) -> list[str]:
    """Every published page, with a sample for each variable of its address."""
    found = []
    app = client.application
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "published_keys") or hasattr(view, "edition_is_fixed"):
            continue
        if rule.rule.startswith("/api/"):  # programs ask for editions by the terms of the API itself
            continue
        missing = rule.arguments - set(SAMPLES) - set(rule.defaults or {})
        assert not missing, f"{rule.rule}: give a sample for {missing} in SAMPLES"
        with app.test_request_context():
            path = app.url_map.bind("").build(rule.endpoint, {**SAMPLES, **(rule.defaults or {})})
        found.append(path.split("?")[0])
    return sorted(set(found))


def plain(text: str, n: int) -> str:
    """A page without the banner and without the edition in its links."""
    text = _SINCE.sub("", _HIDDEN.sub("", _META.sub("", _BANNER.sub("", text))))
    for mark in (f"?edition={n}&amp;", f"?edition={n}&"):
        text = text.replace(mark, "?")
    for mark in (f"?edition={n}", f"&amp;edition={n}", f"&edition={n}"):
        text = text.replace(mark, "")
    return re.sub(r"\s+", " ", text)


def test_every_published_page_stands_as_it_was(client: PageClient, portal: Portal, note: str) -> None:
    pages = [prefix + path for path in addresses(client) for prefix in ("", "/zh-Hans")]
    then = {path: client.get(path) for path in pages}
    append(portal, figure(actual="71", cause="source-correction", replaces=4), kind="correction")
    append(portal, body(names={"en": "Renamed", "zh_Hans": "新名"}), release("parks-2024"), figure(period="2024"))
    compared = 0
    for path, before in then.items():
        if before.status_code != 200:
            continue
        now = client.get(f"{path}?edition=4")
        assert now.status_code == 200, path
        if path.endswith(".png"):
            assert now.data == before.data, path
            continue
        assert plain(now.text, 4) == plain(before.text, 4), path
        compared += 1
    assert compared > 40


def test_data_of_an_edition_are_the_same_bytes(client: PageClient, portal: Portal, note: str) -> None:
    path = "/bodies/DPR/indicators/clean-parks"
    before = {form: client.get(f"{path}.{form}").data for form in ("csv", "json")}
    append(portal, figure(actual="71", cause="source-correction", replaces=4), kind="correction")
    for form, data in before.items():
        assert client.get(f"{path}.{form}?edition=4").data == data
        assert client.get(f"{path}.{form}").data != data


def test_a_banner_says_since_when_and_leads_to_the_newest(client: PageClient, note: str) -> None:
    page = client.get("/bodies/DPR?edition=2").text
    assert "As published on 9 February 2026: edition 2" in page
    assert "The newest is edition 4" in page and "2 acts were published in between" in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<link rel="canonical" href="https://portal.test/bodies/DPR">' in page
    assert "as-published" not in client.get("/bodies/DPR").text
    assert "the newest" in client.get("/bodies/DPR?edition=4").text


def test_pages_that_share_their_links_have_each_their_own(client: PageClient, note: str) -> None:
    """The header and the footer are made once for many pages: for those of one language, section and edition."""
    asked = [
        (prefix, section, edition)
        for prefix in ("", "/zh-Hans")
        for section in ("/bodies", "/data", "/corrections")
        for edition in ("", "?edition=2", "?edition=3")
    ]
    for prefix, section, edition in [*asked, *reversed(asked)]:
        page = client.get(f"{prefix}{section}{edition}").text
        header = page[page.index('<nav class="gp-nav"') : page.index("</nav>")]
        assert f'href="{prefix}/bodies{edition}"' in header and f'href="{prefix}/data{edition}"' in header
        assert ("结果" if prefix else "Results") in header
        current = re.findall(r'href="([^"]+)" aria-current="true"', header)
        assert current == ([] if section == "/corrections" else [f"{prefix}{section}{edition}"])
        footer = page[page.index('<ul class="gp-footer__doors">') :]
        assert f'<a href="{prefix}/rate' in footer
        assert (": " in footer) is not bool(prefix)


def test_links_inside_and_the_language_switch_keep_the_edition(client: PageClient, note: str) -> None:
    page = client.get("/bodies?edition=2").text
    assert 'href="/bodies/DPR?edition=2"' in page
    assert 'href="/zh-Hans/bodies?edition=2"' in page
    assert 'href="/bodies.csv?edition=2"' in page
    assert 'href="/rate"' in page and "/rate?edition" not in page
    assert "edition=2" in client.get("/zh-Hans/bodies/DPR?edition=2").text
    assert "edition=" not in client.get("/bodies").text.replace('name="edition', "")


def test_replies_name_their_neighbours_in_time(client: PageClient, note: str) -> None:
    old = client.get("/zh-Hans/bodies.json?edition=2").headers
    assert old["Memento-Datetime"] == "Mon, 09 Feb 2026 09:00:00 GMT"
    assert old["X-Robots-Tag"] == "noindex"
    for part in (
        '<https://portal.test/zh-Hans/bodies.json>; rel="original latest-version"',
        '<https://portal.test/zh-Hans/timegate/bodies.json>; rel="timegate"',
        '<https://portal.test/zh-Hans/bodies.json?edition=1>; rel="predecessor-version"',
        '<https://portal.test/zh-Hans/bodies.json?edition=3>; rel="successor-version"',
    ):
        assert part in old["Link"]
    newest = client.get("/bodies").headers
    assert "Memento-Datetime" not in newest and "X-Robots-Tag" not in newest
    assert 'rel="timegate"' in newest["Link"]


@pytest.mark.parametrize("n", ["5", "0", "-1", "x", "", "²", "9" * 30], ids=[*map(str, range(7))])
def test_an_edition_that_is_not_there_is_said_clearly(client: PageClient, note: str, n: str) -> None:
    reply = client.get(f"/bodies/DPR?edition={n}")
    assert reply.status_code == 404
    assert ("The newest is edition 4" if n == "5" else "Editions are counted 1, 2, 3") in reply.text
    assert 'href="/bodies"' in reply.text and "as-published" not in reply.text


def test_a_text_withdrawn_since_is_withdrawn_in_older_editions_too(
    client: PageClient, portal: Portal, note: str
) -> None:
    address = "/bodies/DPR/indicators/clean-parks?edition=2"
    assert "counted by hand" in client.get(address).text
    append(portal, {"t": "withdrawal", "digest": note, "ground": "personal-data"}, kind="withdrawal")
    page = client.get(address).text
    assert "counted by hand" not in page and "withdrawn by act 5" in page


def at_days(portal: Portal) -> None:
    """The four acts on 1 … 4 February."""
    with portal.database.write() as session:
        for act in session.scalars(select(Act).where(Act.edition.is_not(None))):
            assert act.edition is not None and act.appended_at is not None
            act.appended_at = act.appended_at.replace(day=act.edition)
        session.execute(update(Act).values(meta={}))


@pytest.mark.parametrize(
    ("asked", "edition"),
    [
        ({"Accept-Datetime": "Tue, 03 Feb 2026 08:59:59 GMT"}, 2),
        ({"Accept-Datetime": "Tue, 03 Feb 2026 09:00:00 GMT"}, 3),
        ({"Accept-Datetime": "Tue, 03 Feb 2015 09:00:00 GMT"}, 1),
        ({}, 4),
    ],
)
def test_the_time_gate_leads_to_the_edition_of_a_moment(
    client: PageClient, portal: Portal, note: str, asked: dict[str, str], edition: int
) -> None:
    at_days(portal)
    reply = client.get("/zh-Hans/timegate/corrections?page=1", headers=asked)
    assert reply.status_code == 302
    assert reply.location == f"https://portal.test/zh-Hans/corrections?page=1&edition={edition}"
    assert reply.headers["Vary"] == "Accept-Datetime"
    assert client.get(reply.location).status_code == 200


def test_a_day_leads_to_its_last_edition(client: PageClient, portal: Portal, note: str) -> None:
    at_days(portal)
    assert client.get("/timegate/bodies?date=2026-02-03").location.endswith("/bodies?edition=3")
    assert client.get("/timegate/bodies?date=2026-02-31").status_code == 422
    assert client.get("/timegate/bodies", headers={"Accept-Datetime": "yesterday"}).status_code == 422
    assert client.get("/timegate/rate").status_code == 404
    assert client.get("/timegate/desk/people?date=2026-02-03").status_code == 404


def test_a_search_keeps_the_edition(client: PageClient, portal: Portal, note: str) -> None:
    append(portal, body(names={"en": "Renamed", "zh_Hans": "新名"}), kind="register")
    assert json.loads(client.get("/search.json?q=DPR&edition=4").data)["results"][0]["names"]["en"] == "Body DPR"
    assert '<input type="hidden" name="edition" value="4">' in client.get("/search?q=DPR&edition=4").text
