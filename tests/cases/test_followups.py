"""After sending: questions, more files, stepping back, judging the handling, and retaliation."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.cases import rules
from portal.cases.errors import LastHolder, NoSuchCase, WrongState
from portal.cases.jobs import check_in
from portal.cases.models import Case, CheckInRow, Item, Recusal, Wrap
from portal.cases.queries import handling, read_case
from portal.cases.services import casework, check_ins, decisions, followups, mailbox
from portal.cases.values import CaseFile, CaseState, Finding, Handling, Retaliation, Says, reference
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do, titles
from tests.conftest import new_client
from tests.factories.accounts import person
from tests.factories.cases import (
    UNWRITTEN,
    Filed,
    Office,
    answer,
    bring_up,
    case_ids,
    code_on,
    desk_of,
    filed_report,
    heard,
    officer_of,
    problems,
    send,
)

ASK = "Ask a reporter whether anything was done to them"
PUNISHED = "A reporter says they were retaliated against: read it and write to them"
DAY = timedelta(days=1)


def opened(portal: Portal, report: Filed) -> str:
    """The secret of the reporter's opened mailbox."""
    with portal.database.write() as session:
        fields = {"keys": portal.keys, "settings": portal.settings, "now": portal.clock.now()}
        secret = mailbox.enter(session, code=report.code, **fields)
    assert secret is not None
    return secret


def reporter(portal: Portal, act: Any, report: Filed, **fields: Any) -> Any:
    secret = opened(portal, report)
    with portal.database.write() as session:
        common = {"secret": secret, "settings": portal.settings, "now": portal.clock.now()}
        return act(session, **common, **fields)


def look(portal: Portal, report: Filed) -> Any:
    secret = opened(portal, report)
    with portal.database.read() as session:
        return mailbox.look(session, secret=secret, settings=portal.settings, now=portal.clock.now())


def read(portal: Portal, office: Office, case_id: str) -> CaseFile:
    with portal.database.read() as session:
        officer = officer_of(office.officer)
        return read_case(session, case_id=case_id, officer=officer, now=portal.clock.now())


def decided(portal: Portal, office: Office, finding: Finding, *, closed: bool) -> Filed:
    report = filed_report(portal)
    decide(portal, office, report, finding)
    if closed:
        do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)
    return report


def decide(portal: Portal, office: Office, report: Filed, finding: Finding) -> None:
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    if finding in rules.FOUND_FALSE:
        heard(portal, office.officer, report.case_id)
    do(portal, decisions.propose_finding, office.officer, report.case_id, finding=finding, reason="so")
    do(portal, decisions.decide, office.decider, report.case_id)


@pytest.mark.parametrize("finding", list(Finding))
def test_who_was_not_followed_reads_how_to_object(portal: Portal, office: Office, finding: Finding) -> None:
    report = decided(portal, office, finding, closed=finding not in rules.FOUND_FALSE)
    box = new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    said = "If you think that this is wrong" in box.get("/report/mailbox").get_data(as_text=True)
    assert said is (finding not in rules.FOUND_FALSE)


def punished(portal: Portal, report: Filed, text: str = "They moved me to the cellar.") -> Retaliation:
    goes = reporter(portal, followups.report_retaliation, report, text=text, submission="p", keys=portal.keys)
    assert isinstance(goes, Retaliation)
    return goes


def at(portal: Portal, day: date) -> None:
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = portal.clock.at.replace(year=day.year, month=day.month, day=day.day)


@pytest.mark.parametrize("state", list(CaseState))
def test_every_state_has_one_answer_to_each_follow_up(state: CaseState) -> None:
    undecided = state in rules.UNDECIDED
    assert rules.may_withdraw(state=state, withdrawn=False) is undecided
    assert not rules.may_withdraw(state=state, withdrawn=True)
    assert rules.may_rate(state=state, rated=False) is not undecided
    assert not rules.may_rate(state=state, rated=True)
    asked = rules.may_check_in(state=state, due_on=date(2026, 5, 8), asked=False, today=date(2026, 5, 1))
    assert asked is (state is CaseState.CLOSED)


