"""If these failed, a body could leave people without an answer, call things fixed alone, or learn who asked."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.duties.calendar import WorkingDays
from portal.duties.errors import NoSuchProposal
from portal.duties.queries import duties_of, find_waiting
from portal.duties.values import Duty
from portal.foundation.context import Portal
from portal.ratings import asked, jobs, queries, services
from portal.ratings.answers import OWED, AnswerState, Step
from portal.ratings.errors import AlreadyDecided, NoSuchAnswer
from portal.ratings.models import AnswerRow, FollowUpRow
from portal.ratings.rules.answering import (
    Terms,
    after_step,
    after_word,
    is_handing_over_day,
    is_late,
    steps_from,
)
from portal.ratings.services.answering import REPLY
from portal.ratings.values import CommentState, HideReason
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.answers import hand_over, look_after, reply, say, want_answer
from tests.factories.ratings import MODERATOR, fold, hidden_fields, leave_marks, publish_services, rate
from tests.pages import PageClient

CHINA = WorkingDays("CN")
TERMS = Terms(CHINA, answer=5, settle=15, confirm=14)
S = AnswerState


def test_last_days_count_working_days_with_holidays_and_the_days_worked_in_their_place() -> None:
    # before the Spring Festival of 2026: 15 to 23 February are off, Saturdays 14 and 28 February are worked
    assert TERMS.due(S.OPEN, date(2026, 2, 11)) == date(2026, 2, 25)
    assert TERMS.due(S.CONTACTED, date(2026, 2, 13)) == date(2026, 3, 12)
    assert TERMS.due(S.FIXED, date(2026, 2, 13)) == date(2026, 2, 27)


def test_every_matter_ends_and_only_what_waits_for_somebody_has_a_last_day() -> None:
    for state in S:
        waits = state in OWED or state is S.FIXED
        assert (TERMS.due(state, date(2026, 2, 9)) is not None) is waits
        assert bool(steps_from(state)) is (state in OWED)
        if state in {S.CONTACTED, S.REOPENED}:
            assert Step.CONTACTED not in steps_from(state)  # a first answer is given once
    assert {after_step(step) for step in Step} == {S.CONTACTED, S.EXPLAINED, S.FIXED}
    assert after_word(settled=True, refused_before=False) is after_word(settled=True, refused_before=True)
    assert after_word(settled=False, refused_before=False) is S.REOPENED
    assert after_word(settled=False, refused_before=True) is S.REFUSED


def test_late_is_the_body_alone_and_only_after_its_last_day() -> None:
    day = date(2026, 2, 13)
    assert not is_late(S.OPEN, day, day)
    assert is_late(S.OPEN, day, day + timedelta(days=1))
    assert not is_late(S.FIXED, day, day + timedelta(days=1))  # there the rater has the word


def test_bodies_get_wishes_on_the_first_working_day_of_each_week() -> None:
    days = [date(2026, 2, 9) + timedelta(days=n) for n in range(21)]
    # in the week of the festival nothing is worked, and the week after begins on a Tuesday
    assert [day.isoformat() for day in days if is_handing_over_day(day, CHINA)] == ["2026-02-09", "2026-02-24"]


@pytest.fixture
def body(portal: Portal) -> Someone:
    publish_services(portal, "permits")
    return person(portal, roles=["body-editor"], connected_to=["DPR"])


@pytest.fixture
def moderator(portal: Portal) -> Someone:
    return person(portal, roles=["moderator"])


def the_answer(portal: Portal) -> AnswerRow:
    with portal.database.read() as session:
        return session.scalars(select(AnswerRow)).one()


def state(portal: Portal) -> str:
    return the_answer(portal).state


def duties(portal: Portal, someone: Someone) -> tuple[Duty, ...]:
    with portal.database.read() as session:
        return duties_of(session, someone.actor, now=portal.clock.now())


def later(portal: Portal, days: int) -> None:
    portal.clock.at += timedelta(days=days)  # type: ignore[attr-defined]


def decide(portal: Portal, *, names: tuple[str, ...] = (), hide: bool = False) -> None:
    """A moderator decides on the one comment that waits."""
    now = portal.clock.now()
    with portal.database.write() as session:
        (comment,) = queries.list_comments(session, state=CommentState.WAITING).items
        if hide:
            services.hide_comment(
                session, comment_id=comment.id, reason=HideReason.PERSONAL_DATA, actor=MODERATOR, now=now
            )
        else:
            services.approve_comment(session, comment_id=comment.id, names=names, actor=MODERATOR, now=now)


def test_the_body_sees_words_only_as_a_moderator_let_them_through(portal: Portal, body: Someone) -> None:
    want_answer(portal, "permits", text="Old Wang of window 3 sent me home.")
    fold(portal)
    jobs.run_answers(portal)
    with portal.database.read() as session:
        assert session.scalars(select(AnswerRow)).all() == []
    assert duties(portal, body) == ()
    decide(portal, names=("Old Wang",))
    later(portal, 7)  # a Monday in the holidays: nothing is handed over
    jobs.run_answers(portal)
    assert duties(portal, body) == ()
    later(portal, 8)  # Tuesday, the first working day of its week
    jobs.run_answers(portal)
    (owed,) = duties(portal, body)
    assert (owed.address, owed.title.params) == ("/desk/own-ratings", {"count": 1})
    with portal.database.read() as session:
        (seen,) = asked.asked_of(session, {"permits"})
        assert asked.asked_of(session, {"trees"}) == ()
    assert seen.words == "▮▮▮ of window 3 sent me home."
    assert (seen.period, [one.value for one in seen.reasons]) == ("2026-02", ["waiting"])


def test_of_hidden_words_the_body_sees_nothing_and_owes_an_answer_all_the_same(
    portal: Portal, body: Someone
) -> None:
    want_answer(portal, "permits", text="My number is 13800138000.")
    fold(portal)
    decide(portal, hide=True)
    assert (hand_over(portal), hand_over(portal)) == (1, 0)
    with portal.database.read() as session:
        (seen,) = asked.asked_of(session, {"permits"})
    assert (seen.words, seen.state) == (None, S.OPEN)
    assert len(duties(portal, body)) == 1


@pytest.fixture
def owed(portal: Portal, body: Someone) -> str:
    """The code of somebody who is owed an answer."""
    code = want_answer(portal, "permits")
    fold(portal)
    hand_over(portal)
    return code


def test_fixed_counts_when_the_rater_confirms_and_the_body_does_not_learn_when(
    portal: Portal, body: Someone, moderator: Someone, owed: str
) -> None:
    reply(portal, the_answer(portal).id, Step.FIXED, by=body, moderator=moderator)
    assert (state(portal), duties(portal, body)) == ("fixed", ())
    say(portal, owed, settled=False)
    say(portal, owed, settled=True)  # until the night it can be said anew
    with portal.database.read() as session:
        (seen,) = asked.asked_of(session, {"permits"})
    assert seen.state is S.FIXED
    look_after(portal)
    assert state(portal) == "confirmed"
    with pytest.raises(AlreadyDecided):
        say(portal, owed, settled=False)


def test_fixed_counts_when_the_set_time_passes_and_that_is_told_apart(
    portal: Portal, body: Someone, moderator: Someone, owed: str
) -> None:
    reply(portal, the_answer(portal).id, Step.FIXED, by=body, moderator=moderator)
    later(portal, 14)
    look_after(portal)
    assert state(portal) == "fixed"
    later(portal, 1)
    look_after(portal)
    assert state(portal) == "elapsed"


def test_a_refusal_opens_it_again_once_and_the_second_ends_it_as_a_dispute(
    portal: Portal, body: Someone, moderator: Someone, owed: str
) -> None:
    answer_id = the_answer(portal).id
    for following in ("reopened", "refused"):
        reply(portal, answer_id, Step.FIXED, by=body, moderator=moderator)
        say(portal, owed, settled=False)
        look_after(portal)
        assert state(portal) == following
        assert len(duties(portal, body)) == (following == "reopened")
    with pytest.raises(AlreadyDecided), portal.database.write() as session:
        services.propose_reply(
            session, answer_id=answer_id, step=Step.FIXED, words="-", actor=body.actor, now=portal.clock.now()
        )


def test_when_it_has_ended_nothing_joins_what_was_ticked_and_written_any_more(
    portal: Portal, body: Someone, moderator: Someone
) -> None:
    want_answer(portal, "permits", text="Slow.")
    fold(portal)
    decide(portal)
    hand_over(portal)
    answer_id = the_answer(portal).id
    reply(portal, answer_id, Step.CONTACTED, by=body, moderator=moderator)
    assert state(portal) == "contacted"
    with portal.database.read() as session:
        assert session.scalars(select(FollowUpRow.comment_id)).one() is not None
    reply(portal, answer_id, Step.EXPLAINED, by=body, moderator=moderator)
    with portal.database.read() as session:
        wish = session.scalars(select(FollowUpRow)).one()
    assert (state(portal), wish.comment_id, wish.details) == ("explained", None, [])


def test_an_overdue_answer_goes_to_one_named_person_of_the_office_and_stays_marked(
    portal: Portal, body: Someone, moderator: Someone, owed: str
) -> None:
    office = [person(portal, roles=["publisher"]) for _ in range(2)]
    connected = person(portal, roles=["publisher"], connected_to=["DPR"])
    later(portal, 60)
    look_after(portal)
    look_after(portal)  # told once
    named = [one for one in office if duties(portal, one)]
    assert len(named) == 1 and duties(portal, connected) == ()
    (chase,) = duties(portal, named[0])
    assert (chase.address, chase.title.params["count"]) == ("/desk/answers", 1)
    assert len(duties(portal, body)) == 1  # it still owes it
    reply(portal, the_answer(portal).id, Step.EXPLAINED, by=body, moderator=moderator)
    assert (duties(portal, named[0]), the_answer(portal).overdue) == ((), True)


def test_what_is_owed_waits_for_whoever_works_for_the_body_now(portal: Portal, body: Someone, owed: str) -> None:
    newcomer = person(portal, roles=["body-signer"], connected_to=["DPR"])
    assert (len(duties(portal, body)), duties(portal, newcomer)) == (1, ())
    look_after(portal)
    assert len(duties(portal, newcomer)) == 1


def test_words_said_in_time_are_not_overdue_while_a_moderator_reads_them(
    portal: Portal, body: Someone, moderator: Someone, owed: str
) -> None:
    answer_id = the_answer(portal).id
    with portal.database.write() as session:
        waiting = services.propose_reply(
            session, answer_id=answer_id, step=Step.EXPLAINED, words="-", actor=body.actor, now=portal.clock.now()
        )
    later(portal, 60)
    look_after(portal)
    assert not the_answer(portal).overdue
    with portal.database.write() as session:
        services.send_back(session, proposal_id=waiting.id, actor=moderator.actor, now=portal.clock.now())
    look_after(portal)
    assert (state(portal), the_answer(portal).overdue) == ("open", True)


def test_only_the_body_answers_and_none_of_its_people_lets_the_answer_through(
    portal: Portal, body: Someone, owed: str
) -> None:
    answer_id, now = the_answer(portal).id, portal.clock.now()
    other = person(portal, roles=["body-editor"])
    with pytest.raises(NoSuchAnswer), portal.database.write() as session:
        services.propose_reply(
            session, answer_id=answer_id, step=Step.FIXED, words="-", actor=other.actor, now=now
        )
    with portal.database.write() as session:
        waiting = services.propose_reply(
            session, answer_id=answer_id, step=Step.FIXED, words="-", actor=body.actor, now=now
        )
    inside = person(portal, roles=["moderator"], connected_to=["DPR"])
    with pytest.raises(NoSuchProposal), portal.database.write() as session:
        services.let_through(
            session, proposal_id=waiting.id, terms=Terms.of(portal.settings), actor=inside.actor, now=now
        )
    assert state(portal) == "open"


def test_from_the_desk_of_the_body_to_the_rater(
    portal: Portal, client: PageClient, body: Someone, moderator: Someone, owed: str
) -> None:
    address = f"/desk/own-ratings/answers/{the_answer(portal).id}"
    sign_in(client, body)
    assert address in client.get("/desk/own-ratings").text
    page = client.get(address).text
    assert "I had to wait too long" in page and "2026" in page
    # the only day on it is the last one, a Saturday that is worked; and of the level no more than its class
    assert set(re.findall(r"\d+ \w+ 2026", page)) == {"14 February 2026"}
    assert re.findall(r"(?i)[a-z ]*dissatisfied[a-z ]*", page) == ["Dissatisfied or very dissatisfied"]
    sent = {"step": "fixed", "words": "A second window is open. <b>"}
    assert client.post(address, data=hidden_fields(page) | {"step": "fixed"}).status_code == 422
    assert client.post(address, data=hidden_fields(page) | sent).status_code == 303
    sign_in(client, moderator)
    read = f"/desk/answers/{the_answer(portal).id}"
    assert "A second window is open. &lt;b&gt;" in client.get(read).text
    assert client.post(f"{read}/show").status_code == 303
    assert client.get(read).status_code == 404
    client.delete_cookie("__Host-desk", domain="portal.test", path="/")
    form = hidden_fields(client.get("/rate/answer").text)
    opened = client.post("/rate/answer", data=form | {"code": owed.upper()})
    assert opened.status_code == 200 and opened.headers["Cache-Control"] == "no-store"
    assert "A second window is open. &lt;b&gt;" in opened.text and owed not in opened.request.path
    assert re.search(r'<a class="govuk-link" href="/report">I was pressed or punished', opened.text)
    assert "until 23 February 2026" in opened.text
    unsaid = client.post("/rate/answer/word", data=hidden_fields(opened.text))
    assert (unsaid.status_code, "Choose whether it is fixed." in unsaid.text) == (422, True)
    said = client.post("/rate/answer/word", data=hidden_fields(opened.text) | {"settled": "yes"})
    assert "You said that it is fixed." in said.text
    for path in ("/rate/answer/word", "/zh-Hans/rate/answer/word"):
        assert client.get(path).location == path.removesuffix("/word"), "it is shown once"
    look_after(portal)
    told = client.post("/rate/answer", data=form | {"code": owed}).text
    assert "the person who rated has confirmed it" in told


def test_codes_that_open_nothing_get_one_answer_and_no_address_holds_a_code(
    portal: Portal, client: PageClient, owed: str
) -> None:
    held = want_answer(portal, "permits")  # not folded yet
    form = hidden_fields(client.get("/rate/answer").text)
    pages = set()
    for code in (held, "k7f2-9mqp-4xw3", owed[:-1] + ("0" if owed[-1] != "0" else "1"), "nothing"):
        page = client.post("/rate/answer", data=form | {"code": code})
        assert page.status_code == 422
        pages.add(re.sub(r'value="[^"]*"', "", page.text))
    assert len(pages) == 1
    assert "owes an answer" not in client.get(f"/rate/answer?code={owed}").text  # an address opens nothing
    word = client.get("/rate/answer/word")
    assert (word.status_code, word.location) == (303, "/rate/answer")  # which asks for the code


def test_who_stands_outside_sees_no_answer(portal: Portal, client: PageClient, owed: str) -> None:
    own, read = (f"{at}/{the_answer(portal).id}" for at in ("/desk/own-ratings/answers", "/desk/answers"))
    sign_in(client, person(portal, roles=["body-editor"]))  # of no body
    assert (client.get(own).status_code, client.get(read).status_code) == (404, 403)
    sign_in(client, person(portal, roles=["moderator"]))
    assert client.get(read).status_code == 404  # nothing waits to be read
    with portal.database.read() as session:
        assert find_waiting(session, kind=REPLY, subject=the_answer(portal).id) is None


def test_few_ratings_bring_a_warning_before_an_answer_is_asked_for(portal: Portal, client: PageClient) -> None:
    publish_services(portal, "permits")
    rate(client, "/rate/permits", level="1")
    assert "may guess that it is you" in client.get("/rate/thanks").text
    leave_marks(portal, "permits", [1] * 10)
    fold(portal)
    later(portal, 30)
    jobs.run_publish(portal)
    rate(client, "/rate/permits", level="1")
    assert "may guess that it is you" not in client.get("/rate/thanks").text


def test_the_rules_of_answers_stand_in_words_with_the_numbers_of_this_office(client: PageClient) -> None:
    page = client.get("/ratings/how").text
    for words in ("within 5 working days", "within 15 more", "for 14 days"):
        assert words in page
