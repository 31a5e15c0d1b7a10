"""One report about several figures and bodies: whoever is connected to any of them does not learn of it, and what
is found holds for each figure that the finding names."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases.errors import NoSuchCase, NotHeard, NotYetCorrected, OtherFigures, WrongState
from portal.cases.jobs import change_locks
from portal.cases.models import Case, NoticeRow, SubjectRow
from portal.cases.queries import queue, read_case, together, took_part, upheld_for_evaluation
from portal.cases.services import about, casework, corrections, decisions, joining, letters, retention
from portal.cases.services.drafts import subject_content, to_subject, with_another
from portal.cases.services.epochs import holders_of
from portal.cases.values import MOST_PARTS, Asked, CaseFile, Finding, Hold, Subject
from portal.duties.queries import signatures_waiting_for
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from portal.publishing.queries import current_edition, notices
from portal.publishing.services import append_waiting, approve_correction
from portal.publishing.values import FigureKey
from tests.cases.test_desk import do
from tests.conftest import Beginning, World, new_client
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    FIGURE,
    UNWRITTEN,
    Filed,
    Office,
    a_figure,
    an_office,
    answer,
    desk_of,
    filed_report,
    heard,
    officer_of,
)

PARKS, ROADS = FigureKey("DPR", "clean-parks", "2022"), FigureKey("DOT", "potholes", "2022")
ROADS_TOO = Subject(*ROADS, edition=2)


def two_bodies(portal: Portal) -> Office:
    a_figure(portal)
    roads = published.figure(body=ROADS.body, indicator=ROADS.indicator, actual="12")
    published.append(portal, published.body(ROADS.body), published.indicator(ROADS.indicator), roads)
    return an_office(portal)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return two_bodies if "office" in request.fixturenames else None


@pytest.fixture
def office(portal: Portal, world: World) -> Office:
    return world.told_in(portal)


def opened(portal: Portal, someone: Someone, report: Filed) -> CaseFile:
    with portal.database.read() as session:
        return read_case(session, case_id=report.case_id, officer=officer_of(someone), now=portal.clock.now())


def seen_in_queue(portal: Portal, someone: Someone, asked: Asked = Asked()) -> list[str]:  # noqa: B008  (it is frozen)
    with portal.database.read() as session:
        found = queue(session, officer=officer_of(someone), asked=asked, now=portal.clock.now())
        return [one.id for one in found.cases]


def proposed(portal: Portal, office: Office, report: Filed, figures: list[FigureKey] | None) -> None:
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    for _body in (PARKS.body, ROADS.body):
        heard(portal, office.officer, report.case_id)
    finding: dict[str, Any] = {"finding": Finding.UPHELD, "reason": "so", "figures": figures}
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding)


def decided(portal: Portal, office: Office, report: Filed, figures: list[FigureKey] | None) -> None:
    proposed(portal, office, report, figures)
    do(portal, decisions.decide, office.decider, report.case_id)
    append_waiting(portal)


def correct(portal: Portal, office: Office, report: Filed, figure: FigureKey) -> None:
    values = {"new_actual": "50", "new_target": "", "reason": "The field office.", "figure": figure}
    do(portal, corrections.propose, office.officer, report.case_id, **values)
    with portal.database.write() as session:
        (proposal,) = signatures_waiting_for(session, office.decider.actor, now=portal.clock.now())
        approve_correction(session, proposal_id=proposal.id, actor=office.decider.actor, now=portal.clock.now())
    append_waiting(portal)


def under_review(portal: Portal) -> set[FigureKey]:
    with portal.database.read() as session:
        return {one.key for one in notices(session, edition=current_edition(session).n)}


def test_a_reporter_adds_figures_from_their_pages_and_by_searching(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data={**FIGURE, "edition": "1"})
    answer(client, "/report/what", what="Both are made up.")
    client.post("/report", data={"body": ROADS.body, "indicator": ROADS.indicator, "period": ROADS.period})
    page = client.get("/report/what").get_data(as_text=True)
    assert "Indicator clean-parks" in page and "Indicator potholes" in page and "Both are made up." in page

    roads = f"{ROADS.body}|{ROADS.indicator}|{ROADS.period}||2"
    answer(client, "/report/figures", remove=roads)
    assert "Indicator potholes" not in client.get("/report/figures").get_data(as_text=True)
    found = answer(client, "/report/figures", expect=200, q="potholes", then="search").get_data(as_text=True)
    assert f'value="{roads}"' in found and "Body DOT, published result 12" in found
    answer(client, "/report/figures", q="potholes", chosen=[roads, "DOT||||2", "nothing|at|all||"], then="add")
    check = client.get("/report/check").get_data(as_text=True)
    assert "Indicator clean-parks" in check and "Indicator potholes" in check
    answer(client, "/report/check")

    with portal.database.read() as session:
        rows = session.scalars(select(SubjectRow).order_by(SubjectRow.number)).all()
        kept = [(row.body_code, row.indicator_code, row.edition_seen) for row in rows]
    assert kept == [("DOT", "potholes", 2), ("DOT", None, 2)]
    desk = desk_of(portal, office.officer)
    (case_id,) = seen_in_queue(portal, office.officer)
    for address in ("/desk/cases", Filed(case_id, "", portal).address):
        shown = desk.get(address).get_data(as_text=True)
        assert "Indicator clean-parks" in shown and "Indicator potholes" in shown, address


def test_what_is_typed_is_kept_while_further_figures_are_added(portal: Portal, office: Office) -> None:
    """The way there is a button of the form: a link would leave behind what stands in it."""
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    for typed in ("", "Half a sentence, and"):
        page = client.get("/report/what").get_data(as_text=True)
        assert 'name="then" value="figures"' in page and 'href="/report/figures"' not in page
        gone = answer(client, "/report/what", what=typed, matter="pressure", then="figures")
        assert gone.headers["Location"].endswith("/report/figures")
        assert typed in client.get("/report/what").get_data(as_text=True)
    on = answer(client, "/report/what", expect=422, what="")
    assert "Say in your own words" in on.get_data(as_text=True), "to go on it must be said"


def test_the_mailbox_says_what_the_report_is_about(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    answer(report.client, "/report/mailbox", code=report.code)
    page = report.client.get("/report/mailbox").get_data(as_text=True)
    assert "Indicator clean-parks" in page and "Indicator potholes" in page


def test_whoever_is_connected_to_any_of_them_does_not_learn_of_it(portal: Portal, office: Office) -> None:
    """Else a report that names two bodies would tell the second one of itself."""
    rhoda = person(portal, roles=["case-decider"], name="Rhoda Roads", connected_to=[ROADS.body])
    other = filed_report(portal)
    report = filed_report(portal, more=(ROADS_TOO,))
    assert seen_in_queue(portal, rhoda) == [other.case_id]
    with pytest.raises(NoSuchCase):
        opened(portal, rhoda, report)
    with portal.database.read() as session:
        assert rhoda.id not in holders_of(session, report.case_id)
    assert sorted(seen_in_queue(portal, office.officer)) == sorted([other.case_id, report.case_id])


def test_who_becomes_connected_to_a_further_body_loses_the_case(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    with portal.database.write() as session:
        joining: dict[str, Any] = {"kind": ConnectionKind.EMPLOYED, "now": portal.clock.now()}
        connect(session, person_id=office.decider.id, body_code=ROADS.body, **joining)
    assert seen_in_queue(portal, office.decider) == []
    change_locks(portal)
    with portal.database.read() as session:
        assert office.decider.id not in holders_of(session, report.case_id)


def test_a_finding_marks_and_voids_each_figure_it_covers_and_no_other(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    decided(portal, office, report, [ROADS])
    assert under_review(portal) == {ROADS}
    with portal.database.read() as session:
        (upheld,) = upheld_for_evaluation(session, ROADS.body, ROADS.period)
        assert (upheld.indicator, upheld.corrected) == (ROADS.indicator, False)
        assert upheld_for_evaluation(session, PARKS.body, PARKS.period) == ()
    with pytest.raises(WrongState):
        correct(portal, office, report, PARKS)


def is_held_for_appeal(portal: Portal, report: Filed) -> bool:
    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        return Hold.APPEAL in retention.of(session, case, settings=portal.settings).holds


def appealed(portal: Portal, figure: FigureKey) -> None:
    """An appeal about this figure; its id is the figure's body."""
    with portal.database.write() as session:
        retention.hold_for_appeal(session, appeal_id=figure.body, figure=figure, now=portal.clock.now())


