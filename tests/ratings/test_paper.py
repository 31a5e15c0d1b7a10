"""If these failed, one person alone could write answers of the public, or choose which of them are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.foundation.i18n import Message
from portal.ratings.details import Capacity, Dimension, Reason
from portal.ratings.models import DetailTotalRow, PaperBatchRow, TotalRow
from portal.ratings.queries import list_comments
from portal.ratings.rules.paper import agrees, differing, sample_of
from portal.ratings.rules.slips import CAPACITIES, REASONS, Slip, read_slip
from portal.ratings.values import CommentState, Level
from tests.conftest import new_client
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import hidden_fields, publish_services
from tests.pages import PageClient


@given(slips=st.integers(1, 500), seed=st.text(max_size=8))
def test_the_sample_is_large_enough_and_always_the_same(slips: int, seed: str) -> None:
    sample = sample_of(slips, seed)
    assert len(sample) == len(set(sample)) == min(slips, max(5, -(-slips // 10)))
    assert set(sample) <= set(range(1, slips + 1))
    assert sample_of(slips, seed) == sample


def test_another_seed_draws_other_slips() -> None:
    assert len({sample_of(200, str(seed)) for seed in range(20)}) == 20


def test_readings_agree_when_at_most_one_of_twenty_differs() -> None:
    assert differing([5, 4, 1], {1: 5, 3: 2}) == (3,)
    assert agrees(0, 5) and not agrees(1, 19)
    assert agrees(1, 20) and not agrees(2, 39)


def test_a_line_holds_all_that_stands_on_a_slip() -> None:
    slip = read_slip("2 340 ac B | They sent me to another hall.")
    assert isinstance(slip, Slip)
    assert slip.level is Level.DISSATISFIED
    assert slip.details.capacity is Capacity.BUSINESS
    assert slip.details.reasons == {Reason.WAITING, Reason.CALLED_BACK}
    points = {point: int(level) for (_, point), level in slip.details.dimensions.items()}
    assert points == {Dimension.EFFICIENCY: 3, Dimension.SERVICE_LEVEL: 4}
    assert slip.text == "They sent me to another hall."
    assert read_slip("5") == Slip(Level.VERY_SATISFIED)
    assert read_slip("1acM|x") == read_slip(" 1 000 ca M | x ")
    assert set(REASONS.values()) == set(Reason) and set(CAPACITIES.values()) == set(Capacity)


@pytest.mark.parametrize("line", ["", "6", "2 34", "2 346", "2 j", "2 X", "5 a", "2 ab ab", "1 | " + "x" * 2001])
def test_a_line_that_is_no_slip_is_told_so(line: str) -> None:
    assert isinstance(read_slip(line), Message)


@pytest.fixture
def clerks(portal: Portal) -> tuple[PageClient, PageClient]:
    publish_services(portal, "permits")
    found = []
    for _ in range(2):
        client = new_client(portal)
        sign_in(client, person(portal, roles=["service-clerk"], connected_to=["DPR"]))
        found.append(client)
    return found[0], found[1]


def entered(clerk: PageClient, answers: str, **more: str) -> int:
    fields = hidden_fields(clerk.get("/desk/paper").text) | {"service": "permits", "month": "2026-01"}
    return clerk.post("/desk/paper", data=fields | {"answers": answers} | more).status_code


def batch(portal: Portal) -> PaperBatchRow | None:
    with portal.database.read() as session:
        found = session.scalars(select(PaperBatchRow)).one_or_none()
        session.expunge_all()
        return found


def totals(portal: Portal) -> list[tuple[int, str, bool, int]]:
    with portal.database.read() as session:
        return [(t.level, t.channel, t.verified, t.count) for t in session.scalars(select(TotalRow))]


def checked(clerk: PageClient, waiting: PaperBatchRow, answers: str) -> tuple[int, str]:
    fields = hidden_fields(clerk.get("/desk/paper").text)
    page = clerk.get(f"/desk/paper/{waiting.id}")
    fields = hidden_fields(page.text) if page.status_code == 200 else fields
    answer = clerk.post(f"/desk/paper/{waiting.id}", data=fields | {"answers": answers})
    return answer.status_code, answer.text


def test_slips_count_once_a_second_person_read_the_sample_alike(
    portal: Portal, clerks: tuple[PageClient, PageClient]
) -> None:
    first, second = clerks
    assert entered(first, "5 5 5 4 1 1\n2") == 303
    waiting = batch(portal)
    assert waiting is not None and len(waiting.sample) == 5
    assert totals(portal) == []
    own = first.get("/desk/paper").text
    assert f"/desk/paper/{waiting.id}" not in own
    assert checked(first, waiting, "55555")[0] == 404, "nobody checks what they entered"
    right = "".join(str(waiting.levels[number - 1]) for number in waiting.sample)
    assert checked(second, waiting, right[:-1])[0] == 422
    assert checked(second, waiting, right)[0] == 200
    assert sorted(totals(portal)) == [
        (1, "paper", False, 2),
        (2, "paper", False, 1),
        (4, "paper", False, 1),
        (5, "paper", False, 3),
    ]
    assert batch(portal) is None


def test_a_batch_that_reads_otherwise_is_dropped(portal: Portal, clerks: tuple[PageClient, PageClient]) -> None:
    first, second = clerks
    entered(first, "5" * 10)
    waiting = batch(portal)
    assert waiting is not None
    status, page = checked(second, waiting, "5" * 4 + "1")
    assert status == 200 and "do not count" in page
    assert batch(portal) is None and totals(portal) == []


@pytest.mark.parametrize("answers", ["", "5 6", "5,4", "x", "5" * 501])
def test_what_is_no_answer_is_asked_again(
    portal: Portal, clerks: tuple[PageClient, PageClient], answers: str
) -> None:
    assert entered(clerks[0], answers) == 422
    assert batch(portal) is None


def test_a_service_or_month_out_of_reach_is_refused(portal: Portal, clerks: tuple[PageClient, PageClient]) -> None:
    publish_services(portal, "taxes", body="TAX")
    assert entered(clerks[0], "5", service="taxes") == 422
    assert entered(clerks[0], "5", month="2025-12") == 422
    assert entered(clerks[0], "5", month="2026-03") == 422


LINES = ("2 230 ac B | They sent me to another hall.", "5 555 M", "1 | Ask 13800138000.", "4", "3 050 O")


def test_slips_carry_points_reasons_words_and_for_whom(
    portal: Portal, clerks: tuple[PageClient, PageClient]
) -> None:
    first, second = clerks
    assert entered(first, "", lines="\n".join(LINES)) == 303
    waiting = batch(portal)
    assert waiting is not None and len(waiting.sample) == 5
    page = second.get(f"/desk/paper/{waiting.id}").text
    assert "They sent me to another hall." in page and "2 230" not in page
    again = "\n".join(line.partition("|")[0] for line in LINES)
    sent = hidden_fields(page) | {"lines": again, "words_right": "y"}
    assert "do not count" not in second.post(f"/desk/paper/{waiting.id}", data=sent).text
    assert sum(count for *_, count in totals(portal)) == 5
    with portal.database.read() as session:
        details = {(row.question, row.answer): row.count for row in session.scalars(select(DetailTotalRow))}
        comments = list_comments(session, state=CommentState.WAITING).items
    assert details["in-person/efficiency", "2"] == details["in-person/efficiency", "5"] == 1
    assert details["reason", "waiting"] == details["reason", "called-back"] == 1
    assert {details["capacity", one] for one in ("citizen", "business", "behalf")} == {1}
    assert {(one.channel.value, one.level.value) for one in comments} == {("paper", 2), ("paper", 1)}
    assert any("phone" in one.flags for one in comments)


def test_words_that_do_not_stand_on_the_slip_and_points_read_otherwise_drop_the_batch(
    portal: Portal, clerks: tuple[PageClient, PageClient]
) -> None:
    first, second = clerks
    again = [line.partition("|")[0] for line in LINES]
    for wrong in (
        {"lines": "\n".join(again)},
        {"lines": "\n".join(["2 231 ac B", *again[1:]]), "words_right": "y"},
    ):
        entered(first, "", lines="\n".join(LINES))
        waiting = batch(portal)
        assert waiting is not None
        page = second.get(f"/desk/paper/{waiting.id}").text
        assert "do not count" in second.post(f"/desk/paper/{waiting.id}", data=hidden_fields(page) | wrong).text
        assert batch(portal) is None and totals(portal) == []


def test_figures_and_lines_are_not_entered_together(portal: Portal, clerks: tuple[PageClient, PageClient]) -> None:
    assert entered(clerks[0], "5 5", lines="4") == 422
    assert entered(clerks[0], "", lines="5\n9 slips") == 422
    assert batch(portal) is None
