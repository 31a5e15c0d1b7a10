"""The queue: narrowed down, searched, a page at a time, and never more than exists for whoever asks."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases import rules
from portal.cases.listing import Matches
from portal.cases.models import Case
from portal.cases.queries import beside, queue, summaries, tally
from portal.cases.services import access, casework, decisions, views
from portal.cases.values import Asked, CaseState, Due, Finding, Language, Listed, Matter, Shelf, Whose, reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.factories import publishing as published
from tests.factories.accounts import Someone
from tests.factories.cases import Office, answer, desk_of, filed_report, officer_of

Case3 = tuple[str, str, str]


@pytest.fixture
def three(portal: Portal, office: Office) -> Case3:
    """One about a figure, in Ada's hands; one in Chinese about roads; one about the parks as a whole."""
    published.append(portal, published.body("DOT"))
    figure = filed_report(portal, what="The lawns were never seen.").case_id
    roads = filed_report(portal, subject={"body": "DOT"}, what="道路检查从未进行。").case_id
    parks = filed_report(portal, subject={"body": "DPR"}, what="Somebody wrote it down twice.").case_id
    with portal.database.write() as session:
        given = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        casework.acknowledge(session, case_id=figure, **given)
        casework.assign(session, case_id=figure, person_id=office.officer.id, **given)
    return figure, roads, parks


def listed(portal: Portal, someone: Someone, asked: Asked = Asked(), **how: Any) -> Listed:  # noqa: B008
    with portal.database.read() as session:
        return queue(session, officer=officer_of(someone), asked=asked, now=portal.clock.now(), **how)


def ids_of(found: Listed) -> set[str]:
    return {one.id for one in found.cases}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(), (0, 1, 2)),
        (Asked(state=CaseState.ASSIGNED), (0,)),
        (Asked(state=CaseState.PROPOSED), ()),
        (Asked(body="DOT"), (1,)),
        (Asked(matter=Matter.FIGURE), (0,)),
        (Asked(whose=Whose.MINE), (0,)),
        (Asked(whose=Whose.NOBODY), (1, 2)),
        (Asked(due=Due.WEEK), (0, 1, 2)),
        (Asked(due=Due.LATE), ()),
        (Asked(shelf=Shelf.CLOSED), ()),
        (Asked(language=Language.CHINESE), (1,)),
        (Asked(language=Language.ENGLISH, body="DPR"), (0, 2)),
    ],
)
def test_queue_is_narrowed_down(
    portal: Portal, office: Office, three: Case3, asked: Asked, expected: tuple[int, ...]
) -> None:
    assert ids_of(listed(portal, office.officer, asked)) == {three[n] for n in expected}
    assert ids_of(listed(portal, office.connected, asked)) <= {three[1]}


@pytest.mark.parametrize(
    ("words", "inside", "expected"),
    [
        ("clean", False, (0,)),
        ("DOT", False, (1,)),
        ("2022", False, (0,)),
        ("lawns", False, ()),
        ("LAWNS", True, (0,)),
        ("检查", True, (1,)),
        ("DOT", True, (1,)),
        ("no such word", True, ()),
    ],
)
def test_search_looks_in_clear_fields_and_inside_only_when_asked(
    portal: Portal, office: Office, three: Case3, words: str, inside: bool, expected: tuple[int, ...]
) -> None:
    address = f"/desk/cases?q={words}{'&inside=y' if inside else ''}"
    page = desk_of(portal, office.officer).get(address).get_data(as_text=True)
    shown = {n for n, case_id in enumerate(three) if case_id[:5] + "-" + case_id[5:10] in page}

    assert shown == set(expected)


def test_search_finds_a_case_by_the_beginning_of_its_reference(
    portal: Portal, office: Office, three: Case3
) -> None:
    mark = three[1][:7]
    found = listed(portal, office.officer, Asked(words=mark), matches=Matches(reference=mark))
    of_connected = listed(portal, office.connected, Asked(words=three[0]), matches=Matches(reference=three[0]))

    assert ids_of(found) == {three[1]} and of_connected.cases == ()


def test_pages_follow_one_another_and_lead_back(portal: Portal, office: Office) -> None:
    everything = {filed_report(portal).case_id for _ in range(5)}
    pages = [listed(portal, office.officer, limit=2)]
    while pages[-1].later is not None:
        pages.append(listed(portal, office.officer, limit=2, at=pages[-1].later))
    back = [listed(portal, office.officer, limit=2, at=pages[-1].earlier, backwards=True)]
    back.append(listed(portal, office.officer, limit=2, at=back[-1].earlier, backwards=True))

    assert [len(page.cases) for page in pages] == [2, 2, 1]
    assert {one.id for page in pages for one in page.cases} == everything
    assert [page.cases for page in back] == [pages[1].cases, pages[0].cases]
    assert pages[0].earlier is None and back[-1].earlier is None