@pytest.mark.parametrize(
    ("state", "finding", "goes"),
    [
        (CaseState.RECEIVED, None, Retaliation.IN_CASE),
        (CaseState.REOPENED, None, Retaliation.IN_CASE),
        (CaseState.DECIDED, Finding.NOT_UPHELD, Retaliation.NEW_CASE),
        (CaseState.ACTION, Finding.UPHELD, Retaliation.NEW_CASE),
        (CaseState.CLOSED, Finding.NOT_UPHELD, Retaliation.REOPENED),
        (CaseState.CLOSED, Finding.REFERRED, Retaliation.REOPENED),
        (CaseState.CLOSED, Finding.UPHELD, Retaliation.NEW_CASE),
        (CaseState.CLOSED, Finding.PARTLY, Retaliation.NEW_CASE),
    ],
)
def test_where_retaliation_goes_is_a_rule(state: CaseState, finding: Finding | None, goes: Retaliation) -> None:
    """What was found false in public is never undone by what one person writes."""
    assert rules.after_retaliation(state=state, finding=finding) is goes


def test_check_ins_begin_a_week_before_and_are_asked_once() -> None:
    due = date(2026, 5, 8)
    closed = {"state": CaseState.CLOSED, "due_on": due}
    assert not rules.may_check_in(**closed, asked=False, today=due - 8 * DAY)  # type: ignore[arg-type]
    assert rules.may_check_in(**closed, asked=False, today=due - 7 * DAY)  # type: ignore[arg-type]
    assert rules.may_check_in(**closed, asked=False, today=due + 90 * DAY)  # type: ignore[arg-type]
    assert not rules.may_check_in(**closed, asked=True, today=due)  # type: ignore[arg-type]


