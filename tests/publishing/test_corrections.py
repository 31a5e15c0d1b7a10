"""A published value changes only by a correction of two people that names what it replaces."""

from typing import Any

import pytest

from portal.accounts.queries import is_connected
from portal.duties.errors import AlreadyProposed, NoSuchProposal, OwnProposal
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing import queries
from portal.publishing.changes import Changed, FieldChange
from portal.publishing.errors import CorrectionRefused, FigureMoved, NoSuchFigure, NoticeStands
from portal.publishing.services import (
    append_waiting,
    approve_correction,
    decline_correction,
    place_notice,
    propose_correction,
)
from portal.publishing.services.corrections import NO_VALUE
from portal.publishing.values import Cause, FigureKey, NoticeState
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.publishing import append, body, indicator
from tests.factories.releases import figures_csv, line, publish
from tests.pages import PageClient

KEY = FigureKey("riverside", "review-days", "2022")


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"])


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"])


@pytest.fixture(autouse=True)
def published(portal: Portal, registrar: Someone, publisher: Someone) -> int:
    csv = figures_csv(line(numerator="85", denominator="10"), line("2023", actual=""))
    return publish(portal, csv, registrar=registrar, publisher=publisher)


def propose(portal: Portal, someone: Someone, figure: FigureKey = KEY, **fields: Any) -> str:
    given: dict[str, Any] = {"new_actual": "11.2", "cause": Cause.SOURCE_CORRECTION} | fields
    with portal.database.write() as session:
        return propose_correction(session, figure=figure, actor=someone.actor, now=portal.clock.now(), **given).id


def approve(portal: Portal, someone: Someone, proposal_id: str) -> None:
    with portal.database.write() as session:
        approve_correction(session, proposal_id=proposal_id, actor=someone.actor, now=portal.clock.now())


def figure_now(portal: Portal, key: FigureKey = KEY) -> Any:
    append_waiting(portal)
    with portal.database.read() as session:
        return queries.get_figure(session, key, edition=queries.current_edition(session).n)


def test_a_correction_adds_a_version_and_keeps_the_old_one(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    proposal = propose(portal, registrar, reason="The paper ledger shows 11.2.", note="Recounted.")
    assert len(figure_now(portal).versions) == 1
    approve(portal, publisher, proposal)
    figure = figure_now(portal)
    old, new = figure.versions
    assert (str(old.actual), str(new.actual)) == ("8.5", "11.2")
    assert (new.cause, new.replaces, str(new.target)) == (Cause.SOURCE_CORRECTION, old.edition, "12")
    assert new.note is not None
    assert new.note.text == "Recounted."
    assert (new.numerator, new.denominator) == (None, None)  # they no longer make the value
    with portal.database.read() as session:
        corrections = queries.changes(session, edition=new.edition)
        before = queries.get_figure(session, KEY, edition=old.edition)
    (change,) = corrections
    assert change.field(Changed.ACTUAL) == FieldChange(Changed.ACTUAL, "8.5", "11.2")
    assert change.note == new.note
    assert str(before.actual) == "8.5"


def test_what_waits_for_a_signature_is_called_by_names_in_the_readers_language(
    portal: Portal, registrar: Someone, publisher: Someone, client: PageClient
) -> None:
    """Codes tell only those who made them which figure it is that they sign."""
    published_anew = (body("riverside"), indicator("review-days"))
    append(portal, *published_anew)
    propose(portal, registrar)
    sign_in(client, publisher)
    assert "Correct the figure Body riverside · Indicator review-days · 2022" in client.get("/desk").text
    chinese = client.get("/zh-Hans/desk").text
    assert "单位 riverside · 指标 review-days · 2022" in chinese and "riverside/review-days" not in chinese


def test_nobody_approves_their_own_correction(portal: Portal) -> None:
    both = person(portal, roles=["registrar", "publisher"])
    proposal = propose(portal, both)
    with pytest.raises(OwnProposal):
        approve(portal, both, proposal)
    assert str(figure_now(portal).actual) == "8.5"


def test_each_half_needs_its_right(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    with pytest.raises(Forbidden):
        propose(portal, publisher)
    proposal = propose(portal, registrar)
    with pytest.raises(Forbidden):
        approve(portal, person(portal, roles=["registrar"]), proposal)


def test_a_figure_has_one_pending_correction(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    first = propose(portal, registrar)
    with pytest.raises(AlreadyProposed):
        propose(portal, registrar, new_actual="12.4")
    with portal.database.write() as session:
        decline_correction(session, proposal_id=first, actor=publisher.actor, now=portal.clock.now())
    approve(portal, publisher, propose(portal, registrar, new_actual="12.4"))
    assert str(figure_now(portal).actual) == "12.4"


def test_a_correction_of_a_moved_figure_is_refused(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    key = FigureKey("riverside", "review-days", "2023")
    proposal = propose(portal, registrar, key, new_actual=None, new_target="10")
    publish(
        portal,
        figures_csv(line("2023", actual="9")),
        "late-2023",
        registrar=registrar,
        publisher=publisher,
    )
    with pytest.raises(FigureMoved):
        approve(portal, publisher, proposal)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"new_actual": "8.50"}, "new_actual"),
        ({"new_actual": "=1+1"}, "new_actual"),
        ({"new_actual": "1e3"}, "new_actual"),
        ({"new_target": "ten"}, "new_target"),
        ({"cause": Cause.SCHEDULED}, "cause"),
    ],
)
def test_a_correction_without_change_number_or_cause_is_refused(
    portal: Portal, registrar: Someone, fields: dict[str, Any], named: str
) -> None:
    with pytest.raises(CorrectionRefused) as refusal:
        propose(portal, registrar, **fields)
    assert named in refusal.value.fields