def appeal_decided(portal: Portal, figure: FigureKey) -> None:
    with portal.database.write() as session:
        retention.end_appeal_hold(session, appeal_id=figure.body)


@pytest.mark.parametrize(("covered", "other"), [(PARKS, ROADS), (ROADS, PARKS)])
def test_whoever_found_one_of_its_figures_false_took_part_in_that_and_not_in_the_other(
    portal: Portal, office: Office, covered: FigureKey, other: FigureKey
) -> None:
    """Else they could decide on the appeal against their own finding."""
    report = filed_report(portal, more=(ROADS_TOO,))
    proposed(portal, office, report, [covered])
    with portal.database.read() as session:
        assert took_part(session, covered) == frozenset(), "nothing was found yet"
    do(portal, decisions.decide, office.decider, report.case_id)
    with portal.database.read() as session:
        assert took_part(session, covered) == {office.officer.id, office.decider.id}
        assert took_part(session, other) == frozenset()


def test_an_appeal_about_a_figure_holds_the_cases_whose_finding_covers_it(portal: Portal, office: Office) -> None:
    report, other = filed_report(portal, more=(ROADS_TOO,)), filed_report(portal)
    decided(portal, office, report, [ROADS])
    appealed(portal, PARKS)
    assert not is_held_for_appeal(portal, report)
    appealed(portal, ROADS)
    assert is_held_for_appeal(portal, report) and not is_held_for_appeal(portal, other)
    appeal_decided(portal, ROADS)
    assert not is_held_for_appeal(portal, report)


