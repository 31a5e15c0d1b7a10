"""What a reader of the public pages must be able to rely on."""

import csv
import gc
import io
import json

import pytest

from portal.foundation.context import Portal
from tests.conftest import Beginning, World
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.pages import PageClient

FIGURE = "/bodies/DPR/indicators/clean-parks"
PAGES = (
    *("/", "/bodies", "/bodies/DPR", FIGURE, "/services/permits", "/indicators", "/indicators/clean-parks"),
    *("/releases", "/releases/parks-2022", "/corrections", "/search", "/search?q=parks"),
)
TABLES = ("/bodies", "/bodies/DPR", FIGURE, "/services/permits", "/indicators", "/indicators/clean-parks")


def notice(state: str) -> dict[str, str]:
    return {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": "2022", "state": state}


def summary(**fields: object) -> dict[str, object]:
    shares = {str(level): {"share": "0.2", "low": "0.1234", "high": "0.3"} for level in range(1, 6)}
    return {
        "t": "rating",
        "service": "permits",
        "body": "DPR",
        "period": "2026-01",
        "suppressed": False,
        "n": "40",
        "levels": shares,
    } | fields


def publish_two_years(portal: Portal) -> int:
    """A small register with two years of one indicator; the edition of the release."""
    append(
        portal,
        body(invented=False, names={"en": "Parks", "zh_Hans": "公园局"}),
        service(),
        indicator(service="permits"),
        kind="register",
    )
    return append(portal, release(), figure(period="2021", actual="95.10", target=None), figure())


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_two_years if "first" in request.fixturenames else None


@pytest.fixture
def first(world: World) -> int:
    return world.told


def correct(portal: Portal, first: int) -> int:
    return append(
        portal, figure(actual="81.0", cause="upheld-report", replaces=first), notice("lifted"), kind="correction"
    )


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_every_page_is_whole_in_both_languages_and_sets_no_cookie(
    client: PageClient, first: int, portal: Portal, prefix: str
) -> None:
    append(portal, summary(), kind="ratings")
    correct(portal, first)
    for path in PAGES:
        reply = client.get(prefix + path)
        assert reply.status_code == 200, path
        assert "Set-Cookie" not in reply.headers
        assert "csrf" not in reply.text
        assert f'<html lang="{"zh-Hans" if prefix else "en"}"' in reply.text
    assert ("公园局" if prefix else "Parks") in client.get(prefix + "/bodies").text


def test_before_anything_is_published_pages_say_so_and_are_whole(client: PageClient) -> None:
    for path in ("/", "/bodies", "/indicators", "/releases", "/corrections", "/search?q=x"):
        assert client.get(path).status_code == 200, path
    assert "Nothing is published yet" in client.get("/bodies").text


def test_what_is_not_published_is_not_found(client: PageClient, first: int) -> None:
    for path in ("/bodies/x", "/services/x", "/indicators/x", "/releases/x", "/bodies/x.json"):
        assert client.get(path).status_code == 404, path


def test_indicator_without_figures_at_a_body_leads_to_the_indicator(
    client: PageClient, portal: Portal, first: int
) -> None:
    append(portal, indicator("unmeasured"), kind="register")
    reply = client.get("/zh-Hans/bodies/DPR/indicators/unmeasured")
    assert reply.status_code == 302
    assert reply.headers["Location"] == "/zh-Hans/indicators/unmeasured"


def test_figure_page_answers_at_once(client: PageClient, first: int) -> None:
    page = client.get(FIGURE).text
    for answer in (
        "91.50%",
        "target 85% or more",
        "Target met",
        "Worse than its own past: 95.10% in the period before.",
        "Never changed",
        "What is counted.",
        "NYC Open Data",
        "Public domain",
        f"{FIGURE}.csv",
    ):
        assert answer in page, answer
    assert "Invented for demonstration" not in page


def test_missing_target_is_no_target_and_never_met(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, figure(period="2023", target=None, actual="0"))
    page = client.get(FIGURE).text
    headline = page[page.index("gp-headline") : page.index("gp-actions")]
    assert "No target" in headline
    assert "Target met" not in headline
    rows = json.loads(client.get(f"{FIGURE}.json").text)["figures"]
    assert rows[-1]["versions"][0]["target"] is None
    assert rows[-1]["versions"][0]["status"] == "no-target"


def test_missing_result_is_told_and_the_newest_result_stays_the_headline(
    client: PageClient, portal: Portal, first: int
) -> None:
    append(portal, figure(period="2023", actual=None, obs_status="O"))
    page = client.get(FIGURE).text
    assert "No result for 2023 yet" in page
    assert "91.50%" in page[page.index("gp-headline") : page.index("gp-actions")]
    assert "[x]" in page
    assert "No result for 2023 yet" in client.get("/bodies/DPR").text


def test_provisional_value_is_marked_wherever_it_stands(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, figure(period="2023", obs_status="P"))
    for path in (FIGURE, "/bodies/DPR", "/indicators/clean-parks", "/services/permits"):
        assert "[p]" in client.get(path).text, path


def test_a_result_that_came_later_as_planned_is_not_called_corrected(
    client: PageClient, portal: Portal, first: int
) -> None:
    """“Corrected” says that somebody had published something wrong."""
    empty = append(portal, figure(period="2023", actual=None, target=None))
    append(portal, figure(period="2023", replaces=empty))
    page = client.get(FIGURE).text
    assert "Revised 9 Feb 2026" in page
    assert f"There was no result of 2023 until edition {empty}." in page
    assert "Corrected" not in page


def test_corrected_figure_keeps_its_old_value_on_the_page_and_in_the_chart(
    client: PageClient, portal: Portal, first: int
) -> None:
    correct(portal, first)
    page = client.get(FIGURE).text
    assert "Corrected 9 Feb 2026" in page
    assert "91.50 before" in page
    assert "Upheld report" in page
    assert "Scheduled release" in page
    assert "gp-c-mark-before" in page
    assert "Target not met" in page


def test_notice_is_neutral_and_goes_when_lifted(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, notice("under-review"), kind="notice")
    page = client.get(FIGURE).text
    assert "This figure is under review" in page
    assert "91.50%" in page
    # the same mark stands beside a figure that two officers have found false: its words have to be true of both
    assert "it is being looked into, or it was found wrong and its correction is owed" in page
    assert "within 7 days of the finding" in page and "nothing yet about whether it is right" not in page
    chinese = client.get(f"/zh-Hans{FIGURE}").text
    assert "该数据正在核查，或者已被认定有误、应予更正" in chinese and "7 日内" in chinese
    embedded = client.get(f"/embed{FIGURE}").text
    assert "or was found wrong and is to be corrected" in embedded
    append(portal, notice("lifted"), kind="notice")
    page = client.get(FIGURE).text
    assert "This figure is under review" not in page
    assert "Review ended" in page


def test_doubting_a_figure_sends_figure_and_edition_by_post_and_no_token(client: PageClient, first: int) -> None:
    page = client.get(FIGURE).text
    form = page[page.index('class="gp-doubt"') - 60 :]
    form = form[: form.index("</form>")]
    assert 'method="post"' in form
    assert 'action="/report"' in form
    for name, value in (
        ("body", "DPR"),
        ("indicator", "clean-parks"),
        ("period", "2022"),
        ("edition", str(first)),
    ):
        assert f'name="{name}" value="{value}"' in form
    assert form.count("<input") == 4


def test_service_page_has_ratings_with_n_shares_and_intervals_and_both_doors(
    client: PageClient, portal: Portal, first: int
) -> None:
    n = append(portal, summary(), summary(period="2025-12", suppressed=True, n=None, levels={}), kind="ratings")
    page = client.get("/services/permits").text
    assert "40 ratings" in page
    assert "12%–30%" in page
    assert "Too few ratings" in page
    assert 'href="/rate/permits"' in page
    assert "This does not match what happened to me" in page
    assert f'name="edition" value="{n}"' in page


def test_suppressed_ratings_leave_no_number_in_any_format(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, summary(suppressed=True, n="7"), kind="ratings")
    for form in ("", ".json", ".csv"):
        text = client.get(f"/services/permits{form}").text
        assert "0.1234" not in text
        assert "12%" not in text
        assert '"7"' not in text
        assert ",7," not in text
        assert "7 ratings" not in text


def test_invented_body_says_so_on_each_of_its_pages(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, body(invented=True), kind="register")
    for path in ("/bodies/DPR", FIGURE, "/services/permits", "/bodies", "/releases/parks-2022"):
        assert "Invented for demonstration" in client.get(path).text, path


def test_tables_speak_csv_that_excel_opens_and_json_with_the_edition(
    client: PageClient, portal: Portal, first: int
) -> None:
    append(portal, summary(), kind="ratings")
    for path in TABLES:
        text = client.get(f"{path}.csv").get_data()
        assert text.startswith(b"\xef\xbb\xbf")
        assert not client.get(f"{path}.csv?bom=0").get_data().startswith(b"\xef")
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
        assert rows
        reply = client.get(f"{path}.json")
        drawn_from = json.loads(reply.text)["edition"]  # the one in which the page last changed
        assert drawn_from in (first, first + 1)
        assert all(row["edition"] == str(drawn_from) for row in rows)
        assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_figures_keep_the_digits_they_were_published_with(client: PageClient, first: int) -> None:
    row = list(csv.DictReader(io.StringIO(client.get(f"{FIGURE}.csv?bom=0").text)))[-1]
    assert (row["actual"], row["target"]) == ("91.50", "85")
    versions = json.loads(client.get(f"{FIGURE}.json").text)["figures"][-1]["versions"]
    assert versions[0]["actual"] == "91.50"


def test_formulas_in_names_do_not_run_in_a_spreadsheet(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, body(names={"en": "=HYPERLINK(1)", "zh_Hans": "-5"}), kind="register")
    row = next(csv.DictReader(io.StringIO(client.get("/bodies.csv?bom=0").text)))
    assert row["name_en"] == "'=HYPERLINK(1)"
    assert row["name_zh_Hans"] == "-5"


def test_markup_in_names_is_shown_and_never_run(client: PageClient, portal: Portal, first: int) -> None:
    append(portal, body(names={"en": "<script>alert(1)</script>", "zh_Hans": "x"}), kind="register")
    for path in ("/bodies", "/bodies/DPR", FIGURE, "/services/permits", "/search?q=alert"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_search_finds_english_words_and_two_chinese_characters(
    client: PageClient, portal: Portal, first: int
) -> None:
    append(portal, indicator("review", names={"en": "Plan review", "zh_Hans": "图纸审查天数"}), kind="register")
    assert "/indicators/review" in client.get("/search?q=Plan").text
    assert "图纸审查天数" in client.get("/zh-Hans/search?q=审查").text
    assert "Nothing published matches" in client.get("/search?q=查审").text
    found = json.loads(client.get("/search.json?q=审查").text)
    assert [one["code"] for one in found["results"]] == ["review"]


def test_any_question_gets_an_answer(client: PageClient, first: int) -> None:
    for asked in ("%00", "%ff%fe", "'%22%3C", "%F0%9F%92%A9", "a" * 3000, "%25", "_"):
        assert client.get(f"/search?q={asked}").status_code == 200, asked


def test_any_page_number_gets_a_page(client: PageClient, first: int) -> None:
    for number in ("0", "-1", "99999", "x", "٣", "9" * 40):
        assert client.get(f"/indicators?page={number}").status_code == 200, number
        assert client.get(f"/corrections?page={number}").status_code == 200, number


def test_corrections_tell_old_and_new_cause_and_editions(client: PageClient, portal: Portal, first: int) -> None:
    second = correct(portal, first)
    page = client.get("/corrections").text
    assert "91.50%" in page
    assert "81.0%" in page
    (row,) = csv.DictReader(io.StringIO(client.get("/corrections.csv?bom=0").text))
    assert (row["changed"], row["old"], row["new"], row["cause"]) == ("actual", "91.50", "81.0", "upheld-report")
    assert (row["old_edition"], row["new_edition"]) == (str(first), str(second))


def test_home_tells_what_was_corrected_and_under_which_head(
    client: PageClient, portal: Portal, first: int
) -> None:
    correct(portal, first)
    page = client.get("/").text
    assert "Changed lately" in page
    assert "91.50%" in page
    assert f"Edition {first + 1}" in page
    head = (portal.settings.var / "log" / "checkpoint").read_text().split("\n")[2]
    assert head in page


def test_published_page_is_kept_and_changes_with_the_edition(
    client: PageClient, portal: Portal, first: int
) -> None:
    kept = client.get(FIGURE)
    again = client.get(FIGURE, headers={"If-None-Match": kept.headers["ETag"]})
    assert again.status_code == 304
    correct(portal, first)
    changed = client.get(FIGURE, headers={"If-None-Match": kept.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != kept.headers["ETag"]


def test_search_is_not_kept_so_that_nobody_can_fill_the_cache(client: PageClient, first: int) -> None:
    assert "ETag" not in client.get("/search?q=parks").headers


def test_pages_give_nothing_of_the_reader_back(client: PageClient, first: int) -> None:
    plain = client.get(FIGURE)
    nosy = client.get(
        FIGURE, headers={"Cookie": "desk=stolen", "User-Agent": "needle", "Referer": "https://needle.example/"}
    )
    assert nosy.data == plain.data
    assert dict(nosy.headers) == dict(plain.headers)


@pytest.mark.parametrize("address", ["/bodies/nobody", "/bodies?edition=0", "/releases/none", "/nowhere"])
def test_error_page_gives_back_the_connection_it_read_with(
    client: PageClient, first: int, portal: Portal, address: str
) -> None:
    gc.disable()  # nothing may come back only because the collector went by
    try:
        assert client.get(address).status_code == 404
        assert portal.database.in_use == 0
    finally:
        gc.enable()
