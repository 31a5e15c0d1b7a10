"""What was printed stays what it was, and says when it no longer holds."""

import json

import pytest

from portal.foundation.context import Portal
from portal.publishing.citing import Citation, Subject
from portal.publishing.touched import met_by, touches
from tests.conftest import Beginning, World
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.pages import PageClient

FIGURE = "/bodies/DPR/indicators/clean-parks"


def publish_two_years(portal: Portal) -> int:
    append(portal, body(), service(), indicator(service="permits"), kind="register")
    return append(portal, release(), figure(period="2021", actual="95.10", target=None), figure())


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_two_years if "first" in request.fixturenames else None


@pytest.fixture
def first(world: World) -> int:
    return world.told


def cited(subject: Subject, *keys: str, edition: int) -> str:
    return "/cite/" + Citation(subject, keys, edition).id


def series(edition: int) -> str:
    return cited(Subject.SERIES, "DPR", "clean-parks", edition=edition)


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_every_subject_has_its_permanent_page(client: PageClient, first: int, prefix: str) -> None:
    subjects = (
        series(first),
        cited(Subject.FIGURE, "DPR", "clean-parks", "2022", edition=first),
        cited(Subject.INDICATOR, "clean-parks", edition=first),
        cited(Subject.BODY, "DPR", edition=first),
        cited(Subject.RATINGS, "permits", edition=first),
        cited(Subject.RELEASE, "parks-2022", edition=first),
    )
    for path in subjects:
        reply = client.get(prefix + path)
        assert reply.status_code == 200, path
        assert path in reply.text
        assert client.get(prefix + path + ".json").json["standing"] == "newest"
        assert client.get(prefix + path + ".csv").status_code in (200, 302)


def test_figure_page_offers_its_citation_its_chart_and_its_embed(client: PageClient, first: int) -> None:
    page = client.get(FIGURE).text
    assert f'href="{series(first)}"' in page
    assert f'href="{FIGURE}.svg"' in page
    assert f"/embed/{Citation(Subject.SERIES, ('DPR', 'clean-parks'), first).id}&#34;" in page
    for path in ("/indicators/clean-parks", "/bodies/DPR", "/releases/parks-2022"):
        assert 'href="/cite/' in client.get(path).text, path


def test_cited_value_stays_and_its_correction_is_told(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, figure(actual="81.0", cause="upheld-report", replaces=first), kind="correction")
    page = client.get(series(first)).text
    assert "Corrected since" in page
    assert "Target met" in page, "as it was cited"
    assert "Upheld report" in page
    found = client.get(series(first) + ".json").json
    assert found["standing"] == "corrected"
    assert found["changed_since"][0]["cited_actual"] == "91.50"
    assert found["changed_since"][0]["now_actual"] == "81.0"
    assert [one["versions"][-1]["actual"] for one in found["figures"]] == ["95.10", "91.50"]
    assert found["edition"] == first
    assert "81.0" not in client.get(series(first) + ".csv").text
    later = client.get(series(first + 1)).text
    assert "This is still the newest" in later


def test_later_periods_only_supersede(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, release("parks-2023"), figure(period="2023", actual="90"))
    page = client.get(series(first)).text
    assert "More was published since" in page
    assert "2023" not in client.get(series(first) + ".csv").text
    alone = cited(Subject.FIGURE, "DPR", "clean-parks", "2022", edition=first)
    assert client.get(alone + ".json").json["standing"] == "newest"


def test_what_an_edition_did_not_hold_cannot_be_cited(client: PageClient, portal: Portal, first: int) -> None:
    for path in (series(first + 1), series(first - 1), "/cite/s2.DPR.clean-parks.zz", "/cite/nonsense"):
        assert client.get(path).status_code == 404, path


def test_code_too_long_to_print_is_found_again(client: PageClient, portal: Portal, first: int) -> None:
    code = "average-days-to-complete-first-plan-review-new-buildings"
    append(portal, indicator(code), indicator(code + "-2"), kind="register")
    edition = append(portal, release("plans"), figure(indicator=code, actual="7"))
    path = cited(Subject.SERIES, "DPR", code, edition=edition)
    assert len(path) < 50
    assert client.get(path + ".json").json["figures"][0]["indicator"] == code


def test_printed_citation_can_be_typed_in(client: PageClient, first: int) -> None:
    id = Citation(Subject.SERIES, ("DPR", "clean-parks"), first).id
    for typed in (id, f" {id}. ", f"https://portal.test/cite/{id}"):
        reply = client.get("/cite", query_string={"id": typed})
        assert reply.status_code == 303
        assert reply.headers["Location"].endswith(series(first))
    assert client.get("/cite").status_code == 200


