"""The office asks in public, a body answers by two people, and nobody checks what they entered."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.queries import connections_of, is_connected_to
from portal.accounts.values import ConnectionKind, Scope
from portal.app import create_runner
from portal.duties.calendar import WorkingDays
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.foundation.errors import Forbidden
from portal.publishing.collecting import Entry, ReturnState, ValueState
from portal.publishing.errors import (
    EntryRefused,
    NoSuchReturn,
    ReturnNotOpen,
    RoundNotOpen,
    RoundRefused,
    RoundTaken,
    ValueNotOpen,
)
from portal.publishing.models import StatementRow
from portal.publishing.queries.rounds import get_return, handed_versions, remarks_on
from portal.publishing.services import checking, discard_release, returns, rounds
from portal.registry import services as registry
from tests.factories.accounts import Someone, person
from tests.factories.releases import figures_csv, line, publish
from tests.factories.rounds import BODY, CHECKED, DAYS, ROUND, SYSTEM, Collecting, body


def said(house: Collecting, kind: str) -> list[dict[str, object]]:
    with house.portal.database.read() as session:
        rows = session.scalars(
            select(StatementRow.payload).where(StatementRow.kind == kind).order_by(StatementRow.id)
        )
        return list(rows)


def test_a_round_is_announced_with_everything_it_asks_for(house: Collecting) -> None:
    house.open()
    announced = said(house, "round")[0]
    assert (announced["slug"], announced["state"]) == (ROUND, "open")
    assert announced["due"] == "2026-03-11T09:00:00Z"
    assert [(one["indicator"], one["state"], one["owes"]) for one in said(house, "coverage")] == [
        (DAYS, "asked", "body"),
        (CHECKED, "asked", "body"),
    ]
    assert [one["code"] for one in said(house, "indicator")] == [DAYS, CHECKED]


def test_only_the_office_opens_a_round_and_only_one_by_that_name(house: Collecting) -> None:
    with pytest.raises(Forbidden):
        house.write(
            lambda session, now: rounds.open_round(
                session, house.facts(), calendar=WorkingDays(), actor=house.editor.actor, now=now
            )
        )
    house.open()
    with pytest.raises(RoundTaken):
        house.open()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"slug": "a b"}, "slug"),
        ({"names": {}}, "title_en"),
        ({"period": "soon"}, "period"),
        ({"bodies": ["nowhere"]}, "bodies"),
        ({"indicators": []}, "indicators"),
        ({"reminders": [400]}, "reminders"),
    ],
)
def test_what_cannot_be_asked_is_named(house: Collecting, fields: dict[str, object], named: str) -> None:
    with pytest.raises(RoundRefused) as refused:
        house.open(**fields)
    assert named in refused.value.fields


def test_a_value_published_for_good_is_not_asked_for_again(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2024", actual="7.0"), line("2025")))
    house.open()
    with house.portal.database.read() as session:
        assert get_return(session, ROUND, BODY).total == 1
    assert house.value(CHECKED).state is ValueState.EMPTY


def test_the_last_value_and_the_target_are_known_beforehand(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2023", actual="9.0"), line("2024", actual="7.0")))
    house.open()
    asked = house.value(DAYS).asked
    assert (asked.last_period, asked.last, asked.target) == ("2024", "7.0", "12")


def test_two_people_of_the_body_hand_in_and_the_log_commits_to_each_value(house: Collecting) -> None:
    house.open()
    house.hand_in()
    committed = said(house, "handin")
    assert [(one["indicator"], one["number"], one["late"]) for one in committed] == [
        (DAYS, 1, False),
        (CHECKED, 1, False),
    ]
    with house.portal.database.read() as session:
        found = get_return(session, ROUND, BODY)
        version = handed_versions(session, ROUND, BODY, DAYS)[0]
    assert found.state is ReturnState.HANDED_IN
    assert (version.said["actual"], version.entered_by, version.signed_by) == (
        "8.5",
        house.editor.id,
        house.signer.id,
    )
    assert version.commitment in {one["commitment"] for one in committed}


def test_whoever_entered_a_value_cannot_sign_for_it(house: Collecting) -> None:
    both = person(house.portal, roles=["body-signer"], connected_to=[BODY])
    house.open()
    house.enter(by=both)
    house.forward(by=house.editor)
    for someone in (both, house.editor):
        with pytest.raises((ReturnNotOpen, Forbidden)):
            house.countersign(by=someone)
    house.countersign()
    assert house.value().state is ValueState.HANDED_IN


def test_a_return_nobody_else_may_sign_is_not_put_forward(house: Collecting) -> None:
    house.open()
    house.enter(by=house.signer)
    with pytest.raises(ReturnNotOpen, match="Nobody else"):
        house.forward()


def test_people_act_for_the_body_they_work_for_and_no_other(house: Collecting) -> None:
    stranger = person(house.portal, roles=["body-signer"], connected_to=["elsewhere"])
    house.open()
    with pytest.raises(NoSuchReturn):
        house.enter(by=stranger)
    house.enter()
    house.forward()
    with pytest.raises(NoSuchReturn):
        house.countersign(by=stranger)
    with house.portal.database.read() as session:
        assert signatures_waiting_for(session, stranger.actor, now=house.now) == ()
        assert len(signatures_waiting_for(session, house.signer.actor, now=house.now)) == 1


def test_all_entries_are_saved_or_none(house: Collecting) -> None:
    house.open()
    with pytest.raises(EntryRefused) as refused:
        house.enter(review_days=Entry(actual="8.5"), unsafe_checked=Entry(actual="many"))
    assert set(refused.value.fields) == {f"{CHECKED}.actual"}
    assert house.value().state is ValueState.EMPTY


def test_a_settled_target_is_not_changed_by_an_entry(house: Collecting) -> None:
    house.open()
    with pytest.raises(EntryRefused):
        house.enter(review_days=Entry(actual="8.5", target="20"))
    house.enter(review_days=Entry(actual="8.5", target="12.0"))


def test_a_warning_is_explained_before_the_return_goes_on(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2024", actual="3.0")))
    house.open()
    house.enter()
    with pytest.raises(ReturnNotOpen, match=f"Explain the warning on {DAYS}"):
        house.forward()
    house.enter(review_days=Entry(actual="8.5", explanation="The counter was closed for three months."))
    house.forward()


def test_a_missing_value_says_why(house: Collecting) -> None:
    house.open()
    with pytest.raises(EntryRefused):
        house.enter(review_days=Entry())
    with pytest.raises(EntryRefused):
        house.enter(review_days=Entry(obs_status="L"))
    house.enter(review_days=Entry(obs_status="L", note="The register burned."))


def test_the_office_asks_and_the_body_answers_and_signs_again(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.query()
    assert house.value().state is ValueState.QUERIED
    with pytest.raises(ReturnNotOpen, match="asked about"):
        house.forward()
    house.write(
        lambda session, now: returns.answer_query(
            session,
            slug=ROUND,
            body=BODY,
            indicator=DAYS,
            text="They are.",
            actor=house.editor.actor,
            now=now,
        )
    )
    house.forward()
    house.countersign()
    with house.portal.database.read() as session:
        versions = handed_versions(session, ROUND, BODY, DAYS)
        told = [one.kind.value for one in remarks_on(session, ROUND, BODY, DAYS)]
        other = handed_versions(session, ROUND, BODY, CHECKED)
    assert [one.number for one in versions] == [1, 2]
    assert versions[0].commitment != versions[1].commitment
    assert told == ["query", "answer"]
    assert len(other) == 1


def test_every_version_handed_in_is_kept(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.query()
    house.hand_in(review_days=Entry(actual="8.7"))
    with house.portal.database.read() as session:
        versions = handed_versions(session, ROUND, BODY, DAYS)
    assert [one.said["actual"] for one in versions] == ["8.5", "8.7"]


def test_nobody_checks_what_they_entered_or_what_their_own_body_hands_in(house: Collecting) -> None:
    mixed = person(house.portal, roles=["registrar", "body-editor"], connected_to=[BODY])
    house.open()
    house.hand_in()
    with pytest.raises(Forbidden):
        house.accept(DAYS, by=mixed)
    house.accept(DAYS)
    assert house.value().verified_by == house.officer.id


def test_who_entered_signed_and_verified_is_connected_to_each_figure(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.accept(DAYS)
    scope, other = Scope(BODY, DAYS, "2025"), Scope(BODY, CHECKED, "2025")
    with house.portal.database.read() as session:
        kinds = {
            someone.id: {one.kind for one in connections_of(session, someone.id) if one.indicator_code == DAYS}
            for someone in (house.editor, house.signer, house.officer)
        }
        tied = is_connected_to(session, person_id=house.officer.id, scope=scope, at=house.now)
        free = is_connected_to(session, person_id=house.officer.id, scope=other, at=house.now)
    assert kinds[house.editor.id] == {ConnectionKind.ENTERED}
    assert kinds[house.signer.id] == {ConnectionKind.SIGNED}
    assert kinds[house.officer.id] == {ConnectionKind.VERIFIED}
    assert (tied, free) == (True, False)


def test_an_accepted_value_is_not_accepted_twice_nor_entered_again(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.accept(DAYS)
    with pytest.raises(ValueNotOpen):
        house.accept(DAYS)
    with pytest.raises(ValueNotOpen):
        house.enter(review_days=Entry(actual="1"))


def test_what_is_late_becomes_public_at_the_due_moment_by_an_act(house: Collecting) -> None:
    house.open()
    runner = create_runner(house.portal)
    runner.step()
    assert "late" not in {one["state"] for one in said(house, "coverage")}
    house.pass_days(31)
    runner.step()
    runner.step()
    late = [one for one in said(house, "coverage") if one["state"] == "late"]
    assert [(one["indicator"], one["reason"], one["owes"]) for one in late] == [
        (DAYS, "not-handed-in", "body"),
        (CHECKED, "not-handed-in", "body"),
    ]
    house.hand_in()
    assert {one["late"] for one in said(house, "handin")} == {True}


def test_a_round_extended_in_time_is_not_overdue_at_its_first_date(house: Collecting) -> None:
    house.open()
    later = house.due_at + timedelta(days=10)
    house.write(
        lambda session, now: rounds.extend_round(
            session, slug=ROUND, due_at=later, calendar=WorkingDays(), actor=house.officer.actor, now=now
        )
    )
    house.pass_days(31)
    create_runner(house.portal).step()
    assert "late" not in {one["state"] for one in said(house, "coverage")}
    house.pass_days(10)
    create_runner(house.portal).step()
    create_runner(house.portal).step()
    assert "late" in {one["state"] for one in said(house, "coverage")}
    with pytest.raises(RoundNotOpen, match="passed"):
        house.write(
            lambda session, now: rounds.extend_round(
                session,
                slug=ROUND,
                due_at=house.due_at,
                calendar=WorkingDays(),
                actor=house.officer.actor,
                now=now,
            )
        )


def test_a_closed_round_says_what_stays_missing_and_takes_nothing_more(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.accept(DAYS)
    house.query(CHECKED)
    house.pass_days(31)
    house.write(lambda session, now: rounds.close_round(session, slug=ROUND, actor=house.officer.actor, now=now))
    house.append()
    missing = [one for one in said(house, "coverage") if one["state"] == "missing"]
    assert [(one["indicator"], one["reason"]) for one in missing] == [(CHECKED, "not-settled")]
    with pytest.raises(RoundNotOpen):
        house.enter(unsafe_checked=Entry(target="90", actual="91"))
    house.release()


def test_duties_lead_each_side_to_what_waits_for_it(house: Collecting) -> None:
    def kinds(someone: Someone) -> set[str]:
        with house.portal.database.read() as session:
            return {one.kind for one in duties_of(session, someone.actor, now=house.now)}

    house.open()
    assert kinds(house.editor) == {rounds.RETURN}
    house.hand_in()
    assert kinds(house.editor) == set()
    assert kinds(house.officer) == {rounds.CHECK}
    house.accept()
    assert kinds(house.officer) == set()


def test_a_body_with_nobody_to_enter_is_the_offices_duty(house: Collecting) -> None:
    house.write(lambda session, now: registry.upsert_body(session, body("nobody"), actor=SYSTEM, now=now))
    house.open(bodies=["nobody"], targets={})
    with house.portal.database.read() as session:
        assert [one.kind for one in duties_of(session, house.officer.actor, now=house.now)] == [rounds.UNSERVED]


def test_a_discarded_release_frees_its_values(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.accept()
    house.draft()
    with pytest.raises(RoundRefused):
        house.draft("again")
    house.write(
        lambda session, now: discard_release(session, slug="review-2025", actor=house.officer.actor, now=now)
    )
    house.release("again")
    assert house.value().state is ValueState.RELEASED


def test_a_held_value_is_not_returned(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.accept()
    house.draft()
    with pytest.raises(ValueNotOpen):
        house.write(
            lambda session, now: checking.return_value(
                session,
                slug=ROUND,
                body=BODY,
                indicator=DAYS,
                text="Again, please.",
                actor=house.officer.actor,
                now=now,
            )
        )
