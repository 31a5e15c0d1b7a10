"""New York's own later report changed earlier figures: each stays readable as it stood, with the cause."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.tables import ImportRefused, parse_table, read_table
from portal.front.demo.new_york import AS_FIRST_PUBLISHED, DATA, RESTATED, RESULTS_OF_2023, REVISIONS
from portal.publishing import queries
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.decisions import NONE, Decisions
from portal.publishing.imports.mapping import default_mapping, load_mapping
from portal.publishing.queries.editions import edition_at
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    plan_import,
    prepare_release,
    publish_release,
    stage_import,
)
from portal.publishing.values import Cause, FigureKey
from tests.factories.accounts import person
from tests.pages import PageClient

PRIORITY_B = "mmr-5511"
"""Average days to respond to Priority B complaints: projected, reported, restated."""


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first() -> Checked:
    """The file of 2023, of it the indicators that the later report is quoted on."""
    quoted = {row["indicator_code"] for _, path, _ in REVISIONS for row in rows(path.name)}
    header, *lines = (DATA / "nyc_mmr_extract.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if f"mmr-{line.split(',', 1)[0]}" in quoted]
    text = "\n".join([header, *kept])
    return check_table(parse_table("nyc_mmr_extract.csv", text.encode()), load_mapping(Path("nyc_mmr.toml")))


def later(path: Path) -> Checked:
    return check_table(read_table(path), default_mapping())


def put_out(
    portal: Portal, facts: ReleaseFacts, checked: Checked, decisions: Decisions = NONE
) -> Mapping[str, int]:
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    now = portal.clock.now()
    with portal.database.write() as session:
        planned = plan_import(session, checked, facts, decisions)
        stage_import(session, planned, actor=registrar.actor, now=now)
        prepare_release(session, slug=facts.slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=facts.slug, actor=publisher.actor, now=now)
    append_waiting(portal)
    return planned.counts


def on(portal: Portal, day: datetime, indicator: str, period: str) -> tuple[str, str | None]:
    """What a figure was on a date, and what kind of value."""
    with portal.database.read() as session:
        edition = edition_at(session, day)
        assert edition is not None
        owner = "department-of-buildings" if indicator == PRIORITY_B else "fire-department-of-new-york"
        current = queries.get_figure(session, FigureKey(owner, indicator, period), edition=edition.n).current
    return str(current.actual), current.obs_status


@pytest.fixture
def published(portal: Portal, clock: FixedClock) -> list[Mapping[str, int]]:
    """Three editions, on the days the three sources are of."""
    clock.at = datetime(2023, 4, 11, 15, tzinfo=UTC)
    counts = [put_out(portal, AS_FIRST_PUBLISHED, first())]
    for day, (facts, path, cause) in zip((14, 18), REVISIONS, strict=True):
        clock.at = datetime(2026, 9, day, 9, tzinfo=UTC)
        counts.append(put_out(portal, facts, later(path), Decisions(cause=cause)))
    return counts


def test_each_printed_row_is_the_indicator_it_is_taken_for() -> None:
    """The report prints 2022 beside 2023: rounded as printed, it is the value that was published before."""
    known = {f"mmr-{row['ID']}": row for row in rows("nyc_mmr_extract.csv")}
    printed = rows("nyc_mmr_results_2023.csv")
    assert len({row["indicator_code"] for row in printed}) == len(printed) == 67
    for row in printed:
        before = Decimal(known[row["indicator_code"]]["2022"])
        as_printed = Decimal(row["printed_2022"])
        assert before.quantize(as_printed, ROUND_HALF_UP) == as_printed, row
        assert row["target"] == known[row["indicator_code"]]["Target.MMR"].replace("NA", ""), row
        assert int(row["page"]) > 0


def test_a_reader_learns_what_a_value_was_on_any_date_and_why_it_changed(
    portal: Portal, published: list[Mapping[str, int]]
) -> None:
    assert [(one["completed"], one["corrected"]) for one in published] == [(0, 0), (67, 0), (0, 4)]
    spring, autumn, today = (
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2026, 9, 15, tzinfo=UTC),
        datetime(2026, 9, 19, tzinfo=UTC),
    )
    assert [on(portal, day, PRIORITY_B, "2023") for day in (spring, autumn, today)] == [
        ("10.47", "P"),
        ("10.8", "A"),
        ("10.3", "A"),
    ]
    assert [on(portal, day, PRIORITY_B, "2022") for day in (autumn, today)] == [("10.35", "A"), ("10.0", "A")]
    assert [on(portal, day, "mmr-11023", "2022") for day in (autumn, today)] == [("3.5", "A"), ("4.3", "A")]
    assert [on(portal, day, "mmr-11024", "2022") for day in (autumn, today)] == [("9", "A"), ("9.2", "A")]

    with portal.database.read() as session:
        figure = queries.get_figure(session, FigureKey("department-of-buildings", PRIORITY_B, "2023"), edition=3)
        releases = {one.slug: one for one in queries.releases(session, edition=3)}
    assert [(str(v.actual), v.cause) for v in figure.versions] == [
        ("10.47", Cause.SCHEDULED),
        ("10.8", Cause.SCHEDULED),
        ("10.3", Cause.METHOD_CHANGE),
    ]
    assert "internally generated" in str(figure.current.note and figure.current.note.text)
    assert "2026_mmr.pdf" in releases[RESTATED.slug].source
    assert "rbed-zzin" in releases[AS_FIRST_PUBLISHED.slug].source
    assert RESULTS_OF_2023.slug in releases


def test_the_restated_values_cannot_slip_in_as_a_plain_release(portal: Portal, clock: FixedClock) -> None:
    put_out(portal, AS_FIRST_PUBLISHED, first())
    facts, path, _ = REVISIONS[1]
    with portal.database.read() as session, pytest.raises(ImportRefused) as refused:
        plan_import(session, later(path), facts)
    assert [fault.row for fault in refused.value.faults] == [2, 4, 5]  # the projection of 2023 stays open


def test_the_public_reads_old_and_new_value_with_the_cause(
    client: PageClient, published: list[Mapping[str, int]]
) -> None:
    changes = csv.DictReader(io.StringIO(client.get("/corrections.csv?bom=0").text))
    told = [
        (row["indicator_code"], row["period"], row["old"], row["new"], row["cause"])
        for row in changes
        if row["changed"] == "actual" and row["indicator_code"] in {PRIORITY_B, "mmr-11023", "mmr-11024"}
    ]
    assert sorted(told) == [
        ("mmr-11023", "2022", "3.5", "4.3", "method-change"),
        ("mmr-11024", "2022", "9", "9.2", "method-change"),
        (PRIORITY_B, "2022", "10.35", "10.0", "method-change"),
        (PRIORITY_B, "2023", "10.47", "10.8", "scheduled"),
        (PRIORITY_B, "2023", "10.8", "10.3", "method-change"),
    ]
    page = client.get(f"/bodies/department-of-buildings/indicators/{PRIORITY_B}")
    assert "10.35" in page.text
    assert page.text.count("Before 2022: ") == 1  # earlier years were not revised: the series breaks there
    before = client.get(f"/bodies/department-of-buildings/indicators/{PRIORITY_B}?edition=2")
    assert "10.8" in before.text
    asof = client.get("/data/asof/2024-01-01", follow_redirects=False)
    assert asof.headers["Location"].rstrip("/").split("/")[-1].split(".")[0] in {"1", "figures"}
