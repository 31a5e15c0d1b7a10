"""If these failed, people could not rate, would lose what they typed, or would leave a trace in an address."""

import gzip
import re

import pytest
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.ratings import queries, services
from portal.ratings.models import DetailTotalRow, FollowUpRow, TotalRow
from portal.ratings.values import CommentState
from portal.registry.rules import is_reserved
from portal.web import limits
from portal.web.static import DIST
from tests.conftest import Beginning, new_client
from tests.factories.ratings import (
    fold,
    held,
    hidden_fields,
    issue,
    leave_marks,
    publish_services,
    rate,
    with_permits_and_parks,
)
from tests.pages import PageClient
from tests.ratings.test_marks import spent, totals

ADDED = ("/rate/thanks/comment", "/rate/thanks")


@pytest.fixture
def beginning() -> Beginning:
    return with_permits_and_parks


def test_rating_takes_one_tap_and_one_button(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="4")
    assert (saved.status_code, saved.location) == (303, "/rate/thanks")
    thanks = client.get(saved.location)
    assert "your rating counts" in thanks.text
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, False): 1}


def test_the_page_speaks_chinese_and_stays_there(client: PageClient) -> None:
    page = client.get("/zh-Hans/rate/permits").text
    assert "事项 permits" in page
    assert rate(client, "/zh-Hans/rate/permits", level="5").location == "/zh-Hans/rate/thanks"


def test_five_answers_come_in_order_with_the_legal_words_beside(client: PageClient) -> None:
    page = client.get("/rate/permits").text
    assert re.findall(r'type="radio" value="(\d)"', page) == ["5", "4", "3", "2", "1"]
    assert re.findall(r'lang="zh-Hans">([^<]+)</span>', page)[:5] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]


def test_the_question_is_a_small_page_without_script(client: PageClient) -> None:
    page = client.get("/rate/permits").get_data()
    assert b"<script" not in page
    style = sum(path.stat().st_size for path in DIST.glob("portal.*.css.gz"))
    assert len(gzip.compress(page)) + style < 60_000


def test_an_empty_answer_is_asked_again(client: PageClient, portal: Portal) -> None:
    again = rate(client, "/rate/permits", receipt="k7f2")
    assert again.status_code == 422
    assert "Choose one of the five answers." in again.text
    assert 'href="#level"' in again.text
    assert 'value="k7f2"' in again.text
    assert held(portal) == 0


@pytest.mark.parametrize("level", ["0", "6", "-1", "5.5", "x", ""])
def test_no_other_level_is_taken(client: PageClient, portal: Portal, level: str) -> None:
    assert rate(client, "/rate/permits", level=level).status_code == 422
    assert held(portal) == 0


def test_an_unknown_service_is_not_found(client: PageClient) -> None:
    assert client.get("/rate/nothing").status_code == 404
    assert client.post("/rate/nothing", data={"level": "5"}).status_code == 404


def test_a_form_without_its_token_keeps_the_answer(client: PageClient, portal: Portal) -> None:
    again = client.post("/rate/permits", data={"level": "2", "form_token": "forged"})
    assert again.status_code == 422
    assert re.search(r'value="2" checked', again.text)
    assert held(portal) == 0