def test_closed_cases_are_listed_newest_first(portal: Portal, office: Office) -> None:
    closed = []
    for _ in range(2):
        case_id = filed_report(portal).case_id
        bring(portal, office, case_id, CaseState.CLOSED)
        closed.append(case_id)
        portal.clock.at = portal.clock.at.replace(day=portal.clock.at.day + 1)  # type: ignore[attr-defined]

    found = listed(portal, office.officer, Asked(shelf=Shelf.CLOSED))
    assert [one.id for one in found.cases] == closed[::-1]
    assert [one.due_on for one in found.cases] == [None, None]


def test_the_database_lists_a_case_under_the_day_it_is_due(portal: Portal, office: Office) -> None:
    """Were the two to differ, a page would be sorted by other days than it shows."""
    for state in (CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.PROPOSED, CaseState.DECIDED):
        bring(portal, office, filed_report(portal).case_id, state)
    with portal.database.read() as session:
        rows = session.scalars(select(Case).order_by(Case.listed_on)).all()
        days = [(case.listed_on, one.due_on) for case, one in zip(rows, summaries(session, rows), strict=True)]

    assert len({day for day, _ in days}) == 3
    assert all(due == (None if day.year == 9999 else day) for day, due in days if day is not None)
    for wrote in (date(2026, 2, 10), date(2027, 2, 9)):  # before all other days, and behind them
        with portal.database.write() as session:
            session.execute(update(Case).values(answer_due_on=wrote))
        with portal.database.read() as session:
            rows = session.scalars(select(Case)).all()
            shown = summaries(session, rows)
            assert all(case.listed_on == one.due_on for case, one in zip(rows, shown, strict=True))


def test_who_becomes_connected_loses_the_case_from_every_list_and_count(
    portal: Portal, office: Office, three: Case3
) -> None:
    with portal.database.write() as session:
        near = {
            "body_code": "DPR",
            "kind": ConnectionKind.ENTERED,
            "indicator_code": "clean-parks",
            "period": "2022",
        }
        connect(session, person_id=office.decider.id, now=portal.clock.now(), **near)
    with portal.database.read() as session:
        counted = tally(session, officer=officer_of(office.decider), now=portal.clock.now())

    assert ids_of(listed(portal, office.decider)) == {three[1]}
    assert (counted.open, counted.late) == (1, 0)
    inside = Asked(words="lawns", inside=True)
    assert listed(portal, office.decider, inside, matches=Matches()).looked_into == 1


def test_counts_go_no_further_than_they_are_shown(portal: Portal, office: Office, three: Case3) -> None:
    with portal.database.read() as session:
        counted = tally(session, officer=officer_of(office.officer), most=2, now=portal.clock.now())

    assert counted.words(counted.open) == "2+" and counted.words(counted.late) == "0"


def test_case_page_leads_to_the_cases_beside_it(portal: Portal, office: Office, three: Case3) -> None:
    order = [one.id for one in listed(portal, office.officer).cases]
    with portal.database.read() as session:
        given = {"officer": officer_of(office.officer), "matches": None, "now": portal.clock.now()}
        sides = [beside(session, case_id=one, asked=Asked(), **given) for one in order]
        alone = beside(session, case_id=three[1], asked=Asked(body="DOT"), **given)

    assert sides == [(None, order[1]), (order[0], order[2]), (order[1], None)]
    assert alone == (None, None)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(order[0])}?whose=nobody")
    assert "whose=nobody" in page.get_data(as_text=True)


def test_the_queue_is_worked_through_with_keys_alone(portal: Portal, office: Office, three: Case3) -> None:
    """Whoever reads fifty cases a day reaches the next one, its next step and the list without looking."""
    ada = desk_of(portal, office.officer)
    middle = listed(portal, office.officer).cases[1]
    case = ada.get(f"/desk/cases/{middle.reference}").get_data(as_text=True)
    keys = re.findall(r'accesskey="([^"]*)"', case)

    assert 'accesskey="s"' in ada.get("/desk/cases").get_data(as_text=True)
    assert len(keys) == len(set(keys)) and {"a", "l", "m", "i", "n", "p", "t"} <= set(keys)


def test_views_are_kept_for_their_owner_alone_and_sealed(portal: Portal, office: Office, three: Case3) -> None:
    ada = desk_of(portal, office.officer)
    answer(ada, "/desk/cases/views?body=DOT&whose=nobody", name="Unclaimed cobblestones")
    queue_page = ada.get("/desk/cases").get_data(as_text=True)

    assert "Unclaimed cobblestones" in queue_page and "body=DOT&amp;whose=nobody" in queue_page
    assert "cobblestones" not in desk_of(portal, office.decider).get("/desk/cases").get_data(as_text=True)
    assert b"cobblestones" not in everything_stored(portal)


