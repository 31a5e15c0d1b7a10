"""A case is kept as long as it may be needed and no longer; then nothing of it is left but that it is gone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.cases import keeping
from portal.cases.errors import StillHeld
from portal.cases.jobs import HANDLERS, keep_or_delete, publish_counts
from portal.cases.models import Case, CheckInRow, Item, Wrap
from portal.cases.services import casework, check_ins, decisions, joining, retention
from portal.cases.values import CaseState, Finding, Hold, Keeping
from portal.duties.errors import OwnProposal
from portal.duties.queries import signatures_waiting_for
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Runner
from portal.foundation.removals import HANDLERS as LEDGER
from portal.foundation.removals import known_removals
from portal.publishing.services import append_waiting
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do, titles
from tests.conftest import new_client
from tests.factories.accounts import person
from tests.factories.cases import (
    UNWRITTEN,
    Filed,
    Office,
    answer,
    case_ids,
    desk_of,
    filed_by_pages,
    filed_report,
    send,
)

OVER = "A case is due to be deleted: delete it with a colleague, or put it on hold"
SECRET = "albatrosses-over-the-harbour"
MONTHS = dict.fromkeys(Finding, 12) | {Finding.UPHELD: 60}
FREE = keeping.Facts(closed=True, asked=True, corrected=True, reread=True, counted=True)


def at(portal: Portal, day: date) -> None:
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)


def closed(portal: Portal, office: Office, *, ask: bool = True) -> Filed:
    """Found not admissible in February 2026, its reporter asked twice, its quarter counted: kept for a year."""
    report = filed_by_pages(portal, what=SECRET, file=("proof.txt", SECRET.encode() * 2000))
    case_id = report.case_id
    do(portal, casework.acknowledge, office.officer, case_id)
    do(portal, casework.add_note, office.officer, case_id, text=SECRET, submission="n")
    do(portal, casework.assign, office.officer, case_id, person_id=office.officer.id)
    found = {"finding": Finding.NOT_ADMISSIBLE, "reason": SECRET}
    do(portal, decisions.propose_finding, office.officer, case_id, **found)
    do(portal, decisions.decide, office.decider, case_id)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    for day in (date(2026, 5, 8), date(2026, 8, 7)):
        at(portal, day)
        if ask:
            do(portal, check_ins.ask, office.officer, case_id, text="How are you?", submission=str(day))
    publish_counts(portal)
    append_waiting(portal)
    return report


def look(portal: Portal, day: date) -> bool:
    """Let the daily job run; whether the case is still there."""
    at(portal, day)
    keep_or_delete(portal)
    runner = Runner(portal, HANDLERS | LEDGER, ())
    while runner.step():
        pass
    return bool(case_ids(portal))


def test_how_long_a_case_is_kept_follows_from_what_was_found() -> None:
    day = date(2026, 2, 28)
    assert keeping.keep_until(finding=Finding.UPHELD, closed_on=day, months=MONTHS) == date(2031, 2, 28)
    assert keeping.keep_until(finding=Finding.REFERRED, closed_on=day, months=MONTHS) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("change", "hold"),
    [
        ({"closed": False}, Hold.OPEN),
        ({"asked": False}, Hold.CHECK_IN),
        ({"corrected": False}, Hold.CORRECTION),
        ({"reread": False}, Hold.REREAD),
        ({"answered": False}, Hold.ANSWER),
        ({"counted": False}, Hold.COUNT),
        ({"appealed": True}, Hold.APPEAL),
        ({"placed": frozenset({Hold.EXPORT})}, Hold.EXPORT),
        ({"placed": frozenset({Hold.OFFICER})}, Hold.OFFICER),
    ],
)
def test_what_is_live_or_unanswered_is_held_by_itself(change: dict[str, Any], hold: Hold) -> None:
    facts = {name: getattr(FREE, name) for name in FREE.__dataclass_fields__} | change
    held = keeping.holds(keeping.Facts(**facts))
    assert held == (hold,) and keeping.holds(FREE) == ()
    assert not Keeping(date(2026, 1, 1), held).is_over(date(2030, 1, 1))
    assert Keeping(date(2026, 1, 1), ()).is_over(date(2026, 1, 2))


def test_two_people_delete_a_case_and_nothing_of_it_is_left(portal: Portal, office: Office) -> None:
    """Whoever steals the disk afterwards finds an id and a day."""
    person(portal, roles=["case-decider"], name="Dan Second")
    report = closed(portal, office)
    assert look(portal, date(2027, 3, 1)) and OVER in titles(portal, office.officer)
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    do(portal, retention.propose_deletion, office.decider, report.case_id, reason="alone")
    with pytest.raises(OwnProposal):
        do(portal, retention.agree_to_deletion, office.decider, report.case_id)
    do(portal, retention.refuse_deletion, office.decider, report.case_id, reason="x")
    answer(ada, f"{report.address}/delete", reason=SECRET)
    with portal.database.read() as session:
        sealed = [*session.scalars(select(Item.sealed)), *session.scalars(select(Wrap.sealed))]
    assert len(sealed) > 10 and all(one in everything_stored(portal) for one in sealed[:1])
    page = answer(ben, f"{report.address}/delete-agree", sure="y")
    assert page.headers["Location"] == "/desk/cases"
    look(portal, date(2027, 3, 1))
    stored = everything_stored(portal)
    assert not [one for one in sealed if one in stored], "deleted rows still lie in a file of the database"
    assert SECRET.encode() not in stored and not list((portal.settings.var / "files").iterdir())
    with portal.database.read() as session:
        (removal,) = [one for one in known_removals(session) if one.kind == "cases.deleted"]
        for table in ("case_item", "case_wrap", "case_epoch", "case_mailbox", "case_filing", "case_step"):
            assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table
        assert signatures_waiting_for(session, office.decider.actor, now=portal.clock.now()) == ()
    assert (removal.subject, removal.day) == (report.case_id, date(2027, 3, 1))
    assert report.case_id in (portal.settings.var / "ledger" / "removals").read_text()
    assert ada.get(report.address).status_code == 404
    assert OVER not in titles(portal, office.officer)


def test_the_seven_words_open_nothing_any_more_and_an_open_mailbox_shuts(portal: Portal, office: Office) -> None:
    report = closed(portal, office)
    at(portal, date(2027, 3, 1))
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    with portal.database.write() as session:
        retention._delete(session, session.get_one(Case, report.case_id), now=portal.clock.now())
    for page in ("/report/mailbox", "/report/mailbox/5", "/report/mailbox/4"):
        assert mailbox.get(page).status_code == 200
    refused = answer(new_client(portal), "/report/mailbox", code=report.code, expect=422)
    assert "No report was sent with these words" in refused.get_data(as_text=True)


def test_nobody_deletes_a_case_before_its_time(portal: Portal, office: Office) -> None:
    """Deleting would be the most thorough way to bury a report."""
    report = closed(portal, office)
    at(portal, date(2027, 2, 9))
    with pytest.raises(StillHeld):
        do(portal, retention.propose_deletion, office.officer, report.case_id, reason="now")


def test_a_case_that_nobody_keeps_goes_by_itself_after_the_notice(portal: Portal, office: Office) -> None:
    closed(portal, office)
    assert look(portal, date(2027, 3, 1))
    assert look(portal, date(2027, 4, 30))
    assert not look(portal, date(2027, 5, 1))


def test_a_hold_calls_off_what_was_proposed_and_ends_with_a_notice(portal: Portal, office: Office) -> None:
    person(portal, roles=["case-decider"], name="Dan Second")
    report = closed(portal, office)
    look(portal, date(2027, 3, 1))
    do(portal, retention.propose_deletion, office.officer, report.case_id, reason="over")
    do(portal, retention.hold, office.officer, report.case_id, reason="a court asks for it")
    with portal.database.read() as session:
        assert signatures_waiting_for(session, office.decider.actor, now=portal.clock.now()) == ()
    assert look(portal, date(2028, 3, 1)) and OVER not in titles(portal, office.officer)
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    do(portal, retention.propose_release, office.decider, report.case_id, reason="alone")
    with pytest.raises(OwnProposal):
        do(portal, retention.agree_to_release, office.decider, report.case_id)
    answer(ben, f"{report.address}/take-back", what="release")
    answer(ada, f"{report.address}/release", reason="the court has judged")
    assert look(portal, date(2028, 3, 1)) and OVER not in titles(portal, office.officer)
    answer(ben, f"{report.address}/release-agree")
    assert look(portal, date(2028, 3, 2)) and OVER in titles(portal, office.officer)
    assert not look(portal, date(2028, 6, 1))


def test_a_reporter_who_was_not_asked_yet_keeps_the_case(portal: Portal, office: Office) -> None:
    report = closed(portal, office, ask=False)
    assert look(portal, date(2028, 3, 1)) and OVER not in titles(portal, office.officer)
    with portal.database.read() as session:
        assert session.scalars(select(CheckInRow).where(CheckInRow.case_id == report.case_id)).all()
        kept = retention.of(session, session.get_one(Case, report.case_id), settings=portal.settings)
        state = session.get_one(Case, report.case_id).state
    assert kept.holds == (Hold.CHECK_IN,) and state == CaseState.CLOSED


def test_what_a_reporter_wrote_keeps_the_case_until_somebody_answers(portal: Portal, office: Office) -> None:
    """Were it deleted, the reporter would wait for an answer that nobody can give any more."""
    report = closed(portal, office)
    at(portal, date(2027, 3, 1))
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    sent = send(mailbox, "/report/mailbox/message", mailbox.get("/report/mailbox"), text="They began again.")
    assert sent.status_code == 303
    assert look(portal, date(2027, 6, 1)) and OVER not in titles(portal, office.officer)
    page = desk_of(portal, office.officer).get(report.address).get_data(as_text=True)
    assert "Stays: the reporter wrote and has no answer yet" in page
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="I see to it.", submission="a")
    assert look(portal, date(2027, 6, 2)) and OVER in titles(portal, office.officer)


def test_a_hold_on_one_case_holds_those_it_is_joined_with(portal: Portal, office: Office) -> None:
    """What an authority or a court needs of a matter lies in all of its reports."""
    main, other = filed_report(portal), filed_report(portal)
    for one in (main, other):
        do(portal, casework.acknowledge, office.officer, one.case_id)
    do(portal, joining.propose_joining, office.officer, other.case_id, into_id=main.case_id, reason="same")
    do(portal, joining.agree_to_joining, office.decider, other.case_id)
    do(portal, casework.assign, office.officer, main.case_id, person_id=office.officer.id)
    found = {"finding": Finding.NOT_ADMISSIBLE, "reason": "x"}
    do(portal, decisions.propose_finding, office.officer, main.case_id, **found)
    do(portal, decisions.decide, office.decider, main.case_id)
    do(portal, decisions.close, office.officer, main.case_id, **UNWRITTEN)

    def held() -> list[bool]:
        with portal.database.read() as session:
            cases = [session.get_one(Case, one.case_id) for one in (main, other)]
            return [Hold.OFFICER in retention.of(session, one, settings=portal.settings).holds for one in cases]

    do(portal, retention.hold, office.officer, main.case_id, reason="a court asks for it")
    assert held() == [True, True]
    do(portal, retention.propose_release, office.officer, other.case_id, reason="judged")
    do(portal, retention.agree_to_release, office.decider, other.case_id)
    assert held() == [False, False]