def test_an_unpublished_figure_cannot_be_corrected(portal: Portal, registrar: Someone) -> None:
    with pytest.raises(NoSuchFigure):
        propose(portal, registrar, FigureKey("riverside", "review-days", "1999"))


def test_a_value_can_be_taken_back_without_another(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    approve(portal, publisher, propose(portal, registrar, new_actual=NO_VALUE))
    figure = figure_now(portal)
    assert figure.actual is None
    assert figure.current.obs_status == "O"


def test_a_correction_lifts_the_notice_of_review(portal: Portal, registrar: Someone, publisher: Someone) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        place_notice(session, figure=KEY, state=NoticeState.UNDER_REVIEW, actor=registrar.actor, now=now)
    assert figure_now(portal).is_under_review
    with pytest.raises(NoticeStands), portal.database.write() as session:
        place_notice(session, figure=KEY, state=NoticeState.UNDER_REVIEW, actor=registrar.actor, now=now)
    approve(portal, publisher, propose(portal, registrar))
    figure = figure_now(portal)
    assert not figure.is_under_review
    assert [notice.state for notice in figure.notices] == [NoticeState.UNDER_REVIEW, NoticeState.LIFTED]


def test_a_notice_needs_a_published_figure_and_something_to_lift(portal: Portal, registrar: Someone) -> None:
    now = portal.clock.now()
    with pytest.raises(NoticeStands), portal.database.write() as session:
        place_notice(session, figure=KEY, state=NoticeState.LIFTED, actor=registrar.actor, now=now)
    with pytest.raises(NoSuchFigure), portal.database.write() as session:
        nowhere = FigureKey("riverside", "review-days", "1999")
        place_notice(session, figure=nowhere, state=NoticeState.UNDER_REVIEW, actor=registrar.actor, now=now)


def test_both_people_of_a_correction_are_connected_to_the_figure(portal: Portal) -> None:
    first, second = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    approve(portal, second, propose(portal, first))
    now = portal.clock.now()
    with portal.database.read() as session:
        for someone in (first, second):
            assert is_connected(session, person_id=someone.id, body_code="riverside", at=now)


def test_a_proposal_of_another_kind_is_no_correction(portal: Portal, publisher: Someone) -> None:
    with pytest.raises(NoSuchProposal):
        approve(portal, publisher, "0" * 26)


def test_what_a_report_led_to_is_approved_by_the_unconnected_and_connects_nobody(
    portal: Portal, registrar: Someone, publisher: Someone
) -> None:
    first, second = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    proposal = propose(portal, first, cause=Cause.UPHELD_REPORT)
    with pytest.raises(NoSuchProposal):  # they published the figure, so for them it does not exist
        approve(portal, publisher, proposal)
    approve(portal, second, proposal)
    assert figure_now(portal).current.cause is Cause.UPHELD_REPORT
    now = portal.clock.now()
    with portal.database.read() as session:
        for someone in (first, second):
            assert not is_connected(session, person_id=someone.id, body_code="riverside", at=now)