def test_view_of_the_same_name_is_replaced_and_can_be_dropped_by_its_owner(portal: Portal, office: Office) -> None:
    ada, ben = officer_of(office.officer), officer_of(office.decider)
    with portal.database.write() as session:
        views.keep_view(session, name="Mine", asked=Asked(whose=Whose.MINE), officer=ada)
        kept = views.keep_view(session, name=" Mine ", asked=Asked(due=Due.LATE), officer=ada)
        views.drop_view(session, view_id=kept.id, officer=ben)
        assert views.views_of(session, officer=ada) == (kept,)
        assert views.views_of(session, officer=ben) == ()
        views.drop_view(session, view_id=kept.id, officer=ada)
        assert views.views_of(session, officer=ada) == ()


def test_views_of_a_lost_key_are_passed_over(portal: Portal, office: Office) -> None:
    ada, ben = officer_of(office.officer), officer_of(office.decider)
    with portal.database.write() as session:
        views.keep_view(session, name="Mine", asked=Asked(), officer=ada)
        reset = type(ada)(ada.actor, ben.keys, ada.settings)
        assert views.views_of(session, officer=reset) == ()


def test_an_address_asks_for_what_it_was_made_from_and_nonsense_is_passed_over() -> None:
    asked = Asked(
        Shelf.ASIDE, CaseState.TRIAGE, "DPR", Matter.RATINGS, Due.WEEK, Whose.MINE, Language.CHINESE, "a b"
    )

    assert Asked.of(asked.typed) == asked
    assert Asked.of({"list": "x", "state": "nowhere", "due": "", "matter": "0", "q": "  "}) == Asked()


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("The lawns were never seen.", Language.ENGLISH),
        ("检查从未进行。", Language.CHINESE),
        ("公园 DPR clean-parks 检查从未进行", Language.CHINESE),
        ("They told 王芳 that nobody would ever look at it.", Language.ENGLISH),
        ("12345", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_language_is_told_by_the_letters(words: str, language: Language) -> None:
    assert rules.language_of(words) is language


def test_first_page_of_the_queue_is_read_off_an_index(portal: Portal, office: Office, three: Case3) -> None:
    """Were it sorted each time, its cost would grow with the cases. PostgreSQL decides by its statistics."""
    if not portal.database.is_sqlite:
        pytest.skip("the plan of SQLite is the same for every table size")
    columns = ("shelf", "body_code", "state", "matter", "assigned_to", "indicator_code", "service_code", "period")
    with portal.database.read() as session:
        for column in columns:
            plan = session.execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT listed_on, id FROM report_case"
                    f" WHERE shelf = 'open' AND {column} = 'x' ORDER BY listed_on, id LIMIT 50"
                )
            ).all()
            assert not any("B-TREE" in row[-1] or "SCAN" in row[-1] for row in plan), (column, plan)


def test_no_case_costs_a_look_at_all_others_for_those_it_might_be_joined_with(
    portal: Portal, office: Office, three: Case3
) -> None:
    """Where hardly any is joined, what SQLite counts must not tell it that each search finds them all."""
    if not portal.database.is_sqlite:
        pytest.skip("PostgreSQL counts what is empty by itself")
    now = portal.clock.now()
    with portal.database.write() as session:
        columns = [row[1] for row in session.execute(text("PRAGMA table_info(report_case)"))]
        told = ", ".join("hex(randomblob(13))" if column == "id" else column for column in columns)
        for _ in range(8):
            session.execute(text(f"INSERT INTO report_case ({', '.join(columns)}) SELECT {told} FROM report_case"))
        session.execute(text("ANALYZE"))
        query = select(Case.id).where(*access.visible_to(officer_of(office.officer), now=now))
        compiled = query.compile(session.connection().engine)
        nothing = (None,) * len(compiled.positiontup or ())
        explained = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", nothing)
        plan = [row[-1] for row in explained]
        assert "SCAN report_case_1" not in plan, plan
        assert any("ix_report_case_merged_into" in line for line in plan), plan


def bring(portal: Portal, office: Office, case_id: str, state: CaseState) -> None:
    """Take a received case as far as `state`."""
    ada, ben, now = officer_of(office.officer), officer_of(office.decider), portal.clock.now()
    with portal.database.write() as session:
        if state is CaseState.RECEIVED:
            return
        casework.acknowledge(session, case_id=case_id, officer=ada, now=now)
        if state is CaseState.ACKNOWLEDGED:
            return
        casework.assign(session, case_id=case_id, person_id=ada.id, officer=ada, now=now)
        finding = Finding.NOT_UPHELD
        decisions.propose_finding(session, case_id=case_id, finding=finding, reason="so", officer=ada, now=now)
        if state is CaseState.PROPOSED:
            return
        decisions.decide(session, case_id=case_id, officer=ben, now=now)
        if state is CaseState.CLOSED:
            decisions.close(session, case_id=case_id, unwritten="so", officer=ada, now=now)