def test_a_form_from_another_site_is_refused(client: PageClient, portal: Portal) -> None:
    answer = client.post("/rate/permits", data={"level": "1"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert held(portal) == 0


def test_a_service_is_found_by_a_part_of_its_name_in_either_language(client: PageClient) -> None:
    assert client.get("/rate?q=service+PARKS").location == "/rate/parks"
    assert client.get("/rate?q=事项+permits").location == "/rate/permits"
    both = client.get("/rate").text
    assert "/rate/parks" in both
    assert "/rate/permits" in both
    assert "No service has this in its name" in client.get("/rate?q=moon").text


HALL = {"en": "North hall", "zh_Hans": "北大厅"}


def test_a_place_a_service_and_an_answer_are_three_taps(client: PageClient, portal: Portal) -> None:
    publish_services(portal, "deeds", place=HALL, windows=("3", "4"))
    first = client.get("/rate").text
    assert "/rate/deeds" not in first
    assert "/rate/parks" in first, "what has no place is found at once"
    there = client.get(re.search(r'href="(/rate\?at=[^"]+)"', first)[1]).text  # type: ignore[index]
    assert "Windows 3, 4" in there
    assert "/rate/parks" not in there
    assert 'action="/rate/deeds"' in client.get(re.search(r'href="(/rate/deeds)"', there)[1]).text  # type: ignore[index]


@pytest.mark.parametrize("typed", ["A12", "a12", "窗口 A12", "A12号窗口", "window A12", "Ａ１２", "北大厅"])
def test_a_window_or_a_place_finds_the_service(client: PageClient, portal: Portal, typed: str) -> None:
    publish_services(portal, "deeds", place=HALL, windows=("A12", "4"))
    assert client.get("/rate", query_string={"q": typed}).location == "/rate/deeds"


def test_a_new_service_can_be_rated_at_once(client: PageClient, portal: Portal) -> None:
    client.get("/rate/permits")
    publish_services(portal, "library")
    assert client.get("/rate/library").status_code == 200


def test_a_comment_follows_the_mark_and_nothing_is_in_the_address(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="1")
    sent = rate(client, saved.location, words="The queue was long.\r\nNobody helped.")
    assert (sent.status_code, sent.location) == (303, "/rate/thanks/comment")
    assert "this is saved too" in client.get(sent.location).text
    fold(portal)
    with portal.database.read() as session:
        (comment,) = queries.list_comments(session, state=CommentState.WAITING).items
    assert (comment.text, comment.level, comment.period) == ("The queue was long.\nNobody helped.", 1, "2026-02")


def test_thanks_without_a_mark_have_no_comment_form(client: PageClient) -> None:
    assert "<textarea" not in client.get("/rate/thanks").text


def test_the_comment_form_is_gone_once_the_comment_is_sent(client: PageClient) -> None:
    saved = rate(client, "/rate/permits", level="1")
    rate(client, saved.location, words="Long queue.")
    assert "<textarea" not in client.get("/rate/thanks").text


def test_a_comment_too_long_or_too_late_keeps_its_words(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="1")
    long = rate(client, saved.location, words="w" * 2001)
    assert long.status_code == 422
    assert "w" * 2001 in long.text
    page = client.get(saved.location).text
    portal.clock.at = portal.clock.at.replace(hour=11)  # type: ignore[attr-defined]
    late = client.post("/rate/thanks", data=hidden_fields(page) | {"words": "too late for this"})
    assert late.status_code == 422
    assert "too late for this" in late.text


def test_two_tabs_leave_two_marks_and_each_keeps_its_comment(client: PageClient, portal: Portal) -> None:
    rate(client, "/rate/permits", level="5")
    first = client.get("/rate/thanks").text
    rate(client, "/rate/parks", level="1")
    client.post("/rate/thanks", data=hidden_fields(first) | {"words": "about permits"})
    fold(portal)
    with portal.database.read() as session:
        (comment,) = queries.list_comments(session, state=CommentState.WAITING).items
    assert (comment.service, comment.level) == ("permits", 5)


def test_everything_that_may_follow_a_low_mark_is_folded_into_totals(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="1")
    page = client.get(saved.location).text
    sent = client.post(
        "/rate/thanks",
        data=hidden_fields(page)
        | {
            "reasons": ["waiting", "papers"],
            "in-person-attitude": "2",
            "online-platform": "4",
            "capacity": "business",
            "words": "Twice for one stamp.",
            "wants_answer": "y",
        },
    )
    code = re.search(r"<strong>([0-9a-y-]{14})</strong>", client.get(sent.location).text)
    assert code, "who wants an answer needs the code for it"
    fold(portal)
    assert details(portal) == {
        ("permits", "2026-02", "web", "reason", "waiting"): 1,
        ("permits", "2026-02", "web", "reason", "papers"): 1,
        ("permits", "2026-02", "web", "in-person/attitude", "2"): 1,
        ("permits", "2026-02", "web", "online/platform", "4"): 1,
        ("permits", "2026-02", "web", "capacity", "business"): 1,
    }
    with portal.database.read() as session:
        (wish,) = session.scalars(select(FollowUpRow))
        (comment,) = queries.list_comments(session, state=CommentState.WAITING).items
    assert (wish.level, wish.comment_id) == (1, comment.id)
    assert wish.key == services.follow_up_key(portal.keys, code[1])


def test_the_code_for_an_answer_can_be_seen_again_for_an_hour(client: PageClient, portal: Portal) -> None:
    rate(client, "/rate/permits", level="2")
    page = client.get("/rate/thanks").text
    client.post("/rate/thanks", data=hidden_fields(page) | {"wants_answer": "y"})
    shown = [re.findall(r"<strong>([0-9a-y-]{14})</strong>", client.get(at).text) for at in ADDED]
    assert shown[0] == shown[1] and len(shown[0]) == 1
    client.post("/rate/thanks", data=hidden_fields(page) | {"wants_answer": "y"})  # a double click
    assert re.findall(r"<strong>([0-9a-y-]{14})</strong>", client.get(ADDED[0]).text) == shown[0]
    portal.clock.at = portal.clock.at.replace(hour=11)  # type: ignore[attr-defined]
    assert "<strong>" not in client.get(ADDED[1]).text
    fold(portal)
    with portal.database.read() as session:
        assert len(session.scalars(select(FollowUpRow)).all()) == 1


def test_a_good_mark_is_asked_for_no_reason_and_owed_no_answer(client: PageClient, portal: Portal) -> None:
    rate(client, "/rate/permits", level="4")
    page = client.get("/rate/thanks").text
    assert 'name="reasons"' not in page
    assert 'name="wants_answer"' not in page
    forged = hidden_fields(page) | {"wants_answer": "y", "reasons": "waiting", "online-guidance": "5"}
    sent = client.post("/rate/thanks", data=forged)
    assert "<strong>" not in client.get(sent.location).text
    fold(portal)
    assert details(portal) == {("permits", "2026-02", "web", "online/guidance", "5"): 1}
    with portal.database.read() as session:
        assert session.scalars(select(FollowUpRow)).all() == []


def test_an_empty_addition_is_no_addition(client: PageClient) -> None:
    rate(client, "/rate/permits", level="1")
    assert "your rating is saved already" in rate(client, "/rate/thanks").text


def test_a_mark_that_came_by_a_poster_is_counted_so(client: PageClient, portal: Portal) -> None:
    assert rate(client, "/rate/p/permits", level="5").location == "/rate/thanks"
    assert rate(client, "/rate/p/permits").status_code == 422
    fold(portal)
    with portal.database.read() as session:
        (total,) = session.scalars(select(TotalRow))
    assert (total.channel, total.verified, total.count) == ("qr", False, 1)


def details(portal: Portal) -> dict[tuple[str, str, str, str, str], int]:
    with portal.database.read() as session:
        return {
            (t.service, t.period, t.channel, t.question, t.answer): t.count
            for t in session.scalars(select(DetailTotalRow))
        }


def test_a_receipt_link_redeems_nothing_until_the_button(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    for _ in range(5):  # messengers open links before people do
        opened = client.get(f"/rate/r/{code}")
        assert (opened.status_code, opened.location) == (303, "/rate/visit")
        client.head(f"/rate/r/{code}")
        assert "Service permits" in client.get("/rate/visit").text
    assert spent(portal) == [False]
    assert rate(client, "/rate/visit", level="5").location == "/rate/thanks"
    assert spent(portal) == [True]
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 5, True): 1}


def test_the_code_is_on_no_page_after_its_link(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    opened = client.get(f"/rate/r/{code}")
    for text in (opened.text, str(opened.headers), client.get("/rate/visit").text):
        assert code not in text
        assert code.replace("-", "") not in text


def test_spent_expired_unknown_and_mistyped_links_get_one_answer(client: PageClient, portal: Portal) -> None:
    used, old = issue(portal, "permits", 2)
    client.get(f"/rate/r/{used}")
    rate(client, "/rate/visit", level="5")
    answers = {_opened(client, code) for code in (used, "0000-0000-0000", "nonsense", "%00", "a/b/c")}
    portal.clock.at = portal.clock.at.replace(year=2027)  # type: ignore[attr-defined]
    answers.add(_opened(client, old))
    assert len(answers) == 1
    assert "cannot be used" in answers.pop()[2]


def _opened(client: PageClient, code: str) -> tuple[int, str, str]:
    opened = client.get(f"/rate/r/{code}")
    return opened.status_code, str(opened.headers), client.get("/rate/visit").text


def test_two_receipts_in_two_tabs_never_mix(client: PageClient, portal: Portal) -> None:
    (permits,), (parks,) = issue(portal, "permits"), issue(portal, "parks")
    client.get(f"/rate/r/{permits}")
    first = client.get("/rate/visit").text
    client.get(f"/rate/r/{parks}")
    second = client.get("/rate/visit").text
    client.post("/rate/visit", data=hidden_fields(first) | {"level": "1"})
    client.post("/rate/visit", data=hidden_fields(second) | {"level": "5"})
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 1, True): 1, ("parks", "2026-02", 5, True): 1}