def test_a_question_stays_open_until_it_is_answered(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    ada, box = desk_of(portal, office.officer), new_client(portal)
    answer(ada, f"{report.address}/acknowledge")
    answer(ada, f"{report.address}/question", text="Which park was it?")
    answer(ada, f"{report.address}/question", text="In which month?")
    answer(box, "/report/mailbox", code=report.code)
    page = box.get("/report/mailbox")
    assert "2 questions wait for your answer" in page.get_data(as_text=True)
    first, second = look(portal, report).questions
    data = {"text": "The one by the river.", "answers": first.id}
    assert send(box, "/report/mailbox/message", page, **data).status_code == 303

    assert "1 question waits for your answer" in box.get("/report/mailbox").get_data(as_text=True)
    case = read(portal, office, report.case_id)
    assert [one.id for one in case.questions] == [second.id]
    text = ada.get(report.address).get_data(as_text=True)
    assert "Open questions to the reporter" in text and "Answer from the reporter" in text


def test_only_a_question_can_be_answered(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="We have it.", submission="1")
    told = look(portal, report).entries[0]
    reporter(portal, mailbox.write, report, text="Good.", answers=told.id, submission="2")

    assert [one.answers for one in look(portal, report).entries] == [None, None]


def test_more_files_come_into_the_case_and_nothing_of_them_lies_open(portal: Portal, office: Office) -> None:
    """A reporter often gets the proof only after reporting; it needs the same shelter."""
    report, box = filed_report(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    empty = answer(box, "/report/mailbox/1", expect=422, file=(BytesIO(b""), ""))
    assert problems(empty) == ["Choose a file first. Empty files cannot be added."]
    answer(box, "/report/mailbox/1", file=(BytesIO(b"LATERPROOF" * 9000), "laterproof.csv"))
    assert "laterproof.csv" in box.get("/report/mailbox").get_data(as_text=True)

    case = read(portal, office, report.case_id)
    assert [file.name for file in case.files] == ["laterproof.csv"] and case.summary.files == 1
    stored = everything_stored(portal)
    assert b"LATERPROOF" not in stored and b"laterproof" not in stored
    for someone in (office.officer, office.decider):
        page = desk_of(portal, someone).get(f"{report.address}/files/{case.files[0].id}")
        assert page.status_code == 200


def test_a_full_case_says_so_and_keeps_nothing_of_the_file(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    with portal.database.write() as session:
        session.execute(update(Case).values(files=followups.MOST_FILES))
    refused = answer(box, "/report/mailbox/1", expect=422, file=(BytesIO(b"x"), "x.csv"))

    assert problems(refused) == ["A case takes 30 files, and has them."]
    assert list((portal.settings.var / "files").iterdir()) == []


def test_a_later_file_beyond_the_limit_gets_a_page_that_leads_back_to_the_mailbox(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    box = new_client(replace(portal, settings=portal.settings.model_copy(update={"upload_limit_mb": 1})))
    answer(box, "/report/mailbox", code=report.code)
    large = (BytesIO(b"x" * (1024 * 1024 + 1)), "big.bin")
    page = answer(box, "/report/mailbox/1", expect=413, file=large).get_data(as_text=True)

    assert "up to 1 MB" in page and "Back to the mailbox" in page
    assert list((portal.settings.var / "files").iterdir()) == []


def test_whoever_withdraws_is_left_in_peace_and_the_case_goes_on(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    ada = desk_of(portal, office.officer)
    answer(ada, f"{report.address}/acknowledge")
    answer(box, "/report/mailbox", code=report.code)
    page = box.get("/report/mailbox/4")
    assert "The case may go on without you" in page.get_data(as_text=True)
    assert problems(answer(box, "/report/mailbox/4", expect=422)) == ["Tick the box to withdraw."]
    answer(box, "/report/mailbox/4", sure="y", text="I am afraid.")

    assert "You withdrew" in box.get("/report/mailbox").get_data(as_text=True)
    assert box.get("/report/mailbox/4").status_code == 303
    assert not reporter(portal, followups.withdraw, report, text="", submission="2")
    case = read(portal, office, report.case_id)
    assert (case.summary.state, case.withdrawn_on) == (CaseState.ACKNOWLEDGED, date(2026, 2, 9))
    assert [one.says for one in case.entries] == [Says.WITHDRAWS]
    assert "Reporter withdrew" in ada.get("/desk/cases").get_data(as_text=True)
    assert "/question" not in ada.get(report.address).get_data(as_text=True)
    with pytest.raises(WrongState):
        do(portal, casework.ask, office.officer, report.case_id, text="Who?", submission="3")
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(withdrawn_on=date(2026, 2, 1)))


def test_the_handling_is_judged_once_sealed_and_counted_for_holders_alone(portal: Portal, office: Office) -> None:
    """A level in clear would tell the body's friends which case left somebody bitter."""
    report, box = decided(portal, office, Finding.NOT_UPHELD, closed=False), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    assert problems(answer(box, "/report/mailbox/2", expect=422)) == ["Choose one answer."]
    answer(box, "/report/mailbox/2", level="badly", text="NOBODYCALLED me back.")
    assert box.get("/report/mailbox/2").status_code == 303
    assert not reporter(portal, followups.judge, report, level=Handling.WELL, text="", submission="2")

    ada, cleo = desk_of(portal, office.officer), desk_of(portal, office.connected)
    assert "NOBODYCALLED" in ada.get("/desk/cases/handling").get_data(as_text=True)
    assert "NOBODYCALLED" not in cleo.get("/desk/cases/handling").get_data(as_text=True)
    with portal.database.read() as session:
        for someone, count in ((office.officer, 1), (office.connected, 0)):
            found = handling(session, officer=officer_of(someone), now=portal.clock.now())
            assert found.counts == {Handling.WELL: 0, Handling.PARTLY: 0, Handling.BADLY: count}
    stored = everything_stored(portal)
    assert b"NOBODYCALLED" not in stored and b"badly" not in stored


def test_nothing_is_judged_before_it_is_decided(portal: Portal, office: Office) -> None:
    report = filed_report(portal)

    assert not reporter(portal, followups.judge, report, level=Handling.WELL, text="", submission="1")


def test_the_reporter_is_asked_twice_after_closing(portal: Portal, office: Office) -> None:
    """Retaliation comes when nobody looks any more; a duty nobody opened would be a promise nobody keeps."""
    report = decided(portal, office, Finding.NOT_UPHELD, closed=True)
    days = [one.due_on for one in read(portal, office, report.case_id).check_ins]
    assert days == [date(2026, 5, 9), date(2026, 8, 7)]  # 9 May is worked for a holiday, 9 August is a Sunday
    check_in(portal)
    assert ASK not in titles(portal, office.officer)
    with pytest.raises(WrongState):
        do(portal, check_ins.ask, office.officer, report.case_id, text="Well?", submission="1")
    for due_on, left in zip(days, ("Ask how the reporter has fared by", ""), strict=True):
        at(portal, due_on - 7 * DAY)
        for _ in range(2):
            check_in(portal)
        assert ASK in titles(portal, office.officer) & titles(portal, office.decider)
        assert ASK not in titles(portal, office.connected)
        ada = desk_of(portal, office.officer)
        answer(ada, f"{report.address}/check-in", text="How do you fare?")
        assert ASK not in titles(portal, office.officer)
        assert left in ada.get(report.address).get_data(as_text=True)

    assert [one.check_in for one in look(portal, report).questions] == [3, 6]


def test_retaliation_in_an_open_case_is_put_before_everybody_who_holds_it(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    answer(box, "/report/mailbox", code=report.code)
    answer(box, "/report/mailbox/3", text="They moved me to the cellar.")
    assert PUNISHED in titles(portal, office.officer) & titles(portal, office.decider)
    assert PUNISHED not in titles(portal, office.connected)
    do(portal, casework.write_to_reporter, office.decider, report.case_id, text="We act.", submission="1")

    assert PUNISHED not in titles(portal, office.officer)
    assert read(portal, office, report.case_id).entries[0].says is Says.RETALIATION


def test_a_dismissed_case_is_in_triage_again_when_its_reporter_is_punished(portal: Portal, office: Office) -> None:
    report = decided(portal, office, Finding.NOT_UPHELD, closed=True)
    assert punished(portal, report) is Retaliation.REOPENED
    assert punished(portal, report) is Retaliation.IN_CASE  # the same form sent twice is kept once

    case = read(portal, office, report.case_id)
    assert [step.state.value for step in case.steps][-3:] == ["closed", "reopened", "triage"]
    assert [one.says for one in case.entries if one.says] == [Says.RETALIATION]
    assert case.check_ins == () and case.summary.assigned_to is None
    assert PUNISHED in titles(portal, office.officer)


def test_what_was_found_stands_and_the_punishment_becomes_a_case_of_its_own(
    portal: Portal, office: Office
) -> None:
    report = decided(portal, office, Finding.UPHELD, closed=False)
    do(portal, casework.recuse, office.decider, report.case_id)
    dan = person(portal, roles=["case-officer"], name="Dan Officer")
    before, box = case_ids(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    answer(box, "/report/mailbox/3", text="They moved me to the CELLAR.")
    code = code_on(box.get("/report/mailbox/3"))

    (made,) = case_ids(portal) - before
    case = read(portal, office, made)
    assert case.report.what == "They moved me to the CELLAR." and case.report.retaliation_for == report.case_id
    assert case.summary.subject.body == "DPR" and case.summary.state is CaseState.RECEIVED
    assert read(portal, office, report.case_id).summary.finding is Finding.UPHELD
    with portal.database.read() as session:
        held = set(
            session.scalars(select(Wrap.person_id).where(Wrap.case_id == made, Wrap.person_id.is_not(None)))
        )
        assert held == {office.officer.id, dan.id, office.outside.id if office.outside else ""}
        assert list(session.scalars(select(Recusal.person_id).where(Recusal.case_id == made))) == [
            office.decider.id
        ]
    assert report.case_id.encode() not in _other_rows(portal, made)
    address = f"/desk/cases/{reference(made)}"
    assert report.address in desk_of(portal, office.officer).get(address).get_data(as_text=True)
    unaware = desk_of(portal, dan).get(address).get_data(as_text=True)  # the earlier case is not dan's to know of
    assert "for an earlier report." in unaware and reference(report.case_id)[:11] not in unaware
    other = new_client(portal)
    answer(other, "/report/mailbox", code=code)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{case.summary.reference}").get_data(as_text=True)
    assert report.address in page


def _other_rows(portal: Portal, case_id: str) -> bytes:
    """What the database says of a case in clear."""
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        rows = session.scalars(select(Item).where(Item.case_id == case_id)).all()
        values = [getattr(case, column.key) for column in Case.__table__.columns]
        return repr(values).encode() + b"".join(bytes(row.sealed) for row in rows)


def test_without_enough_officers_for_a_new_case_those_of_the_first_are_told(
    portal: Portal, office: Office
) -> None:
    report = decided(portal, office, Finding.UPHELD, closed=False)
    for someone in (office.decider, office.outside):
        assert someone is not None
        do(portal, casework.recuse, someone, report.case_id)
    before = case_ids(portal)

    assert punished(portal, report) is Retaliation.IN_CASE
    assert case_ids(portal) == before
    assert PUNISHED in titles(portal, office.officer)


def test_words_that_hold_the_code_are_sent_from_none_of_the_pages(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    for page, more in (("4", {"sure": "y"}), ("3", {})):
        refused = answer(box, f"/report/mailbox/{page}", expect=422, text=f"It is {report.code}.", **more)
        assert "Your seven words stand in this message" in problems(refused)[0]

    assert look(portal, report).entries == ()


def test_words_of_the_linked_case_are_sent_from_none_of_the_pages_either(portal: Portal, office: Office) -> None:
    report, box = decided(portal, office, Finding.UPHELD, closed=False), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    answer(box, "/report/mailbox/3", text="They moved me.")
    linked = code_on(box.get("/report/mailbox/3"))
    for at, more in (("2", {"level": "badly"}), ("", {})):
        page = box.get(f"/report/mailbox/{at}".rstrip("/"))
        spelled = linked.replace(" ", "-" if at else "")
        address = f"/report/mailbox/{at or 'message'}"
        assert send(box, address, page, text=f"See {spelled}", **more).status_code == 422, address


def test_what_was_typed_into_a_mailbox_that_has_shut_is_given_back(portal: Portal, office: Office) -> None:
    report, box = filed_report(portal), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    page = box.get("/report/mailbox/3")
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += timedelta(minutes=portal.settings.mailbox_idle_minutes)
    late = send(box, "/report/mailbox/3", page, text="They moved me.")

    assert late.status_code == 410 and "They moved me." in late.get_data(as_text=True)
    assert "They moved me." in box.get("/report/mailbox/3").get_data(as_text=True), (
        "loading it again loses nothing"
    )
    for path in ("/report/mailbox", "/report/mailbox/3"):
        door = box.get(path)  # asks for the words
        assert door.status_code == 200 and "They moved me." not in door.get_data(as_text=True)


@pytest.mark.parametrize("page", ["4", "2"])
def test_what_comes_too_late_is_given_back_and_can_be_sent_as_a_message(
    portal: Portal, office: Office, page: str
) -> None:
    """Decided meanwhile, or said before: the page stood open, and its writer would think that it was taken."""
    report, box = filed_report(portal), new_client(portal)
    if page == "2":
        decide(portal, office, report, Finding.NOT_UPHELD)
    answer(box, "/report/mailbox", code=report.code)
    shown = box.get(f"/report/mailbox/{page}")
    if page == "2":
        reporter(portal, followups.judge, report, level=Handling.WELL, text="", submission="another form")
    else:
        decide(portal, office, report, Finding.NOT_UPHELD)
    late = send(box, f"/report/mailbox/{page}", shown, text="Heard too late.", level="well", sure="y")

    assert late.status_code == 422 and "you can send it as a message" in problems(late)[0]
    assert "Heard too late.</textarea>" in late.text
    assert "Heard too late." not in [one.text for one in look(portal, report).entries]
    assert send(box, "/report/mailbox/message", late, text="Heard too late.").status_code == 303
    assert "Heard too late." in [one.text for one in look(portal, report).entries]


@pytest.mark.parametrize("page", ["4", "2"])
def test_a_double_click_is_no_lost_word(portal: Portal, office: Office, page: str) -> None:
    judging = page == "2"
    report = decided(portal, office, Finding.NOT_UPHELD, closed=False) if judging else filed_report(portal)
    box, more = new_client(portal), {"level": "well"} if judging else {"sure": "y"}
    answer(box, "/report/mailbox", code=report.code)
    shown = box.get(f"/report/mailbox/{page}")
    for _ in range(2):
        assert send(box, f"/report/mailbox/{page}", shown, text="Once.", **more).status_code == 303
    assert len(look(portal, report).entries) == 1


def test_another_word_on_retaliation_is_given_back_beside_the_new_case(portal: Portal, office: Office) -> None:
    report, box = decided(portal, office, Finding.UPHELD, closed=False), new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    first, second = (box.get("/report/mailbox/3") for _ in range(2))
    before = case_ids(portal)
    for page, text, status in ((first, "Moved.", 303), (first, "Moved.", 200), (second, "And fined.", 409)):
        sent = send(box, "/report/mailbox/3", page, text=text)
        assert sent.status_code == status
    assert "And fined." in sent.text and code_on(sent)
    assert len(case_ids(portal) - before) == 1


def test_declaring_a_conflict_ends_everything_at_once(portal: Portal, office: Office) -> None:
    """From the next click on there is no case, neither this one nor another about that body."""
    report, second = filed_report(portal), filed_report(portal)
    ben = desk_of(portal, office.decider)
    assert problems(answer(ben, f"{report.address}/conflict", expect=422)) == ["Tick the box to declare it."]
    assert answer(ben, f"{report.address}/conflict", sure="y").headers["Location"] == "/desk/connections"
    assert "declared interest" in ben.get("/desk/connections").get_data(as_text=True)

    assert "There is no such page." not in ben.get(report.address).get_data(as_text=True), "said once, as a title"
    for address in (report.address, second.address, "/desk/cases/" + report.address[-31:][::-1]):
        assert ben.get(address).status_code == 404
    assert second.address not in ben.get("/desk/cases").get_data(as_text=True)
    for case in (report, second):
        assert read(portal, office, case.case_id).summary.id == case.case_id
    with portal.database.read() as session:
        wraps = select(Wrap.epoch).where(Wrap.case_id == report.case_id)
        assert list(session.scalars(wraps.where(Wrap.person_id == office.decider.id))) == []
        assert set(session.scalars(wraps.where(Wrap.person_id == office.officer.id))) == {1, 2}
    with pytest.raises(NoSuchCase):
        do(portal, casework.write_to_reporter, office.decider, second.case_id, text="x", submission="1")


def test_the_last_who_can_open_a_case_hands_it_over_before_declaring(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    for someone in (office.decider, office.outside):
        assert someone is not None
        do(portal, casework.recuse, someone, report.case_id)

    with pytest.raises(LastHolder):
        do(portal, casework.declare_conflict, office.officer, report.case_id)
    assert read(portal, office, report.case_id).summary.id == report.case_id


def test_cases_from_before_can_be_followed_up(portal: Portal, office: Office) -> None:
    report = decided(portal, office, Finding.NOT_UPHELD, closed=True)
    downgrade(portal.database, "0027_case_channels")
    bring_up(portal)
    assert reporter(portal, followups.judge, report, level=Handling.WELL, text="", submission="1")
    assert read(portal, office, report.case_id).report.what == "The parks were never inspected."
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.add(CheckInRow(case_id=report.case_id, months=4, due_on=date(2026, 5, 8)))
        session.flush()