def test_references_come_for_machines(client: PageClient, first: int) -> None:
    item = json.loads(client.get(series(first) + "/csl.json").data)[0]
    assert item["URL"] == "https://portal.test" + series(first)
    assert client.get(series(first) + "/citation.bib").text.startswith("@misc{")


def test_chart_files_carry_source_licence_edition_and_address(client: PageClient, first: int) -> None:
    for path in (FIGURE + ".svg", series(first) + ".svg", "/zh-Hans" + FIGURE + ".svg"):
        reply = client.get(path)
        assert reply.mimetype == "image/svg+xml"
        for words in ("NYC Open Data", "Public domain", series(first), "<title", "<desc"):
            assert words in reply.text, words
        assert "style" not in reply.text
        assert "class=" not in reply.text
    png = client.get("/zh-Hans" + series(first) + ".png")
    assert png.status_code in (200, 503), "503 where the machine has no Chinese font"
    if png.status_code == 200:
        assert png.data.startswith(b"\x89PNG")


def test_embed_is_light_scriptless_framable_and_honest(client: PageClient, portal: Portal, first: int) -> None:
    id = Citation(Subject.SERIES, ("DPR", "clean-parks"), first).id
    append(portal, figure(actual="81.0", cause="upheld-report", replaces=first), kind="correction")
    for path in (f"/embed/{id}", f"/zh-Hans/embed/{id}", "/embed" + FIGURE):
        reply = client.get(path)
        assert reply.status_code == 200
        assert len(reply.data) < 25_000
        assert "<script" not in reply.text
        assert "Set-Cookie" not in reply.headers
        assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
        assert "script-src 'none'" in reply.headers["Content-Security-Policy"]
        assert 'target="_blank"' in reply.text
    frozen, newest = client.get(f"/embed/{id}").text, client.get("/embed" + FIGURE).text
    assert "Corrected since" in frozen
    assert "91.50%" in frozen
    assert "81.0%" in newest
    assert "Corrected since" not in newest
    assert "frame-ancestors 'none'" in client.get(FIGURE).headers["Content-Security-Policy"]
    assert client.get("/embed/" + Citation(Subject.BODY, ("DPR",), first).id).status_code == 404


def test_a_new_version_reaches_every_page_that_says_whether_an_old_one_holds() -> None:
    touched = set(touches(figure(replaces=2)))
    for path in (series(2), series(2) + ".png", f"/embed/{series(2)[6:]}", "/embed" + FIGURE):
        assert touched & set(met_by(path)), path


def test_ratings_are_drawn_to_take_along_and_suppressed_ones_are_not(client: PageClient, portal: Portal) -> None:
    append(portal, body(), service(), kind="register")
    levels = {str(level): {"share": "0.2", "low": "0.1", "high": "0.3"} for level in range(1, 6)}
    shown = {"t": "rating", "service": "permits", "body": "DPR", "period": "2026-01", "suppressed": False}
    hidden = {**shown, "period": "2025-12", "suppressed": True, "n": None, "levels": {}}
    edition = append(portal, {**shown, "n": "40", "levels": levels}, hidden, kind="ratings")
    path = cited(Subject.RATINGS, "permits", edition=edition)
    svg = client.get(path + ".svg").text
    assert "January 2026: 60%" in svg
    assert "December 2025" not in svg
    assert path in svg
    assert f'href="{path}.png"' in client.get("/services/permits").text
    assert client.get(cited(Subject.BODY, "DPR", edition=edition) + ".svg").status_code == 404


def test_withdrawn_figure_stays_crossed_out_and_its_citation_says_so(
    client: PageClient, portal: Portal, first: int
) -> None:
    key = {"body": "DPR", "indicator": "clean-parks", "period": "2022"}
    append(portal, {"t": "notice", **key, "state": "withdrawn", "reason": None}, kind="notice")
    assert "gp-c-mark-withdrawn" in client.get(FIGURE).text
    assert "gp-c-mark-withdrawn" not in client.get(f"{FIGURE}?edition={first}").text
    page = client.get(series(first)).text
    assert "Withdrawn since" in page
    assert "91.50%" in page, "what was cited stays"
    assert client.get(series(first) + ".json").json["withdrawn_now"] == 1
    assert "Withdrawn." in client.get("/embed" + FIGURE).text


def test_a_chart_shows_and_says_which_side_of_the_target_counts_as_met(client: PageClient, first: int) -> None:
    """Whoever cannot see the tinted side reads it: in the description of the picture, its legend and its table."""
    page = client.get(FIGURE).text
    assert "gp-c-met" in page
    assert "the side of the target that counts as met" in page
    assert "2022: 91.50%, target 85% or more." in page.split("<desc")[1].split("</desc>")[0]
    assert "Target (at least)" in page
    assert "counts as met" in client.get(f"{FIGURE}.svg").text