def test_one_receipt_in_two_tabs_counts_once_and_loses_no_answer(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    client.get(f"/rate/r/{code}")
    first, second = client.get("/rate/visit").text, client.get("/rate/visit").text
    assert client.post("/rate/visit", data=hidden_fields(first) | {"level": "4"}).status_code == 303
    again = client.post("/rate/visit", data=hidden_fields(second) | {"level": "2"})
    assert again.status_code == 422
    assert re.search(r'value="2" checked', again.text)
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, True): 1}


def test_a_code_can_be_typed_as_phones_type(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    assert (
        rate(client, "/rate/permits", level="3", receipt=f" {code.upper().replace('-', ' ')} ").status_code == 303
    )
    assert spent(portal) == [True]


def test_a_code_that_cannot_be_used_keeps_the_answer_and_opens_its_field(
    client: PageClient, portal: Portal
) -> None:
    again = rate(client, "/rate/permits", level="3", receipt="0000-0000-0000")
    assert again.status_code == 422
    assert re.search(r'value="3" checked', again.text)
    assert re.search(r'<details class="govuk-details" open', again.text)
    assert held(portal) == 0


def test_a_code_from_a_slip_needs_no_search(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    assert rate(client, "/rate", receipt=code.upper()).location == "/rate/visit"
    assert "Service permits" in client.get("/rate/visit").text
    assert spent(portal) == [False]
    wrong = rate(client, "/rate", receipt="0000-0010-0000")
    assert wrong.status_code == 422
    assert "Check character 7 of the code" in wrong.text and 'value="0000-0010-0000"' in wrong.text
    assert rate(client, "/rate", receipt="0000-0000-0000").location == "/rate/visit"
    assert "cannot be used" in client.get("/rate/visit").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0000-0010-0000", "Check character 7 of the code"),
        ("0000-0000-000", "11 were typed"),
        ("1111", "4 were typed"),
    ],
)
def test_a_slip_of_the_finger_is_named(client: PageClient, portal: Portal, typed: str, words: str) -> None:
    again = rate(client, "/rate/permits", level="3", receipt=typed)
    assert again.status_code == 422
    assert words in again.text
    assert held(portal) == 0


