"""The register is imported whole or not at all, and every fault is told with its place."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.tables import Fault, ImportRefused, parse_table
from portal.registry import queries
from portal.registry.cli import registry
from portal.registry.imports import RegisterReport, RegisterTable, import_register
from portal.registry.values import Direction, Kind, Level
from tests.factories.registry import NOW, SYSTEM, body, service

BODIES = "code,name_en,name_zh_Hans,parent_code,level,invented\n"
SERVICES = "code,body_code,name_en\n"
INDICATORS = "code,name_en,definition_en,unit_en,direction,kind,body_code,service_code,weight\n"


def imported(database: Database, csv: str) -> RegisterReport:
    with database.write() as session:
        table = parse_table("register.csv", csv.encode())
        return import_register(session, table, actor=SYSTEM, now=NOW)


def refused(database: Database, csv: str) -> list[Fault]:
    with pytest.raises(ImportRefused) as refusal:
        imported(database, csv)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_row")) == 0
    return list(refusal.value.faults)


def test_bodies_come_in_any_order_below_their_parents(database: Database) -> None:
    csv = BODIES + "b,B,乙,a,county,true\na,A,甲,,city,\n"
    assert imported(database, csv) == RegisterReport(RegisterTable.BODIES, rows=2, changed=2)
    assert imported(database, csv).changed == 0
    with database.read() as session:
        child = queries.get_body(session, "b")
    assert (child.parent_code, child.level, child.invented) == ("a", Level.COUNTY, True)
    assert child.names == {"en": "B", "zh_Hans": "乙"}


def test_services_and_indicators_follow_their_bodies(database: Database) -> None:
    with database.write() as session:
        body(session)
    imported(database, SERVICES + "permits,buildings,Permits\n")
    imported(database, INDICATORS + "days,Days,Counted.,days,down,expected,buildings,permits,20\n")
    with database.read() as session:
        days = queries.get_indicator(session, "days")
    assert (days.direction, days.kind, str(days.weight)) == (Direction.DOWN, Kind.EXPECTED, "20")
    assert days.unit == {"en": "days"}


def test_a_place_and_windows_stay_until_a_file_says_otherwise(database: Database) -> None:
    imported(database, "code,name_en,level\nA,A,city\n")
    imported(database, "code,body_code,name_en,place_en,windows\ns,A,S,North hall,3 A12，B-1\n")
    imported(database, "code,body_code,name_en\ns,A,Services\n")
    with database.read() as session:
        kept = queries.get_service(session, "s")
    assert (kept.names, kept.place) == ({"en": "Services"}, {"en": "North hall"})
    assert kept.windows == ("3", "A12", "B-1")
    imported(database, "code,body_code,name_en,windows\ns,A,S,\n")
    with database.read() as session:
        assert queries.get_service(session, "s").windows == ()


def test_a_window_is_a_number_as_signs_say_it(database: Database) -> None:
    faults = refused(database, "code,body_code,name_en,windows\ns,A,S,<3>\n")
    assert (2, "windows") in {(fault.row, fault.column) for fault in faults}


@pytest.mark.parametrize("code", ["visit", "Poster", "thanks"])
def test_a_service_whose_address_is_taken_is_refused(database: Database, code: str) -> None:
    fault = next(
        fault for fault in refused(database, f"code,body_code,name_en\n{code},A,S\n") if fault.column == "code"
    )
    assert (fault.row, f"/rate/{code.lower()}" in str(fault.expected)) == (2, True)


def test_every_fault_is_told_with_row_and_column(database: Database) -> None:
    faults = refused(
        database,
        BODIES + "a,A,,,city,\nb b,B,,,city,\nc,,,,town,maybe\na,Again,,,city,\nd,D,,nobody,city,\ne,E,,e,city,\n",
    )
    assert [(fault.row, fault.column) for fault in faults] == [
        (3, "code"),
        (4, "level"),
        (4, "invented"),
        (5, "code"),
        (6, "parent_code"),
        (7, "parent_code"),
    ]
    assert str(faults[1].expected).startswith("one of national, province")


@pytest.mark.parametrize("header", ["a,b\n", "code,name_en\n", INDICATORS.replace("weight", "wieght")])
def test_columns_of_no_register_are_refused(database: Database, header: str) -> None:
    assert refused(database, header)[0].row == 1


def test_a_cycle_in_a_file_is_refused(database: Database) -> None:
    faults = refused(database, BODIES + "a,A,,b,city,\nb,B,,a,city,\n")
    assert {fault.column for fault in faults} == {"parent_code"}


@pytest.mark.parametrize("weight", ["NaN", "Infinity", "1e99", "ten", "101"])
def test_a_weight_is_a_plain_share(database: Database, weight: str) -> None:
    faults = refused(database, INDICATORS + f"days,Days,,,down,expected,,,{weight}\n")
    assert [fault.column for fault in faults] == ["weight"]


def test_the_command_says_what_it_did_and_a_dry_run_changes_nothing(portal: Portal, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bodies.csv"
    path.write_text(BODIES + "a,A,,,city,\n")
    run = CliRunner().invoke
    dry = run(registry, ["import", str(path), "--dry-run"], obj=portal)
    assert dry.output == "bodies in bodies.csv: 1 rows read, 1 would be added or changed.\n"
    with portal.database.read() as session:
        assert queries.find_body(session, "a") is None
    done = run(registry, ["import", str(path)], obj=portal)
    assert done.output == "bodies in bodies.csv: 1 rows read, 1 were added or changed.\n"
    path.write_text(BODIES + "b,B,,,moon,\n")
    wrong = run(registry, ["import", str(path)], obj=portal)
    assert wrong.exit_code == 1
    assert "nothing was imported" in wrong.output
    assert "bodies.csv, row 2, column level: expected one of national" in wrong.output


def test_services_in_a_file_stay_with_their_body(database: Database) -> None:
    with database.write() as session:
        body(session)
        body(session, "parks")
        service(session)
    with pytest.raises(ImportRefused, match="row 2, column body_code"):
        imported(database, SERVICES + "permits,parks,Permits\n")


def test_an_error_of_the_spreadsheet_is_no_name(database: Database) -> None:
    [fault] = refused(database, BODIES + "a,A,#REF!,,city,\n")
    assert (fault.row, fault.column, fault.found) == (2, "name_zh_Hans", "#REF!")
