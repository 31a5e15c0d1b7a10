"""The register takes only what fits together, and every change leaves an audit row."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.foundation.db import Database
from portal.registry import queries
from portal.registry.errors import RegisterRefused, UnknownCode
from portal.registry.services import upsert_body
from portal.registry.values import Direction
from tests.factories.registry import NOW, SYSTEM, body, indicator, service
from tests.foundation.corpora import naughty_strings


def test_what_was_taken_in_is_read_back_the_same(database: Database) -> None:
    with database.write() as session:
        city = body(session, "city")
        buildings = body(session, parent_code="city")
        permits = service(session)
        days = indicator(session, body_code="buildings", service_code="permits", weight=Decimal("12.50"))
    with database.read() as session:
        assert queries.list_bodies(session) == (buildings, city)
        assert queries.list_bodies(session, parent_code="city") == (buildings,)
        assert queries.get_service(session, "permits") == permits
        assert queries.list_services(session, body_code="buildings") == (permits,)
        assert queries.list_indicators(session, body_code="buildings") == (days,)
        assert str(queries.get_indicator(session, "review-days").weight) == "12.50"


def test_an_unknown_code_is_found_as_none_and_got_as_an_error(database: Database) -> None:
    with database.read() as session:
        assert queries.find_body(session, "none") is None
        for get in (queries.get_body, queries.get_service, queries.get_indicator):
            with pytest.raises(UnknownCode, match="none"):
                get(session, "none")


def test_a_change_is_recorded_and_no_change_is_not(database: Database) -> None:
    with database.write() as session:
        buildings = body(session)
        assert not upsert_body(session, buildings, actor=SYSTEM, now=NOW)
        renamed = replace(buildings, names={"en": "Buildings"})
        assert upsert_body(session, renamed, actor=SYSTEM, now=NOW)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 2
        assert queries.get_body(session, "buildings") == renamed


def test_the_tree_of_bodies_never_closes_on_itself(database: Database) -> None:
    with database.write() as session:
        body(session, "a")
        body(session, "b", parent_code="a")
        body(session, "c", parent_code="b")
        for parent in ("a", "b", "c"):
            with pytest.raises(RegisterRefused) as refusal:
                body(session, "a", parent_code=parent)
            assert "parent_code" in refusal.value.fields


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"names": {}}, "names"),
        ({"names": {"fr": "Jours"}}, "names.fr"),
        ({"names": {"en": "a\x00b"}}, "names.en"),
        ({"definition": {"en": "\u202eabc"}}, "definition.en"),
        ({"code": "a b"}, "code"),
        ({"body_code": "nobody"}, "body_code"),
        ({"service_code": "nothing"}, "service_code"),
        ({"weight": Decimal("100.1")}, "weight"),
        ({"weight": Decimal("-1")}, "weight"),
    ],
)
def test_an_indicator_that_does_not_fit_is_refused_by_part(
    database: Database, fields: dict[str, Any], named: str
) -> None:
    with database.write() as session, pytest.raises(RegisterRefused) as refusal:
        indicator(session, **fields)
    assert list(refusal.value.fields) == [named]


def test_a_service_stays_with_its_body(database: Database) -> None:
    with database.write() as session:
        body(session)
        body(session, "parks")
        service(session)
        with pytest.raises(RegisterRefused):
            service(session, body_code="parks")
        with pytest.raises(RegisterRefused):
            indicator(session, body_code="parks", service_code="permits")


def test_the_database_itself_refuses_an_unknown_direction(database: Database) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    with database.write() as session:
        indicator(session, direction=Direction.UP)
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE indicator SET direction = 'sideways'"))


def test_a_naughty_name_is_kept_exactly_or_refused_never_changed(database: Database) -> None:
    kept = 0
    with database.write() as session:
        for number, text in enumerate(naughty_strings()):
            try:
                body(session, f"n{number}", names={"en": text})
            except RegisterRefused:
                continue
            kept += 1
            session.expire_all()
            assert queries.get_body(session, f"n{number}").names == {"en": text}
    assert kept > 400
