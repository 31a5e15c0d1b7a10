"""While unconnected people's mark stands beside a figure, no import, round or release gives it another value.

Were this to fail, a publisher of the accused body would change in passing what a review looks into.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.duties.queries import duties_of, find_waiting
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.tables import Fault, ImportRefused, parse_table
from portal.publishing.errors import MarkGuarded
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.decisions import NONE, Absent, Decisions
from portal.publishing.imports.mapping import default_mapping
from portal.publishing.queries import current_edition, find_draft, find_figure
from portal.publishing.readings import Figure
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    approve_correction,
    plan_import,
    prepare_release,
    propose_correction,
    publish_release,
    stage_import,
)
from portal.publishing.services.imports import ImportPlan
from portal.publishing.services.notices import place_notice
from portal.publishing.services.redefining import PROPOSAL, approve_redefinition, propose_redefinition
from portal.publishing.services.timing import check_scheduled, publish_due
from portal.publishing.standing import statements_standing
from portal.publishing.values import Cause, FigureKey, NoticeState, ReleaseState
from portal.registry import queries as registry
from tests.factories import publishing as made
from tests.factories.accounts import Someone, person
from tests.factories.calendar import announced, confirmed
from tests.factories.releases import draft, figures_csv, line, publish
from tests.factories.rounds import BODY, DAYS, Collecting

KEY = FigureKey("riverside", "review-days", "2022")
SLUG = "review-again"


def mark(portal: Portal, figure: FigureKey = KEY, by: Someone | None = None) -> None:
    """Two people mark it, connected to nothing unless `by` is."""
    first, second = by or person(portal, roles=["case-officer"]), person(portal, roles=["case-decider"])
    with portal.database.write() as session:
        place_notice(
            session,
            figure=figure,
            state=NoticeState.UNDER_REVIEW,
            actor=first.actor,
            approved_by=second.id,
            now=portal.clock.now(),
        )
    append_waiting(portal)


def planned(portal: Portal, csv: str, decisions: Decisions = NONE) -> ImportPlan:
    facts = ReleaseFacts(SLUG, {"en": "Again"}, "Invented", "CC BY 4.0")
    with portal.database.read() as session:
        checked = check_table(parse_table("again.csv", csv.encode()), default_mapping())
        return plan_import(session, checked, facts, decisions)


def faults_of(act: Callable[[], object]) -> list[Fault]:
    with pytest.raises(ImportRefused) as refusal:
        act()
    return list(refusal.value.faults)


def figure(portal: Portal) -> Figure:
    append_waiting(portal)
    with portal.database.read() as session:
        found = find_figure(session, KEY, edition=current_edition(session).n)
    assert found is not None
    return found


def values(portal: Portal) -> list[str]:
    return [str(one.actual) for one in figure(portal).versions]


@pytest.mark.parametrize(
    ("published", "again", "column"),
    [
        ({}, {"actual": "4"}, "actual"),
        ({}, {"target": "99"}, "target"),
        ({"obs_status": "P"}, {"obs_status": "E"}, "obs_status"),
        ({"actual": ""}, {"actual": "4"}, "actual"),
        ({"obs_status": "P"}, {"actual": "4"}, "actual"),
    ],
)
def test_an_import_that_would_change_a_marked_figure_is_refused_whole_at_its_place(
    portal: Portal, published: dict[str, str], again: dict[str, str], column: str
) -> None:
    publish(portal, figures_csv(line(**published)))
    mark(portal)
    before = values(portal)
    csv = figures_csv(line("2023"), line(**again))
    for decisions in (NONE, Decisions(cause=Cause.SOURCE_CORRECTION)):
        found = faults_of(lambda decided=decisions: planned(portal, csv, decided))
        assert [(one.file, one.row, one.column) for one in found] == [("again.csv", 3, column)]
    assert "the figure is marked" in str(found[0].expected)
    assert values(portal) == before and figure(portal).is_under_review


def test_an_import_without_a_marked_figure_does_not_take_it_away(portal: Portal) -> None:
    publish(portal, figures_csv(line("2021"), line()))
    mark(portal)
    gone = Decisions(absent=Absent.WITHDRAW)
    found = faults_of(lambda: planned(portal, figures_csv(line("2021"), line("2022", indicator_code="x")), gone))
    assert [(one.row, one.column) for one in found] == [(2, "body_code")]
    assert str(KEY) in str(found[0].expected)


def test_other_figures_come_and_the_mark_stays(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    mark(portal)
    publish(portal, figures_csv(line(), line("2023")), SLUG)
    assert values(portal) == ["8.5"]
    assert figure(portal).is_under_review


def test_a_release_drafted_before_the_mark_is_neither_prepared_nor_published(portal: Portal) -> None:
    publish(portal, figures_csv(line(obs_status="P")))
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    now = portal.clock.now()
    draft(portal, figures_csv(line(actual="4")), SLUG, registrar.actor)
    draft(portal, figures_csv(line(actual="3")), "another", registrar.actor)
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=registrar.actor, now=now)
    mark(portal)
    with pytest.raises(MarkGuarded), portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=publisher.actor, now=now)
    with pytest.raises(MarkGuarded), portal.database.write() as session:
        prepare_release(session, slug="another", actor=registrar.actor, now=now)
    assert values(portal) == ["8.5"]


@pytest.mark.parametrize("checked_ahead", [True, False])
def test_a_release_that_waits_for_its_time_is_stopped_by_a_mark(
    portal: Portal, clock: FixedClock, checked_ahead: bool
) -> None:
    publish(portal, figures_csv(line(obs_status="P")))
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    announced(portal, SLUG)
    confirmed(portal, slug=SLUG)
    draft(portal, figures_csv(line(actual="4")), SLUG, registrar.actor)
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=registrar.actor, now=clock.now())
    with portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=publisher.actor, now=clock.now())
    mark(portal)
    if checked_ahead:
        check_scheduled(portal)
    clock.at += timedelta(weeks=7)
    publish_due(portal)
    with portal.database.read() as session:
        found = find_draft(session, SLUG)
        duties = duties_of(session, registrar.actor, now=clock.now())
    assert found is not None and found.state is ReleaseState.DRAFT
    assert any("marked by now" in one.title.msgid for one in duties)
    assert values(portal) == ["8.5"]


def test_a_round_does_not_complete_a_marked_figure(portal: Portal) -> None:
    house = Collecting(portal)
    made.append(
        portal,
        made.body(BODY),
        made.indicator(DAYS),
        made.figure(body=BODY, indicator=DAYS, period="2025", target="12", actual=None, obs_status="O"),
    )
    mark(portal, FigureKey(BODY, DAYS, "2025"))
    house.open()
    house.hand_in()
    house.accept()
    with pytest.raises(MarkGuarded):
        house.draft()


def test_two_unconnected_people_still_correct_it_and_what_was_there_stays_readable(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    mark(portal)
    now = portal.clock.now()
    with portal.database.write() as session:
        proposal = propose_correction(
            session,
            figure=KEY,
            cause=Cause.SOURCE_CORRECTION,
            new_actual="9",
            reason="counted again",
            actor=person(portal, roles=["registrar"]).actor,
            now=now,
        )
    with portal.database.write() as session:
        approver = person(portal, roles=["publisher"])
        approve_correction(session, proposal_id=proposal.id, actor=approver.actor, now=now)
    assert values(portal) == ["8.5", "9"]


def test_what_connected_people_marked_is_imported_as_ever_and_stays_marked(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    insider = person(portal, roles=["registrar"], connected_to=["riverside"])
    mark(portal, by=insider)
    found = planned(portal, figures_csv(line(actual="4")), Decisions(cause=Cause.SOURCE_CORRECTION))
    with portal.database.write() as session:
        slug = stage_import(session, found, actor=insider.actor, now=portal.clock.now())
        prepare_release(session, slug=slug, actor=insider.actor, now=portal.clock.now())
    with portal.database.write() as session:
        publisher = person(portal, roles=["publisher"])
        publish_release(session, slug=slug, actor=publisher.actor, now=portal.clock.now())
    assert values(portal) == ["8.5", "4"]
    assert figure(portal).is_under_review


def redefined(
    portal: Portal, first: Someone, second: Someone, between: Callable[[], object] = lambda: None
) -> str:
    """Two people count in working days from now on; returns the unit that is published afterwards."""
    with portal.database.write() as session:
        entry = replace(registry.get_indicator(session, KEY.indicator), unit={"en": "working days"})
        asked = {"cause": Cause.METHOD_CHANGE, "reason": "The law says so.", "now": portal.clock.now()}
        proposal = propose_redefinition(session, indicator=entry, actor=first.actor, **asked)
    between()
    with portal.database.write() as session:
        approve_redefinition(session, proposal_id=proposal.id, actor=second.actor, now=portal.clock.now())
    append_waiting(portal)
    with portal.database.read() as session:
        found = statements_standing(session, "indicator", [KEY.indicator])
    return str(found[KEY.indicator]["unit"])


def test_whoever_is_connected_to_a_marked_figure_gives_its_number_no_other_meaning(portal: Portal) -> None:
    """Three days that become three working days are another value, though no digit changed."""
    publish(portal, figures_csv(line()))
    near = [person(portal, roles=[role], connected_to=[KEY.body]) for role in ("registrar", "publisher")]
    far = [person(portal, roles=[role]) for role in ("registrar", "publisher")]
    mark(portal)
    for first, second in ((near[0], far[1]), (far[0], near[1])):
        with pytest.raises(MarkGuarded) as refusal:
            redefined(portal, first, second)
        assert str(KEY) in str(refusal.value)
    with portal.database.write() as session:
        waiting = find_waiting(session, kind=PROPOSAL, subject=f"indicator:{KEY.indicator}")
        assert waiting is not None
        approve_redefinition(session, proposal_id=waiting.id, actor=far[1].actor, now=portal.clock.now())


def test_a_mark_placed_while_a_redefinition_waits_stops_whoever_is_connected(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    near = person(portal, roles=["registrar"], connected_to=[KEY.body])
    with pytest.raises(MarkGuarded):
        redefined(portal, near, person(portal, roles=["publisher"]), between=lambda: mark(portal))


def test_marks_of_other_indicators_and_of_the_connected_stop_no_redefinition(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    near = person(portal, roles=["registrar"], connected_to=[KEY.body])
    mark(portal, by=person(portal, roles=["case-officer"], connected_to=[KEY.body]))
    assert "working days" in redefined(portal, near, person(portal, roles=["publisher"]))