def test_a_case_stays_until_no_appeal_about_any_figure_it_covers_is_open(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    decided(portal, office, report, None)
    appealed(portal, PARKS)
    appealed(portal, ROADS)
    appeal_decided(portal, PARKS)
    assert is_held_for_appeal(portal, report)
    appeal_decided(portal, ROADS)
    assert not is_held_for_appeal(portal, report)


def test_a_case_that_finds_a_figure_false_while_an_appeal_about_it_is_open_is_held_too(
    portal: Portal, office: Office
) -> None:
    """Else what was found twice could be deleted in part before the appeal is decided."""
    before, other = filed_report(portal, more=(ROADS_TOO,)), filed_report(portal)
    appealed(portal, ROADS)
    assert not is_held_for_appeal(portal, before), "nothing was found yet"
    decided(portal, office, before, [ROADS])
    decided(portal, office, other, None)
    assert is_held_for_appeal(portal, before) and not is_held_for_appeal(portal, other)
    appeal_decided(portal, ROADS)
    assert not is_held_for_appeal(portal, before)


def test_an_appeal_calls_off_what_was_proposed_and_announced_of_a_deletion(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    decided(portal, office, report, None)
    with portal.database.write() as session:
        session.add(NoticeRow(case_id=report.case_id, noticed_on=portal.clock.now().date()))
    appealed(portal, ROADS)
    with portal.database.read() as session:
        assert session.get(NoticeRow, report.case_id) is not None
    appealed(portal, PARKS)
    with portal.database.read() as session:
        assert session.get(NoticeRow, report.case_id) is None


def test_a_case_closes_when_every_figure_it_covers_is_corrected(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    decided(portal, office, report, None)
    assert under_review(portal) == {PARKS, ROADS}
    page = desk_of(portal, office.officer).get(f"{report.address}/correct").get_data(as_text=True)
    assert "Which figure?" in page and page.count("seen by the reporter") == 2
    correct(portal, office, report, ROADS)
    with pytest.raises(NotYetCorrected):
        do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)
    correct(portal, office, report, PARKS)
    do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)


def test_a_finding_that_something_is_false_says_of_what(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    with pytest.raises(Invalid):
        proposed(portal, office, report, [])
    form = desk_of(portal, office.officer)
    page = form.get(f"{report.address}/propose").get_data(as_text=True)
    assert "Which figures does it cover?" in page and "Indicator potholes, 2022 · Body DOT" in page
    answer(form, f"{report.address}/propose", finding="upheld", reason="so", figures=[str(ROADS)])
    do(portal, decisions.decide, office.decider, report.case_id)
    append_waiting(portal)
    assert under_review(portal) == {ROADS}


def test_a_case_with_a_figure_of_its_own_is_not_joined_to_one_without(portal: Portal, office: Office) -> None:
    """Else that figure would be closed with the other, though nobody ever looked into it."""
    one, both = filed_report(portal), filed_report(portal, more=(ROADS_TOO,))
    for report in (one, both):
        do(portal, casework.acknowledge, office.officer, report.case_id)
    given: dict[str, Any] = {"reason": "the same"}
    with pytest.raises(OtherFigures):
        do(portal, joining.propose_joining, office.officer, both.case_id, into_id=one.case_id, **given)
    do(portal, joining.propose_joining, office.officer, one.case_id, into_id=both.case_id, **given)


def test_a_finding_covers_of_what_was_joined_the_figures_it_names_alone(portal: Portal, office: Office) -> None:
    main, again = (filed_report(portal, more=(ROADS_TOO,), what=f"number {number}") for number in range(2))
    for report in (main, again):
        do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, joining.propose_joining, office.officer, again.case_id, into_id=main.case_id, reason="the same")
    do(portal, joining.agree_to_joining, office.decider, again.case_id)
    do(portal, casework.assign, office.officer, main.case_id, person_id=office.officer.id)
    for _body in (PARKS.body, ROADS.body):
        heard(portal, office.officer, main.case_id)
    finding: dict[str, Any] = {"finding": Finding.UPHELD, "reason": "so", "figures": [PARKS]}
    do(portal, decisions.propose_finding, office.officer, main.case_id, **finding)
    do(portal, decisions.decide, office.decider, main.case_id)
    with portal.database.read() as session:
        covered = [about.figures_of(session, session.get_one(Case, one.case_id)) for one in (main, again)]
    assert covered == [(PARKS,), (PARKS,)]


@pytest.fixture
def assigned(portal: Portal, office: Office) -> Filed:
    report = filed_report(portal, more=(ROADS_TOO,))
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    return report


@pytest.mark.parametrize(("covered", "other"), [(PARKS, ROADS), (ROADS, PARKS)])
def test_a_finding_needs_the_hearing_of_each_body_it_goes_against_and_of_no_other(
    portal: Portal, office: Office, assigned: Filed, covered: FigureKey, other: FigureKey
) -> None:
    asked: dict[str, Any] = {"text": "Why?", "submission": "1", "body": covered.body}
    do(portal, letters.write_letter, office.officer, assigned.case_id, **asked)
    do(portal, letters.enter_answer, office.officer, assigned.case_id, **asked | {"submission": "2"})
    finding: dict[str, Any] = {"finding": Finding.UPHELD, "reason": "so"}
    for figures in (None, [other], [covered, other]):
        with pytest.raises(NotHeard):
            do(
                portal,
                decisions.propose_finding,
                office.officer,
                assigned.case_id,
                **finding,
                figures=figures,
            )
    do(portal, decisions.propose_finding, office.officer, assigned.case_id, **finding, figures=[covered])
    page = desk_of(portal, office.decider).get(f"{assigned.address}/decide").get_data(as_text=True)
    assert f"Body {covered.body}" in page and f"Body {other.body}" not in page and "Still to be heard" not in page


def test_each_body_is_asked_by_itself_and_the_case_page_says_how_far_each_was_heard(
    portal: Portal, office: Office, assigned: Filed
) -> None:
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=[ROADS.body])
    desk, letter, hear = desk_of(portal, office.officer), f"{assigned.address}/letter", f"{assigned.address}/hear"
    page = desk.get(assigned.address).get_data(as_text=True)
    assert page.count("The body was not asked yet") == page.count("Still to be heard") == 2
    answer(desk, letter, expect=422, text="Dear parks")
    answer(desk, letter, expect=422, text="Dear roads", body=ROADS.body)
    answer(desk, letter, text="Dear parks", body=PARKS.body)
    answer(desk, hear, text="Dear roads", body=ROADS.body)
    assert desk_of(portal, signer).get("/desk/asked").get_data(as_text=True).count("Waits for your answer") == 1
    answer(desk, f"{assigned.address}/letter-answer", text="From parks", body=PARKS.body)

    by_body = {one.body: one for one in opened(portal, office.officer, assigned).heard}
    today = portal.clock.now().date()
    parks, roads = by_body[PARKS.body], by_body[ROADS.body]
    assert parks.hearing is not None and roads.hearing is not None
    assert (parks.hearing.by_letter, roads.hearing.by_letter) == (True, False)
    assert (parks.is_missing(today), roads.is_missing(today)) == (False, True)
    shown = desk.get(assigned.address).get_data(as_text=True)
    _, parks_box, roads_box = shown.split('<h3 class="govuk-heading-s">Body ')
    assert "Dear parks" in parks_box and "From parks" in parks_box and "Still to be heard" not in parks_box
    assert "The body may answer by" in roads_box and "Dear roads" in roads_box and "Still to be heard" in roads_box