def test_guessing_codes_is_slowed_down(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    for _ in range(60):
        client.get("/rate/r/0000-0000-0000", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    client.get(f"/rate/r/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert "cannot be used" in client.get("/rate/visit").text
    client.get(f"/rate/r/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.10"})
    assert "Service permits" in client.get("/rate/visit").text


def test_a_limit_says_when_to_come_back_and_keeps_the_answer(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "rate", "2 per 10 minutes")
    client = new_client(portal)
    hall = {"REMOTE_ADDR": "203.0.113.7"}
    for _ in range(2):
        assert _rate_from(client, hall).status_code == 303
    slowed = _rate_from(client, hall)
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["Retry-After"]) <= 601
    assert re.search(r'value="5" checked', slowed.text)
    assert _rate_from(client, {"REMOTE_ADDR": "203.0.113.8"}).status_code == 303


def _rate_from(client: PageClient, environ: dict[str, str]):  # type: ignore[no-untyped-def]
    page = client.get("/rate/permits").text
    return client.post("/rate/permits", data=hidden_fields(page) | {"level": "5"}, environ_overrides=environ)


def test_no_service_can_have_the_address_of_another_page(client: PageClient) -> None:
    addresses = [rule.rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/rate/")]
    words = {address.split("/")[2] for address in addresses} - {"<code>"}
    assert len(words) > 5
    assert {word for word in words if not is_reserved(word)} == set()


def test_the_rate_side_is_never_stored_by_browsers_or_proxies(client: PageClient) -> None:
    for address in ("/rate", "/rate/permits", "/rate/thanks", "/rate/visit", "/zh-Hans/rate/permits"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


def test_many_marks_fit_a_service_hall(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 50)
    assert held(portal) == 50
