"""Whoever is connected loses their keys, though they be the last: but never in silence. What nobody can read is a
promise missed, others are told that there is something, and the reporter can open it to them."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.queries import connected_bodies
from portal.accounts.services import connect, declare_interest, disable_person, enable_person
from portal.accounts.values import ConnectionKind
from portal.cases.jobs import change_locks, escalate
from portal.cases.models import Case, MissedRow
from portal.cases.queries import read_case
from portal.cases.services import casework, epochs
from portal.cases.services.access import open_keys
from portal.cases.values import CaseFile, CaseState, Deadline
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade
from tests.cases.test_desk import do, state_of, titles
from tests.cases.test_masking import mask
from tests.cases.test_steps import later
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, answer, bring_up, desk_of, filed_report, officer_of, send
from tests.factories.registry import body

TOLD = "Nobody can read one of the reports any more: see to it that officers can receive it"
SHUT = "Nobody can read your report at the moment"


def left_by_all(portal: Portal, office: Office, report: Filed) -> None:
    """All who received it declare an interest; the job takes their keys."""
    with portal.database.write() as session:
        for someone in (office.officer, office.decider, office.outside):
            assert someone is not None
            declare_interest(session, actor=someone.actor, body_code="DPR", now=portal.clock.now())
    change_locks(portal)
    with portal.database.read() as session:
        assert epochs.holders_of(session, report.case_id) == ()


def mailbox_of(portal: Portal, report: Filed) -> Any:
    client: Any = new_client(portal)
    answer(client, "/report/mailbox", code=report.code)
    return client


def page_of(client: Any) -> str:
    text: str = client.get("/report/mailbox").get_data(as_text=True)
    return " ".join(text.split())


def let_in(portal: Portal, report: Filed) -> None:
    client = mailbox_of(portal, report)
    sent = send(client, "/report/mailbox/6", client.get("/report/mailbox/6"))
    assert sent.status_code == 303 and SHUT not in page_of(client)


def read_by(portal: Portal, someone: Someone, case_id: str) -> CaseFile:
    with portal.database.read() as session:
        return read_case(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now())


def new_officers(portal: Portal) -> tuple[Someone, Someone]:
    return (
        person(portal, roles=["case-officer"], name="Noa New"),
        person(portal, roles=["case-decider"], name="Dag Decider"),
    )


def missed_of(portal: Portal, case_id: str) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(MissedRow.deadline).where(MissedRow.case_id == case_id)))


def test_what_nobody_can_read_is_missed_and_those_who_can_help_are_told_that_there_is_one(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    admin = person(portal, roles=["administrator"], name="Adi Min")
    near = person(portal, roles=["administrator"], name="Nea Min", connected_to=["DPR"])
    far = person(portal, roles=["case-decider"], name="Dag Decider")
    left_by_all(portal, office, report)
    escalate(portal)
    assert missed_of(portal, report.case_id) == set() == titles(portal, admin)  # the day is not over
    later(portal, 1)
    escalate(portal)
    escalate(portal)

    assert missed_of(portal, report.case_id) == {Deadline.HELD}
    assert titles(portal, admin) == titles(portal, far) == {TOLD}
    for someone in (near, office.officer, office.decider, office.connected):
        assert TOLD not in titles(portal, someone)
    for someone, path in ((admin, "/desk/people"), (far, "/desk/cases/cover")):
        page = desk_of(portal, someone).get("/desk").get_data(as_text=True)
        assert TOLD in page and path in page
        assert report.address not in page and "DPR" not in page


def test_a_report_that_somebody_holds_is_not_missed(portal: Portal, office: Office) -> None:
    held = filed_report(portal)
    later(portal, 1)
    escalate(portal)
    assert missed_of(portal, held.case_id) == set()


def test_the_mailbox_says_that_nobody_can_read_it(portal: Portal, office: Office) -> None:
    """It used to say for good that an officer had yet to read it."""
    report = filed_report(portal)
    left_by_all(portal, office, report)
    client = mailbox_of(portal, report)

    page = page_of(client)
    assert SHUT in page and "An officer has yet to read it" not in page
    assert "Nobody else here may receive it now" in page and 'href="/report"' in page
    assert client.get("/report/mailbox/6").status_code == 303


def test_the_reporter_opens_it_to_those_who_may_receive_it_now(portal: Portal, office: Office) -> None:
    report = filed_report(portal, what="from the first day", file=("a.txt", b"seen"))
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.add_note, office.officer, report.case_id, text="a note of ours", submission="1")
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="we have read it", submission="2")
    left_by_all(portal, office, report)
    noa, dag = new_officers(portal)
    let_in(portal, report)

    found = read_by(portal, noa, report.case_id)
    assert found.report.what == "from the first day" and [file.name for file in found.files] == ["a.txt"]
    assert [one.text for one in found.entries] == ["we have read it"]
    assert read_by(portal, dag, report.case_id).report == found.report
    for act in (casework.add_note, casework.write_to_reporter):
        do(portal, act, noa, report.case_id, text="we go on", submission=act.__name__)
    assert "we go on" in page_of(mailbox_of(portal, report))
    do(portal, casework.assign, noa, report.case_id, person_id=dag.id)
    assert state_of(portal, report.case_id)[0] == CaseState.ASSIGNED
    with portal.database.read() as session:
        assert set(epochs.holders_of(session, report.case_id)) == {noa.id, dag.id}


def test_what_waits_is_put_before_whoever_is_let_in(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    admin = person(portal, roles=["administrator"], name="Adi Min")
    left_by_all(portal, office, report)
    later(portal, 1)
    escalate(portal)
    noa, _ = new_officers(portal)
    assert titles(portal, noa) == set() and titles(portal, admin) == {TOLD}
    let_in(portal, report)

    assert titles(portal, noa) == {"Acknowledge a report"} and titles(portal, admin) == set()


def test_a_case_let_in_can_be_given_on_to_somebody_else(portal: Portal, office: Office) -> None:
    """Their key to the older locks opens what is shared with the reporter, and so does the one they pass on."""
    report = filed_report(portal, what="from the first day")
    left_by_all(portal, office, report)
    noa, _ = new_officers(portal)
    let_in(portal, report)
    later_on = person(portal, roles=["case-officer"], name="Lia Later")
    do(portal, casework.acknowledge, noa, report.case_id)
    do(portal, casework.assign, noa, report.case_id, person_id=later_on.id)

    assert read_by(portal, later_on, report.case_id).report.what == "from the first day"
    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        opened = open_keys(session, case=case, officer=officer_of(later_on))
    assert [keys.desk is None for _, keys in sorted(opened.items())] == [True, True, False]


@pytest.mark.parametrize("wish", [{"names": "Noa"}, {"bodies": ("DOT",)}])
def test_nobody_is_let_in_whom_the_reporter_wanted_kept_away(
    portal: Portal, office: Office, wish: dict[str, Any]
) -> None:
    report = filed_report(portal, **wish)
    left_by_all(portal, office, report)
    noa, _ = new_officers(portal)
    third = person(portal, roles=["case-officer"], name="Theo Third")
    with portal.database.write() as session:
        kind = ConnectionKind.DECLARED
        connect(session, person_id=noa.id, body_code="DOT", kind=kind, now=portal.clock.now())
    let_in(portal, report)

    with portal.database.read() as session:
        held = set(epochs.holders_of(session, report.case_id))
    assert third.id in held and noa.id not in held


def test_who_stepped_aside_is_not_let_in_again_nor_is_one_officer_alone(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    _, dag = new_officers(portal)
    do(portal, casework.recuse, office.decider, report.case_id)
    left_by_all(portal, office, report)
    with portal.database.write() as session:
        disable_person(session, person_id=dag.id, actor=Actor.system(), now=portal.clock.now())

    assert "Nobody else here may receive it now" in page_of(mailbox_of(portal, report))


def test_a_report_for_the_outside_recipient_who_left_is_opened_to_the_office_when_its_writer_says_so(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal, outside_only=True, what="not for the office")
    assert office.outside is not None
    with portal.database.write() as session:
        disable_person(session, person_id=office.outside.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)
    client = mailbox_of(portal, report)
    text = client.get("/report/mailbox/6").get_data(as_text=True)
    assert "You wanted it read by the recipient outside this office alone" in text
    with portal.database.read() as session:
        assert office.officer.id not in epochs.holders_of(session, report.case_id)
    let_in(portal, report)

    assert read_by(portal, office.officer, report.case_id).report.what == "not for the office"


def test_a_report_that_only_people_who_left_have_keys_to_is_one_that_nobody_can_read(
    portal: Portal, office: Office
) -> None:
    """Their keys are kept for some days, in case it was an error; meanwhile nobody reads it all the same."""
    report, admin = filed_report(portal), person(portal, roles=["administrator"], name="Adi Min")
    people = (office.officer, office.decider, office.outside)
    fields: dict[str, Any] = {"actor": Actor.system(), "now": portal.clock.now()}
    with portal.database.write() as session:
        for someone in people:
            assert someone is not None
            disable_person(session, person_id=someone.id, **fields)
    change_locks(portal)
    later(portal, 1)
    escalate(portal)
    assert missed_of(portal, report.case_id) == {Deadline.HELD} and titles(portal, admin) == {TOLD}
    assert SHUT in page_of(mailbox_of(portal, report))

    with portal.database.write() as session:
        enable_person(session, person_id=office.officer.id, **fields)
    change_locks(portal)
    escalate(portal)
    assert titles(portal, admin) == set() and SHUT not in page_of(mailbox_of(portal, report))
    assert missed_of(portal, report.case_id) == {Deadline.HELD}


def test_who_left_loses_their_kept_keys_once_the_reporter_let_others_in(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    with portal.database.write() as session:
        for someone in (office.officer, office.decider, office.outside):
            assert someone is not None
            disable_person(session, person_id=someone.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)
    noa, dag = new_officers(portal)
    let_in(portal, report)

    with portal.database.read() as session:
        assert set(epochs.reach(session, report.case_id)) == {noa.id, dag.id}


def test_a_new_outside_recipient_comes_before_the_office(portal: Portal, office: Office) -> None:
    report = filed_report(portal, outside_only=True)
    assert office.outside is not None
    with portal.database.write() as session:
        disable_person(session, person_id=office.outside.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)
    other = person(portal, roles=["outside-recipient"], name="Otto Other")
    let_in(portal, report)

    with portal.database.read() as session:
        assert epochs.holders_of(session, report.case_id) == (other.id,)


def test_masks_that_nobody_can_know_any_more_go_with_those_who_knew_them(portal: Portal, office: Office) -> None:
    """Else the case could be opened by nobody: a mask that cannot be read is never taken for none."""
    report = filed_report(portal, what="Mister Third saw it.")
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    mask(portal, office, report, "Third")
    left_by_all(portal, office, report)
    noa, _ = new_officers(portal)
    let_in(portal, report)

    assert read_by(portal, noa, report.case_id).report.what == "Mister Third saw it."


def test_promises_missed_from_before_stay_when_the_schema_comes_up(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    left_by_all(portal, office, report)
    later(portal, 30)
    escalate(portal)
    assert missed_of(portal, report.case_id) == {Deadline.HELD, Deadline.ACKNOWLEDGE}
    downgrade(portal.database, "0061_about_several")
    bring_up(portal)

    assert missed_of(portal, report.case_id) == {Deadline.ACKNOWLEDGE}
    escalate(portal)
    assert missed_of(portal, report.case_id) == {Deadline.HELD, Deadline.ACKNOWLEDGE}


def declare(desk: Any, **fields: str) -> Any:
    return send(desk, "/desk/connections", desk.get("/desk/connections"), body_code="DPR", **fields)


def test_who_declares_is_told_before_that_too_few_are_left_and_can_declare_all_the_same(
    portal: Portal, office: Office
) -> None:
    with portal.database.write() as session:
        body(session, "DPR")
    desk = desk_of(portal, office.officer)
    asked = declare(desk)
    assert asked.status_code == 422 and "Only 1 other person in the office" in asked.get_data(as_text=True)
    with portal.database.read() as session:
        assert connected_bodies(session, person_id=office.officer.id, at=portal.clock.now()) == frozenset()

    assert declare(desk, sure="y").status_code == 303
    with portal.database.read() as session:
        assert connected_bodies(session, person_id=office.officer.id, at=portal.clock.now()) == {"DPR"}


def test_nobody_is_warned_where_enough_are_left_or_who_handles_no_reports(portal: Portal, office: Office) -> None:
    with portal.database.write() as session:
        body(session, "DPR")
    new_officers(portal)
    for someone in (office.officer, person(portal, roles=["moderator"])):
        assert declare(desk_of(portal, someone)).status_code == 303