def test_lists_find_a_case_by_what_it_is_also_about(portal: Portal, office: Office) -> None:
    report = filed_report(portal, more=(ROADS_TOO,))
    other = filed_report(
        portal, subject={"body": "DOT", "indicator": "potholes", "period": "2022", "edition": "2"}
    )
    assert sorted(seen_in_queue(portal, office.officer, Asked(body="DOT"))) == sorted(
        [report.case_id, other.case_id]
    )
    assert seen_in_queue(portal, office.officer, Asked(body="DPR")) == [report.case_id]
    with portal.database.read() as session:
        asking: dict[str, Any] = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        assert [one.id for one in together(session, case_id=other.case_id, **asking).same] == [report.case_id]


def test_a_conflict_is_declared_with_the_body_it_is_about(portal: Portal, office: Office) -> None:
    report, parks = filed_report(portal, more=(ROADS_TOO,)), filed_report(portal)
    desk = desk_of(portal, office.decider)
    answer(desk, f"{report.address}/conflict", expect=422, sure="y")
    answer(desk, f"{report.address}/conflict", sure="y", bodies=["DOT"])
    assert seen_in_queue(portal, office.decider) == [parks.case_id]


def test_a_subject_leads_with_a_figure_and_holds_each_thing_once() -> None:
    body, figure, service = Subject("DOT"), Subject(*PARKS, edition=1), Subject("DPR", service="permits")
    found = Subject.of([body, service, figure, Subject(*PARKS, edition=3), Subject(), ROADS_TOO])
    assert found.parts == (figure, ROADS_TOO, service, body)
    assert found.bodies == ("DPR", "DOT")
    assert to_subject(subject_content(found)) == found
    assert subject_content(figure) == ["DPR", "clean-parks", "2022", None, 1]


def test_a_report_takes_so_many_things_and_no_more() -> None:
    subject = Subject()
    for number in range(MOST_PARTS + 3):
        subject = with_another(subject, Subject(f"B{number}"))
    assert len(subject.parts) == MOST_PARTS
    assert with_another(subject, Subject("B0")) == subject and with_another(subject, Subject()) == subject
