"""Outside codes are checked by their own rules, and bodies follow each other without gaps or circles."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.db import Database
from portal.foundation.tables import ImportRefused, parse_table
from portal.registry import outside, queries
from portal.registry.errors import RegisterRefused
from portal.registry.imports import import_register
from portal.registry.services import upsert_indicator
from portal.registry.values import Ended, EndedHow
from tests.factories.registry import body, indicator

NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
PLACES = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(first: str) -> str:
    """The code with its check character, worked out the long way of GB 32100-2015."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    rest = sum(PLACES.index(place) * weight for place, weight in zip(first, weights, strict=True)) % 31
    return first + PLACES[(31 - rest) % 31]


GOOD = uscc("11110000000013127")


def test_a_unified_social_credit_code_is_known_by_its_last_place() -> None:
    assert outside.is_uscc(GOOD)
    for place, char in enumerate(GOOD):
        other = PLACES[(PLACES.index(char) + 1) % 31]
        assert not outside.is_uscc(GOOD[:place] + other + GOOD[place + 1 :])
    for wrong in ("", GOOD[:-1], GOOD + "0", GOOD.lower().replace("1", "l"), "I" * 18, "１" * 18):
        assert not outside.is_uscc(wrong)


@pytest.mark.parametrize(
    ("code", "fine"),
    [("110000", True), ("820000", True), ("990000", False), ("11000", False), ("１１００００", False)],
)
def test_a_division_code_begins_with_a_province(code: str, fine: bool) -> None:
    assert outside.is_division(code) is fine


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(RegisterRefused) as refusal:
        act()
    return set(refusal.value.fields)


def test_two_bodies_never_share_a_credit_code_but_may_share_a_division(database: Database) -> None:
    with database.write() as session:
        body(session, "a", codes={"uscc": GOOD, "gbt2260": "110000"})
        body(session, "b", codes={"gbt2260": "110000"})
        assert refused(lambda: body(session, "b", codes={"uscc": GOOD})) == {"codes.uscc"}
        assert refused(lambda: body(session, "b", codes={"uscc": "x"})) == {"codes.uscc"}
        assert refused(lambda: body(session, "b", codes={"=cmd": "x"})) == {"codes.=cmd"}
        body(session, "c")
        body(session, "a", codes={"uscc": GOOD}, ended=Ended(date(2020, 1, 1), EndedHow.MERGED, ("c",)))
        body(session, "c", codes={"uscc": GOOD})


def test_what_follows_a_body_is_in_the_register_and_does_not_lead_back(database: Database) -> None:
    day = date(2018, 3, 21)
    with database.write() as session:
        for code in ("a", "b", "c"):
            body(session, code)
        ends: list[tuple[EndedHow, tuple[str, ...]]] = [
            (EndedHow.MERGED, ()),
            (EndedHow.SPLIT, ("b",)),
            (EndedHow.RENAMED, ("b", "c")),
            (EndedHow.DISSOLVED, ("b",)),
            (EndedHow.MERGED, ("a",)),
            (EndedHow.MERGED, ("nowhere",)),
        ]
        for how, into in ends:
            end = Ended(day, how, into)
            assert refused(lambda end=end: body(session, "a", ended=end)) == {"successors"}  # type: ignore[misc]
        body(session, "a", ended=Ended(day, EndedHow.MERGED, ("b",)))
        assert refused(lambda: body(session, "b", ended=Ended(day, EndedHow.RENAMED, ("a",)))) == {"successors"}
        early = Ended(day, EndedHow.DISSOLVED)
        assert refused(lambda: body(session, "c", valid_from=date(2020, 1, 1), ended=early)) == {"ended_on"}


def imported(session: Session, text: str) -> int:
    table = parse_table("bodies.csv", text.encode())
    return import_register(session, table, actor=Actor.system(), now=NOW).changed


def test_a_table_of_bodies_says_codes_days_and_successors_in_any_order(database: Database) -> None:
    head = "code,name_en,level,code_uscc,code_gbt2260,code_org-id,valid_from,ended_on,ended_how,successor_codes\n"
    with database.write() as session:
        rows = (
            "old,Old,city,,,7,,2018-03-21,split,one; two",
            f"one,One,city,{GOOD.lower()},110000,,2018-03-21,,,",
            "two,Two,city,,,,,,,",
        )
        assert imported(session, head + "\n".join(rows)) == 3
        old, one = queries.get_body(session, "old"), queries.get_body(session, "one")
        assert old.ended == Ended(date(2018, 3, 21), EndedHow.SPLIT, ("one", "two"))
        assert (one.codes, one.valid_from) == ({"uscc": GOOD, "gbt2260": "110000"}, date(2018, 3, 21))
        assert old.codes == {"org-id": "7"}


def test_columns_a_file_leaves_out_keep_what_the_register_has(database: Database) -> None:
    with database.write() as session:
        head = "code,name_en,level,code_uscc,former_name_en,former_until\n"
        imported(session, f"{head}a,A,city,{GOOD},Old name,2010-01-01\n")
        imported(session, "code,name_en,level\na,A again,city\n")
        imported(session, "code,name_en,level,former_name_en,former_until\na,A again,city,A,2020-01-01\n")
        kept = queries.get_body(session, "a")
        assert kept.codes == {"uscc": GOOD}
        assert [one.names["en"] for one in kept.former] == ["Old name", "A"]
        imported(session, "code,name_en,level,code_uscc\na,A again,city,\n")
        assert queries.get_body(session, "a").codes == {}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("code_uscc", "123"),
        ("valid_from", "last year"),
        ("ended_how", "eaten"),
        ("former_until", "2020"),
        ("successor_codes", "nobody"),
    ],
)
def test_a_fault_names_its_column(database: Database, column: str, text: str) -> None:
    more = {"ended_how": "merged", "ended_on": "2020-01-01"} if column in {"successor_codes", "ended_how"} else {}
    cells = {"code": "a", "name_en": "A", "level": "city"} | more | {column: text}
    with database.write() as session, pytest.raises(ImportRefused) as refusal:
        imported(session, f"{','.join(cells)}\n{','.join(cells.values())}\n")
    assert {fault.column for fault in refusal.value.faults} == {column}


def test_a_part_belongs_to_a_total_that_is_no_part(database: Database) -> None:
    with database.write() as session:
        indicator(session, "all")
        part = indicator(session, "part", part_of="all")
        assert refused(lambda: indicator(session, "x", part_of="part")) == {"part_of"}
        assert refused(lambda: indicator(session, "x", part_of="nothing")) == {"part_of"}
        assert not upsert_indicator(session, part, actor=Actor.system(), now=NOW)
