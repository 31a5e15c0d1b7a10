"""If these failed, a body's sum would tell how the few people of one small service were answered."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.foundation.context import Portal
from portal.publishing.services import append_waiting
from portal.ratings import jobs
from portal.ratings.answers import AnswerState, Came, Ended, Step
from portal.ratings.models import AnswerRow
from portal.ratings.rules.answered import Answered, Stands, count, may_say
from portal.ratings.rules.answered_together import Together, added, keep_apart, say_together
from portal.ratings.rules.rolling import Covers
from tests.factories.accounts import person
from tests.factories.answers import hand_over, look_after, reply, want_answer
from tests.factories.ratings import fold, leave_marks, publish_services
from tests.pages import PageClient
from tests.ratings.attack import Known
from tests.ratings.published import statements
from tests.ratings.test_public_answers import at, of_service

T = 5
CODES = "ABCD"
OWED = (Came.WAITING, Came.OVERDUE)
OUTCOMES: Sequence[tuple[Came, Ended | None]] = (
    *product((Came.IN_TIME, Came.LATE), Ended),
    *((came, None) for came in OWED),
)
"""Everything that can be so of one person who asked."""
STANDS = {
    Ended.EXPLAINED: AnswerState.EXPLAINED,
    Ended.CLAIMED: AnswerState.FIXED,
    Ended.CONFIRMED: AnswerState.CONFIRMED,
    Ended.ELAPSED: AnswerState.ELAPSED,
    Ended.DISPUTED: AnswerState.REFUSED,
    None: AnswerState.OPEN,
}
outcomes = st.sampled_from(OUTCOMES)
# small groups that together hold every outcome are rare by chance, so they are drawn from all of them, dealt out
small = st.integers(0, 60).flatmap(
    lambda more: st.permutations([*OUTCOMES, *OUTCOMES[: more % 5]]).map(lambda dealt: deal(dealt, 4))
)
groups = st.one_of(small, st.lists(st.lists(outcomes, max_size=2 * T), min_size=4, max_size=4))


def deal(dealt: Sequence[tuple[Came, Ended | None]], among: int) -> list[list[tuple[Came, Ended | None]]]:
    hands: list[list[tuple[Came, Ended | None]]] = [[] for _ in range(among)]
    for number, outcome in enumerate(dealt):
        hands[number % among].append(outcome)
    return hands


def counted(people: Sequence[tuple[Came, Ended | None]]) -> Answered:
    return count(
        Stands(STANDS[ended], late_now=came is Came.OVERDUE, was_late=came in (Came.LATE, Came.OVERDUE))
        for came, ended in people
    )


class Edition:
    """What is said of the services, and of them together; truth that was not said stays in `hidden`."""

    def __init__(self, truth: Mapping[str, Sequence[tuple[Came, Ended | None]]], before: "Edition | None") -> None:
        said = dict(before.said) if before else {}
        for code, people in truth.items():
            if may_say(said.get(code), counted(people), threshold=T):
                said[code] = counted(people)
        self.said = said
        self.hidden = {code: counted(people) for code, people in truth.items() if code not in said}
        last = before.together if before else None
        self.together = say_together(last, said, self.hidden, threshold=T)

    @property
    def rest(self) -> Answered | None:
        """What anybody can work out of the hidden services together."""
        known = self.together
        if known is None or known.covers is not Covers.ALL or not self.hidden:
            return None
        whole, shown = known.whole, added(self.said.values())
        return Answered(
            {each: whole.came[each] - shown.came[each] for each in Came},
            {each: whole.ended[each] - shown.ended[each] for each in Ended},
        )


def found_out(editions: Sequence[Edition], moved: set[str]) -> list[str]:
    """What an attacker finds of hidden services who knows which ones have `moved` between two editions."""
    hidden = sorted(editions[0].hidden)
    people = [(n, code, *outcome) for n in range(len(editions)) for code in hidden for outcome in OUTCOMES]
    known = Known([*people, *((n, code, "room") for n in range(len(editions)) for code in hidden)])

    def cells(
        n: int, codes: Sequence[str], *, came: Came | None = None, ended: Ended | None = None
    ) -> list[object]:
        chosen = [one for one in OUTCOMES if (not came or one[0] is came) and (not ended or one[1] is ended)]
        # of a service that has not moved there is one state only
        return [(n if code in moved else 0, code, *one) for code in codes for one in chosen]

    for n, edition in enumerate(editions):
        for code in hidden:
            known.learn([*cells(n, [code]), (n if code in moved else 0, code, "room")], T - 1)  # type: ignore[list-item]
            if code in moved and n:
                known.learn([*cells(0, [code]), (0, code, "room")], T - 1)  # type: ignore[list-item]
        if edition.rest is not None:
            for came in Came:
                known.learn(cells(n, hidden, came=came), edition.rest.came[came])  # type: ignore[arg-type]
            for ended in Ended:
                known.learn(cells(n, hidden, ended=ended), edition.rest.ended[ended])  # type: ignore[arg-type]
    secrets: Iterator[tuple[str, list[object]]] = (
        (f"{code} in edition {n}: {what}", found)
        for n in range(len(editions))
        for code in hidden
        for what, found in [
            ("asked", cells(n, [code])),
            *((came.value, cells(n, [code], came=came)) for came in Came),
            *((ended.value, cells(n, [code], ended=ended)) for ended in Ended),
        ]
    )
    return [
        f"{what}: {low}"
        for what, found in secrets
        for low, high in [known.bounds(found)]  # type: ignore[arg-type]
        if low == high
    ]


@settings(max_examples=30, deadline=None)
@given(groups)
def test_nothing_of_a_small_service_can_be_worked_out_of_a_bodys_sum(
    truth: list[list[tuple[Came, Ended | None]]],
) -> None:
    edition = Edition(dict(zip(CODES, truth, strict=True)), None)
    if edition.hidden:
        assert found_out([edition], set()) == []


@settings(max_examples=30, deadline=None)
@given(groups, st.data())
def test_nor_of_two_editions_by_somebody_who_knows_which_services_have_gone_on(
    truth: list[list[tuple[Came, Ended | None]]], data: st.DataObject
) -> None:
    first = Edition(dict(zip(CODES, truth, strict=True)), None)
    moved = data.draw(st.sets(st.sampled_from(CODES)))
    later = {
        code: [data.draw(outcomes) for _ in people] if code in moved else people
        for code, people in zip(CODES, truth, strict=True)
    }
    second = Edition(later, first)
    if first.hidden:
        assert found_out([first, second], moved) == []


def test_a_sum_over_all_is_said_where_the_hidden_services_keep_each_other() -> None:
    dealt = dict(zip("BCDE", deal([*OUTCOMES, *OUTCOMES[:2]], 4), strict=True))
    hidden = {code: counted(people) for code, people in dealt.items()}
    shown = {"A": counted([OUTCOMES[0]] * 9)}
    assert all(one.asked < 5 for one in hidden.values()) and keep_apart(hidden.values(), threshold=5)
    together = say_together(None, shown, hidden, threshold=5)
    assert together is not None and (together.covers, together.whole.asked) == (Covers.ALL, 9 + 14)
    assert say_together(together, shown, hidden, threshold=5) == together
    assert covers(say_together(None, shown, hidden, told_elsewhere=True, threshold=5)) is Covers.SHOWN
    fewer = {code: one for code, one in hidden.items() if code != "B"}
    assert covers(say_together(together, shown, fewer, threshold=5)) is Covers.SHOWN, (
        "what left could be subtracted"
    )


def covers(said: Together | None) -> Covers | None:
    return said.covers if said else None


def test_of_services_that_would_tell_of_each_other_only_the_shown_ones_are_added() -> None:
    shown = {"A": counted([OUTCOMES[0]] * 9)}
    for hidden in (
        {"B": counted(OUTCOMES[:3])},  # one alone
        {"B": counted([]), "C": counted([])},
        {"B": counted([OUTCOMES[0]] * 3), "C": counted([OUTCOMES[0]] * 2)},  # all of them alike
        {"B": counted(OUTCOMES[:6]), "C": counted(OUTCOMES[6:])},  # as many as can be: six each
    ):
        together = say_together(None, shown, hidden, threshold=7 if hidden["B"].asked == 6 else 4)
        assert together == Together(Covers.SHOWN, shown["A"], None)
    assert say_together(None, {}, {"B": counted(OUTCOMES[:3])}, threshold=4) is None


@pytest.fixture
def owed(portal: Portal) -> None:
    """Twelve answers owed for permits and three for parks, since January."""
    at(portal, 2026, 1, 12)
    publish_services(portal, "permits", "parks")
    leave_marks(portal, "permits", [1] * 12)
    for service, people in Counter(permits=12, parks=3).items():
        for _ in range(people):
            want_answer(portal, service)
    fold(portal)
    hand_over(portal)


def test_a_bodys_answers_stand_on_its_page_in_its_json_and_in_the_files(
    portal: Portal, client: PageClient, owed: None
) -> None:
    body = person(portal, roles=["body-editor"], connected_to=["DPR"])
    moderator = person(portal, roles=["moderator"])
    for answer in sorted(of_service(portal, "permits"))[:11]:
        reply(portal, answer, Step.EXPLAINED, by=body, moderator=moderator)
    at(portal, 2026, 3, 1, 3)
    look_after(portal)
    jobs.run_publish(portal)
    (said,) = statements(portal, "rating-body-answers")
    assert (said["body"], said["covers"], said["asked"]) == ("DPR", "shown", "12"), (
        "three people of parks are not in"
    )
    assert said["came"] == {"in-time": "11", "late": "0", "waiting": "0", "overdue": "1"}
    assert jobs.run_publish(portal) == (), "and nobody is told twice"
    append_waiting(portal)
    (told,) = client.get("/bodies/DPR.json").json["answers"]
    assert (told["covers"], told["asked"], told["as_of"]) == ("shown", 12, "2026-03-01")
    page = client.get("/bodies/DPR").text
    assert "services whose own answers are shown" in page and "January 2026" in page


def uncounted(portal: Portal) -> int:
    with portal.database.read() as session:
        return session.scalar(select(func.count()).where(AnswerRow.counted.is_(False))) or 0


def test_a_month_whose_answers_have_all_ended_is_not_read_again(portal: Portal, owed: None) -> None:
    body = person(portal, roles=["body-editor"], connected_to=["DPR"])
    moderator = person(portal, roles=["moderator"])
    for answer in sorted(of_service(portal, "permits") | of_service(portal, "parks")):
        reply(portal, answer, Step.EXPLAINED, by=body, moderator=moderator)
    at(portal, 2026, 3, 1, 3)
    assert uncounted(portal) == 15
    jobs.run_publish(portal)
    assert uncounted(portal) == 0
    assert len(statements(portal, "rating-answers")) == 1
