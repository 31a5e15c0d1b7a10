"""If these failed, a body could look as if it answered, a few people could be counted, or words could name one."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.duties.queries import duties_of
from portal.foundation.context import Portal
from portal.publishing import queries as published
from portal.publishing.services import append_waiting, salt_text
from portal.ratings import asked, jobs
from portal.ratings.answers import AnswerState, Came, Ended, Step
from portal.ratings.errors import AlreadyDecided
from portal.ratings.models import AnswerRow, PublicReplyRow
from portal.ratings.rules.answered import Stands, count, gone_on, is_ripe, may_say
from portal.ratings.statements import reply_statement
from tests.factories.accounts import person, sign_in
from tests.factories.answers import hand_over, look_after, reply, say, want_answer
from tests.factories.publishing import append
from tests.factories.ratings import fold, hidden_fields, leave_marks, publish_services
from tests.pages import PageClient
from tests.ratings.published import statements

T = 5
S = AnswerState
stands = st.builds(Stands, st.sampled_from(list(S)), st.booleans(), st.booleans())
groups = st.lists(stands, max_size=3 * T)


@given(groups)
def test_every_answer_came_in_one_way_and_those_that_came_ended_in_one(group: list[Stands]) -> None:
    said = count(group)
    assert said.asked == len(group)
    assert sum(said.ended.values()) == said.came[Came.IN_TIME] + said.came[Came.LATE] == said.asked - said.owed


def test_confirmed_by_the_rater_and_counted_after_a_set_time_are_told_apart() -> None:
    said = count(
        [Stands(S.CONFIRMED, False, False), Stands(S.ELAPSED, False, True), Stands(S.FIXED, False, False)]
    )
    assert (said.ended[Ended.CONFIRMED], said.ended[Ended.ELAPSED], said.ended[Ended.CLAIMED]) == (1, 1, 1)
    assert (said.came[Came.IN_TIME], said.came[Came.LATE]) == (2, 1)
    owed = count([Stands(S.REOPENED, False, True), Stands(S.OPEN, True, True)])
    assert (owed.came[Came.WAITING], owed.came[Came.OVERDUE]) == (1, 1)


@given(groups, groups)
def test_of_fewer_than_the_threshold_nothing_is_said_and_nothing_of_fewer_going_on(
    before: list[Stands], now: list[Stands]
) -> None:
    assert may_say(None, count(now), threshold=T) is (len(now) >= T)
    if not may_say(count(before), count(now), threshold=T):
        return
    # whoever subtracts two editions sees at least so many people go on together, whichever they were
    moved = {
        "came": [count(now).came[each] - count(before).came[each] for each in Came],
        "ended": [count(now).ended[each] - count(before).ended[each] for each in Ended],
    }
    assert max(sum(abs(step) for step in steps) for steps in moved.values()) >= T


@given(st.lists(st.tuples(stands, stands), max_size=3 * T))
def test_as_many_have_gone_on_as_two_editions_prove_and_never_more_than_really_did(
    pairs: Sequence[tuple[Stands, Stands]],
) -> None:
    before, now = count(old for old, _ in pairs), count(new for _, new in pairs)
    really = sum((old.came, old.ended) != (new.came, new.ended) for old, new in pairs)
    assert gone_on(before, now) <= really


def test_a_month_has_another_month_before_it_is_said() -> None:
    assert not is_ripe("2026-01", current="2026-02")
    assert is_ripe("2026-01", current="2026-03")
    assert is_ripe("2025-12", current="2026-02")


def at(portal: Portal, *when: int) -> None:
    portal.clock.at = datetime(*when, tzinfo=UTC)  # type: ignore[attr-defined,arg-type,misc]


def answer_ids(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return list(session.scalars(select(AnswerRow.id).order_by(AnswerRow.id)))


@pytest.fixture
def owed(portal: Portal) -> list[str]:
    """Twelve answers owed for permits and three for parks since January; their codes."""
    at(portal, 2026, 1, 12)
    publish_services(portal, "permits", "parks")
    leave_marks(portal, "permits", [1] * 12)
    codes = [want_answer(portal, "permits") for _ in range(12)]
    for _ in range(3):
        want_answer(portal, "parks")
    fold(portal)
    assert hand_over(portal) == 15
    return codes


def with_word(portal: Portal, code: str) -> None:
    try:
        say(portal, code, settled=True)
    except AlreadyDecided:
        return  # the body has not called this one fixed


def of_service(portal: Portal, service: str) -> set[str]:
    with portal.database.read() as session:
        return {one.id for one in asked.asked_of(session, {service})}


def test_how_a_body_answered_is_published_once_the_month_had_its_time(portal: Portal, owed: list[str]) -> None:
    body = person(portal, roles=["body-editor"], connected_to=["DPR"])
    moderator = person(portal, roles=["moderator"])
    of_permits = sorted(set(answer_ids(portal)) - of_service(portal, "parks"))
    for answer in of_permits[:7]:
        reply(portal, answer, Step.FIXED, by=body, moderator=moderator)
    for code in owed:
        with_word(portal, code)
    at(portal, 2026, 2, 20)  # longer than anybody has to confirm, and than the body has to answer
    look_after(portal)
    look_after(portal)
    jobs.run_publish(portal)
    assert statements(portal, "rating-answers") == []
    at(portal, 2026, 3, 1, 3)
    jobs.run_publish(portal)
    (said,) = statements(portal, "rating-answers")  # of three people nothing is said
    assert (said["service"], said["period"], said["asked"], said["as_of"]) == (
        "permits",
        "2026-01",
        "12",
        "2026-03-01",
    )
    assert said["came"] == {"in-time": "7", "late": "0", "waiting": "0", "overdue": "5"}
    assert said["ended"]["confirmed"] == "7"
    reply(portal, of_permits[-1], Step.EXPLAINED, by=body, moderator=moderator)
    jobs.run_publish(portal)
    assert len(statements(portal, "rating-answers")) == 1  # one person going on is not told
    append_waiting(portal)
    with portal.database.read() as session:
        (shown,) = published.rating_answers(session, "permits", edition=published.current_edition(session).n)
    assert (shown.asked, shown.came["overdue"], shown.ended["elapsed"]) == (12, 5, 0)


def test_a_body_replies_in_public_without_naming_anybody(portal: Portal, client: PageClient) -> None:
    at(portal, 2026, 1, 12)
    publish_services(portal, "permits", "parks")
    leave_marks(portal, "permits", [2] * 12)
    leave_marks(portal, "parks", [2] * 3)
    fold(portal)
    at(portal, 2026, 2, 2, 3)
    jobs.run_publish(portal)
    body = person(portal, roles=["body-editor"], connected_to=["DPR"])
    moderator = person(portal, roles=["moderator"])
    address = "/desk/own-ratings/replies/permits/2026-01"
    sign_in(client, body)
    page = client.get(address).text
    assert client.get("/desk/own-ratings").text.count(address) == 1
    words = "Old Wang (13800138000) complained; window 3 now opens at eight."
    assert client.post(address, data=hidden_fields(page) | {"words": words}).status_code == 303
    assert client.get("/desk/own-ratings/replies/parks/2026-01").status_code == 404  # its numbers are hidden
    sign_in(client, moderator)
    page = client.get("/desk/public-replies/permits/2026-01").text
    assert "▮▮▮" in page
    sent = hidden_fields(page) | {"names": "Old Wang"}
    assert client.post("/desk/public-replies/permits/2026-01/publish", data=sent).status_code == 303
    append_waiting(portal)
    page = client.get("/services/permits").text
    assert "▮▮▮ (▮▮▮) complained; window 3 now opens at eight." in page
    assert "Old Wang" not in page
    assert client.get("/services/permits.json").json["replies"][0]["version"] == 1
    with portal.database.read() as session:  # nothing stays of the words as they were sent
        assert session.scalars(select(PublicReplyRow)).all() == []
        assert duties_of(session, moderator.actor, now=portal.clock.now()) == ()


def test_a_later_reply_stands_in_front_of_the_earlier_one(portal: Portal, client: PageClient) -> None:
    publish_services(portal, "permits")
    for words in ("We are looking into it.", "Window 3 now opens at eight."):
        with portal.database.write() as session:
            digest = salt_text(session, words)
        append(portal, reply_statement("permits", "DPR", "2026-01", digest), kind="reply")
    page = client.get("/services/permits").text
    assert page.index("Window 3 now opens") < page.index("1 earlier version") < page.index("We are looking")
    rows = client.get("/api/v1/rating-replies?service=permits").json["data"]
    assert [row["text"] for row in rows] == ["Window 3 now opens at eight."]
