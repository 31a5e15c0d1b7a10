"""A flood is dismissed by one act, and no real report goes with it unread, unseen or by one person."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.services import declare_interest
from portal.cases import batches as rule
from portal.cases import drawing
from portal.cases.errors import NoSeedYet, NoSuchCase, NotAllRead, NothingToDismiss
from portal.cases.jobs import dismiss_together, publish_counts
from portal.cases.models import BatchMemberRow, BatchRow, Case
from portal.cases.services import batches, casework
from portal.cases.values import Batch, Junk, Lane
from portal.duties.errors import OwnProposal
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing.services import append_waiting
from tests.cases.test_desk import do, state_of, titles
from tests.cases.test_rereading import at
from tests.conftest import new_client
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report, officer_of, problems, send

WAITS = "Dismissing reports that were set aside waits for a second signature"
SPAM = "Buy cheap watches now at our shop, best price in town, number {}"


def given(portal: Portal, someone: Someone) -> dict[str, Any]:
    return {"keys": portal.keys, "officer": officer_of(someone), "now": portal.clock.now()}


def promise(portal: Portal) -> None:
    """A new quarter begins, and the log commits to its seed."""
    at(portal, date(2026, 4, 1))
    publish_counts(portal)
    append_waiting(portal)


def flood(portal: Portal, count: int = 3, **fields: Any) -> list[Filed]:
    """Reports about DPR that were set aside."""
    found = [filed_report(portal, **({"what": SPAM.format(n)} | fields)) for n in range(count)]
    with portal.database.write() as session:
        ids = [one.case_id for one in found]
        session.execute(update(Case).where(Case.id.in_(ids)).values(lane=Lane.QUARANTINE))
    return found


def propose(portal: Portal, someone: Someone, **fields: Any) -> str:
    with portal.database.write() as session:
        return batches.propose(session, **({"body": "DPR", "why": Junk.ALIKE} | fields), **given(portal, someone))


def look(portal: Portal, someone: Someone, batch_id: str) -> Batch:
    with portal.database.read() as session:
        return batches.get(session, batch_id=batch_id, **given(portal, someone))


def open_all(portal: Portal, someone: Someone, batch_id: str, case_ids: Iterable[str]) -> None:
    for one in case_ids:
        with portal.database.write() as session:
            batches.open_drawn(session, batch_id=batch_id, case_id=one, **given(portal, someone))


def sign(portal: Portal, someone: Someone, batch_id: str) -> None:
    with portal.database.write() as session:
        batches.sign(session, batch_id=batch_id, **given(portal, someone))


def members(portal: Portal, batch_id: str) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(BatchMemberRow.case_id).where(BatchMemberRow.batch_id == batch_id)))


def states(portal: Portal, reports: Iterable[Filed]) -> list[str]:
    return [state_of(portal, one.case_id)[0] for one in reports]


def dismissed(portal: Portal, office: Office, count: int = 3) -> list[Filed]:
    """A flood that two people dismissed."""
    promise(portal)
    reports = flood(portal, count)
    batch = propose(portal, office.officer)
    open_all(portal, office.decider, batch, [one.case_id for one in reports])
    sign(portal, office.decider, batch)
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    return reports


def test_the_sample_is_a_tenth_of_the_share_and_never_less_than_ten() -> None:
    seed, marks = bytes(32), {str(n): sha256(str(n).encode()).digest() for n in range(2000)}
    drawn = rule.sample(seed, marks, percent=20, part=10)
    assert 20 < len(drawn) < 70
    few = {name: marks[name] for name in list(marks)[:12]}
    assert len(rule.sample(seed, few, percent=20, part=10)) == rule.LEAST_READ
    assert len(rule.sample(seed, {"0": marks["0"]}, percent=20, part=10)) == 1
    assert rule.sample(seed, {}, percent=20, part=10) == frozenset()


def test_to_propose_it_again_without_what_was_drawn_spares_nothing_that_was() -> None:
    """Else a batch is proposed until the lot falls on none of those that are to be buried."""
    seed, marks = bytes(32), {str(n): sha256(str(n).encode()).digest() for n in range(2000)}
    drawn = rule.sample(seed, marks, percent=20, part=10)
    half = {name: mark for name, mark in marks.items() if int(name) % 2}
    assert rule.sample(seed, half, percent=20, part=10) >= drawn & half.keys()


def test_what_is_drawn_to_be_opened_tells_nothing_of_the_lot_of_the_quarter() -> None:
    seed, marks = bytes(32), {str(n): sha256(str(n).encode()).digest() for n in range(2000)}
    assert rule.sample(seed, marks, percent=20, part=1) != drawing.draw(seed, marks, percent=20)


def test_what_others_opened_counts_for_them_alone() -> None:
    read: dict[str, str | None] = {"a": "ben", "b": "dan", "c": None}
    assert rule.unread({"a", "b", "c"}, read, signer="ben") == {"b", "c"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (SPAM.format(1), SPAM.format(2), True),
        (SPAM.format(1), SPAM.format(1).upper() + "!!!", True),
        ("公园从来没有检查过，数字是编的。", "公园从来没有检查过，数字是编的！", True),
        (SPAM.format(1), "The parks were never inspected.", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_texts_are_alike_when_most_of_either_is_in_both(one: str, other: str, expected: bool) -> None:
    assert rule.are_alike(one, other) is rule.are_alike(other, one) is expected


def test_a_flood_is_dismissed_by_two_people_the_second_of_whom_read_the_sample(
    portal: Portal, office: Office
) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    assert WAITS in titles(portal, office.decider) and WAITS not in titles(portal, office.connected)
    seen = look(portal, office.decider, batch)
    assert seen.covers == 3 and {one.case_id for one in seen.sample} == {one.case_id for one in reports}
    assert look(portal, office.officer, batch).sample == ()
    with pytest.raises(Forbidden):
        sign(portal, office.officer, batch)
    open_all(portal, office.decider, batch, [one.case_id for one in reports])
    sign(portal, office.decider, batch)
    assert states(portal, reports) == ["received"] * 3
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    assert {state_of(portal, one.case_id) for one in reports} == {("closed", "not-admissible")}
    assert titles(portal, office.decider) == set()
    assert titles(portal, office.officer) == {"Dismissing reports together was agreed to"}
    with pytest.raises(NoSuchCase):
        look(portal, office.decider, batch)


def test_nobody_signs_what_they_proposed_even_with_the_right(portal: Portal, office: Office) -> None:
    promise(portal)
    dan = person(portal, roles=["case-decider"], name="Dan Decider")
    flood(portal, 1)
    batch = propose(portal, dan)
    with pytest.raises(NoSuchCase):
        open_all(portal, dan, batch, members(portal, batch))
    with pytest.raises(OwnProposal):
        sign(portal, dan, batch)


def test_nobody_signs_who_opened_only_part_of_the_sample(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    dan = person(portal, roles=["case-decider"], name="Dan Decider")
    for one in reports:
        do(portal, casework.share, office.decider, one.case_id, person_id=dan.id)
    open_all(portal, office.decider, batch, [one.case_id for one in reports[:2]])
    with pytest.raises(NotAllRead):
        sign(portal, office.decider, batch)
    open_all(portal, office.decider, batch, [reports[2].case_id])
    open_all(portal, dan, batch, [reports[0].case_id])
    with pytest.raises(NotAllRead):
        sign(portal, office.decider, batch)
    assert states(portal, reports) == ["received"] * 3


def test_a_signature_that_is_refused_leads_on_from_its_page(portal: Portal, office: Office) -> None:
    """Its address is that of the form: whoever loads it again, or in the other language, found no such page."""
    promise(portal)
    reports = flood(portal)
    batch = f"/desk/cases/batches/{propose(portal, office.officer)}"
    ben = desk_of(portal, office.decider)
    refused = send(ben, f"{batch}/sign", ben.get(batch))
    assert refused.status_code == 409 and f'href="/zh-Hans{batch}/sign"' in refused.get_data(as_text=True)
    for prefix, act in (("", "sign"), ("/zh-Hans", "sign"), ("", "refuse")):
        assert ben.get(f"{prefix}{batch}/{act}").headers["Location"] == f"{prefix}{batch}"
    report = f"{batch}/{reports[0].address.rpartition('/')[2]}"
    opened = send(ben, report, ben.get(report)).get_data(as_text=True)
    assert opened.index("Go on with the sample") > opened.index("Buy cheap watches")


def test_the_database_refuses_what_the_program_would(portal: Portal, office: Office) -> None:
    """Whoever writes to the tables past the program signs nothing that was not read, and closes nothing."""
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    signed = {"signed_by": office.decider.id, "signed_on": date(2026, 2, 9)}
    one = update(BatchRow).where(BatchRow.id == batch)
    with pytest.raises(IntegrityError, match="not read"), portal.database.write() as session:
        session.execute(one.values(**signed))
    with pytest.raises(IntegrityError, match="not read"), portal.database.write() as session:
        session.execute(update(BatchMemberRow).values(drawn=True))
        session.execute(one.values(**signed))
    with pytest.raises(IntegrityError), portal.database.write() as session:
        read = {"drawn": True, "read_by": office.officer.id, "read_on": date(2026, 2, 9)}
        session.execute(update(BatchMemberRow).values(**read))
        session.execute(one.values(signed_by=office.officer.id, signed_on=date(2026, 2, 9)))
    day = date(2026, 2, 9)
    by = {"decided_by": office.decider.id, "proposed_by": office.officer.id, "finding": "not-admissible"}
    days = {"decided_on": day, "closed_on": day, "acknowledged_on": day}
    closed = update(Case).where(Case.id == reports[0].case_id).values(state="closed", **by, **days)
    with pytest.raises(IntegrityError, match="no two people"), portal.database.write() as session:
        session.execute(closed)


def test_nothing_is_added_to_what_was_signed(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    late = filed_report(portal)
    open_all(portal, office.decider, batch, [one.case_id for one in reports])
    sign(portal, office.decider, batch)
    with pytest.raises(IntegrityError, match="nothing is added"), portal.database.write() as session:
        session.execute(insert(BatchMemberRow).values(batch_id=batch, case_id=late.case_id))


def test_a_report_that_came_after_it_was_proposed_is_not_covered(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    (late,) = flood(portal, 1)
    open_all(portal, office.decider, batch, [one.case_id for one in reports])
    sign(portal, office.decider, batch)
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    assert states(portal, [*reports, late]) == ["closed"] * 3 + ["received"]
    assert "Look through the reports set aside in a flood" not in titles(portal, office.connected)


def test_nothing_is_proposed_before_the_log_committed_to_the_seed(portal: Portal, office: Office) -> None:
    """Else whoever proposes could choose what will be drawn."""
    flood(portal)
    with pytest.raises(NoSeedYet):
        propose(portal, office.officer)
    at(portal, date(2026, 4, 1))
    publish_counts(portal)  # the act waits, and the log has not taken it
    with pytest.raises(NoSeedYet):
        propose(portal, office.officer)
    append_waiting(portal)
    assert propose(portal, office.officer)


def test_a_real_report_about_the_proposers_own_body_is_not_hidden_among_others(
    portal: Portal, office: Office
) -> None:
    """Whoever is connected cannot propose it, and who becomes connected afterwards takes it with them no more."""
    promise(portal)
    published.append(portal, published.body("DOT"))
    reports = flood(portal, 2)
    (real,) = flood(portal, 1, what="The parks of my street were never inspected.")
    with pytest.raises(NothingToDismiss):
        propose(portal, office.connected)
    batch = propose(portal, office.officer)
    everything = [*reports, real]
    open_all(portal, office.decider, batch, [one.case_id for one in everything])
    with portal.database.write() as session:
        declare_interest(session, actor=office.officer.actor, body_code="DPR", now=portal.clock.now())
    with pytest.raises(NoSuchCase):
        sign(portal, office.decider, batch)
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    assert states(portal, everything) == ["received"] * 3


def test_who_becomes_connected_after_signing_closes_nothing_more(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    open_all(portal, office.decider, batch, [one.case_id for one in reports])
    sign(portal, office.decider, batch)
    with portal.database.write() as session:
        declare_interest(session, actor=office.decider.actor, body_code="DPR", now=portal.clock.now())
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    assert states(portal, reports) == ["received"] * 3
    assert members(portal, batch) == set()


@pytest.mark.parametrize("how", ["acknowledged", "note", "message", "file", "main list"])
def test_what_somebody_touched_is_left_out(portal: Portal, office: Office, how: str) -> None:
    promise(portal)
    plain, touched = flood(portal, 2)
    if how == "file":
        with portal.database.write() as session:
            session.get_one(Case, touched.case_id).files = 1
    elif how == "main list":
        with portal.database.write() as session:
            session.get_one(Case, touched.case_id).lane = Lane.MAIN
    elif how == "acknowledged":
        do(portal, casework.acknowledge, office.officer, touched.case_id)
    elif how == "note":
        do(portal, casework.add_note, office.officer, touched.case_id, text="real?", submission="n")
    else:
        do(portal, casework.write_to_reporter, office.officer, touched.case_id, text="hello", submission="m")
    assert members(portal, propose(portal, office.officer)) == {plain.case_id}


def test_what_happens_to_a_report_after_the_proposal_takes_it_out(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal)
    batch = propose(portal, office.officer)
    do(portal, casework.acknowledge, office.decider, reports[0].case_id)
    left = [one.case_id for one in reports[1:]]
    open_all(portal, office.decider, batch, left)
    sign(portal, office.decider, batch)
    do(portal, casework.add_note, office.decider, left[0], text="wait", submission="w")
    dismiss_together(portal, {"batch": batch})  # type: ignore[arg-type]
    assert states(portal, reports) == ["acknowledged", "received", "closed"]
    assert members(portal, batch) == {left[1]}


def test_reports_are_chosen_by_day_and_by_what_they_say(portal: Portal, office: Office) -> None:
    promise(portal)
    spam = flood(portal)
    (real,) = flood(portal, 1, what="The parks of my street were never inspected.")
    with pytest.raises(NothingToDismiss):
        propose(portal, office.officer, day=date(2001, 1, 1))
    batch = propose(portal, office.officer, like=spam[0].case_id[:10])
    assert members(portal, batch) == {one.case_id for one in spam}
    rest = propose(portal, office.officer, day=portal.clock.now().date())
    assert members(portal, rest) == {real.case_id}


def test_what_was_refused_can_be_proposed_again(portal: Portal, office: Office) -> None:
    promise(portal)
    flood(portal)
    batch = propose(portal, office.officer)
    with pytest.raises(NothingToDismiss):
        propose(portal, office.officer)
    with portal.database.write() as session:
        batches.refuse(session, batch_id=batch, reason="x", **given(portal, office.decider))
    assert WAITS not in titles(portal, office.decider)
    assert propose(portal, office.officer)


def test_a_reporter_reads_why_and_opens_it_again_by_writing(portal: Portal, office: Office) -> None:
    """Their report was not read by anybody: nothing but their word stands in the way of burying it."""
    first, other, _ = dismissed(portal, office)
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=first.code)
    page = mailbox.get("/report/mailbox")
    assert "dismissed together with many others" in page.get_data(as_text=True)
    data = {"text": "This is meant in earnest."}
    assert send(mailbox, "/report/mailbox/message", page, **data).status_code == 303
    assert states(portal, [first, other]) == ["reopened", "closed"]
    assert "dismissed together" not in mailbox.get("/report/mailbox").get_data(as_text=True)
    assert {"Write a first message to a reporter", "A reporter wrote: read it and answer"} <= titles(
        portal, office.officer
    )
    with portal.database.read() as session:
        assert session.get_one(Case, first.case_id).lane == Lane.MAIN
        assert session.get(BatchMemberRow, (session.scalar(select(BatchRow.id)), first.case_id)) is None


def test_the_pages_lead_from_the_list_to_the_second_signature(portal: Portal, office: Office) -> None:
    promise(portal)
    reports = flood(portal, 2)
    ada, ben, cleo = (desk_of(portal, one) for one in (office.officer, office.decider, office.connected))
    assert "/desk/cases/batches" in ada.get("/desk/cases?list=aside").get_data(as_text=True)
    made = answer(ada, "/desk/cases/batches", body="DPR", day="", like="", why="alike")
    address = made.headers["Location"]
    page = ben.get(address).get_data(as_text=True)
    assert cleo.get(address).status_code == 404
    assert "0 of 2 opened" in page
    refused = send(ben, f"{address}/sign", ben.get(address))
    assert refused.status_code == 409 and "Open every report" in problems(refused)[0]
    for one in reports:
        shown = answer(ben, f"{address}/{one.address.rpartition('/')[2]}", expect=200)
        assert "Buy cheap watches" in shown.get_data(as_text=True)
    assert "2 of 2 opened" in ben.get(address).get_data(as_text=True)
    assert send(ben, f"{address}/sign", ben.get(address)).status_code == 303
    dismiss_together(portal, {"batch": address.rpartition("/")[2]})  # type: ignore[arg-type]
    assert states(portal, reports) == ["closed"] * 2
