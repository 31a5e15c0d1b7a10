"""If these failed, one person alone could write answers of the public, or choose which of them are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.ratings.models import PaperBatchRow, TotalRow
from portal.ratings.rules.paper import agrees, differing, sample_of
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
