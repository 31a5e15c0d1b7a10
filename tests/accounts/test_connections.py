"""Connections: whoever is tied to a body is known to be, for as long as it matters."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import rules
from portal.accounts.errors import NoSuchConnection
from portal.accounts.queries import (
    connected_bodies,
    connections_of,
    is_connected,
    is_connected_to,
    unconnected_people_with,
)
from portal.accounts.services import connect, declare_interest, end_connection
from portal.accounts.values import Connection, ConnectionKind, Scope
from portal.cases.permissions import CasesPermission
from portal.foundation.context import Portal
from tests.factories.accounts import Someone, person

NOW = datetime(2026, 2, 9, 9, tzinfo=UTC)


def tie(portal: Portal, someone: Someone, kind: ConnectionKind = ConnectionKind.ENTERED, **scope: str) -> None:
    with portal.database.write() as session:
        connect(session, person_id=someone.id, body_code="DPR", kind=kind, now=NOW, **scope)  # type: ignore[arg-type]


def connected(portal: Portal, someone: Someone, at: datetime = NOW, **scope: str) -> bool:
    with portal.database.read() as session:
        return is_connected_to(session, person_id=someone.id, scope=Scope("DPR", **scope), at=at)


def test_entering_a_figure_connects_to_that_figure_and_not_to_its_neighbour(portal: Portal) -> None:
    someone = person(portal)
    tie(portal, someone, indicator_code="parks", period="2022")
    assert connected(portal, someone, indicator_code="parks", period="2022")
    assert not connected(portal, someone, indicator_code="parks", period="2021")
    assert not connected(portal, someone, indicator_code="pools", period="2022")


def test_report_about_the_whole_body_touches_everybody_tied_to_any_part(portal: Portal) -> None:
    someone = person(portal)
    tie(portal, someone, indicator_code="parks", period="2022")
    assert connected(portal, someone)
    with portal.database.read() as session:
        assert is_connected(session, person_id=someone.id, body_code="DPR", at=NOW)
        assert not is_connected(session, person_id=someone.id, body_code="DSNY", at=NOW)


def test_employment_touches_every_figure(portal: Portal) -> None:
    someone = person(portal, connected_to=["DPR"])
    assert connected(portal, someone, indicator_code="pools", period="1999")


def test_act_of_one_moment_counts_for_three_years(portal: Portal) -> None:
    someone = person(portal)
    tie(portal, someone, ConnectionKind.SCORED)
    lasts = timedelta(days=365 * portal.settings.connection_years_after)
    assert connected(portal, someone, at=NOW + lasts)
    assert not connected(portal, someone, at=NOW + lasts + timedelta(seconds=1))


def test_employment_counts_until_ended_and_then_three_years_more(portal: Portal) -> None:
    someone = person(portal)
    tie(portal, someone, ConnectionKind.EMPLOYED)
    assert connected(portal, someone, at=NOW + timedelta(days=40 * 365))


def test_declared_interest_takes_effect_at_once(portal: Portal) -> None:
    someone, other = (person(portal, roles=["case-officer"]) for _ in range(2))
    with portal.database.write() as session:
        before = unconnected_people_with(session, CasesPermission.INTAKE, Scope("DPR"), at=NOW)
        declare_interest(session, actor=someone.actor, body_code="DPR", now=NOW)
        after = unconnected_people_with(session, CasesPermission.INTAKE, Scope("DPR"), at=NOW)
        assert connected_bodies(session, person_id=someone.id, at=NOW) == {"DPR"}
    assert {found.id for found in before} == {someone.id, other.id}
    assert {found.id for found in after} == {other.id}


def test_ended_interest_still_counts_for_a_time(portal: Portal) -> None:
    someone = person(portal)
    with portal.database.write() as session:
        tied = declare_interest(session, actor=someone.actor, body_code="DPR", now=NOW)
        end_connection(session, connection_id=tied, actor=someone.actor, now=NOW + timedelta(days=1))
    assert connected(portal, someone, at=NOW + timedelta(days=300))


def test_nobody_ends_a_connection_that_is_not_their_own_declared_interest(portal: Portal) -> None:
    someone, other = person(portal, connected_to=["DPR"]), person(portal)
    with portal.database.write() as session:
        declared = declare_interest(session, actor=someone.actor, body_code="DSNY", now=NOW)
        (employed,) = [
            tie.id for tie in connections_of(session, someone.id) if tie.kind is ConnectionKind.EMPLOYED
        ]
        for connection_id, actor in ((declared, other.actor), (employed, someone.actor), ("none", other.actor)):
            with pytest.raises(NoSuchConnection):
                end_connection(session, connection_id=connection_id, actor=actor, now=NOW)


def test_audit_row_of_a_declaration_does_not_say_which_body(portal: Portal) -> None:
    from tests.accounts.dumping import dump

    someone = person(portal)
    with portal.database.write() as session:
        declare_interest(session, actor=someone.actor, body_code="TELLTALE", now=NOW)
    assert dump(portal).count(b"TELLTALE") == 1  # the connection itself, and nowhere else


@given(*[st.sampled_from([None, "a", "b"])] * 6)  # type: ignore[arg-type]
def test_touching_is_symmetric_and_open_sides_always_touch(
    one: str | None, two: str | None, three: str | None, four: str | None, five: str | None, six: str | None
) -> None:
    held = Connection("id", "p", "DPR", ConnectionKind.ENTERED, NOW, None, one, two, three)
    turned = Connection("id", "p", "DPR", ConnectionKind.ENTERED, NOW, None, four, five, six)
    assert rules.touches(held, Scope("DPR", four, five, six)) == rules.touches(
        turned, Scope("DPR", one, two, three)
    )
    assert rules.touches(held, Scope("DPR"))
    assert not rules.touches(held, Scope("DSNY"))
