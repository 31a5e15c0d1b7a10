"""Canada's file as it stood on three days: a reader learns of any value what it said when, and what changed it."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.tables import ImportRefused, parse_table
from portal.front.demo.canada import AS_FIRST_PUBLISHED, FIRST_FILE, MAPPING, REVISIONS
from portal.publishing import queries
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.decisions import Decisions
from portal.publishing.imports.mapping import load_mapping
from portal.publishing.queries.editions import edition_at
from portal.publishing.readings import Figure
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    plan_import,
    prepare_release,
    publish_release,
    stage_import,
)
from portal.publishing.values import Cause, FigureKey
from portal.registry.values import Direction, Status, status
from tests.factories.accounts import person
from tests.foundation.corpora import shared_data
from tests.pages import PageClient

TAKEN_BACK = FigureKey("rcmp-grc", "936-3825-oth", "2023-24")
"""A result that was given, all four of four cases, and then no longer."""
FILED_LATE = FigureKey("ec", "986-1684-oth", "2023-24")
"""A standard without target and result, which had both three weeks later, and had missed the target."""
DAYS = (
    datetime(2024, 12, 30, 18, tzinfo=UTC),
    datetime(2025, 1, 7, 18, tzinfo=UTC),
    datetime(2025, 1, 24, 18, tzinfo=UTC),
)
FILES = (FIRST_FILE, *(path for _, path, _ in REVISIONS))

Row = dict[str, str]


def rows(path: Path) -> dict[tuple[str, ...], Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    return {
        (one["fiscal_yr"], one["service_id"], one["service_standard_id"], one["channel"]): one for one in found
    }


def read(path: Path) -> Checked:
    """A file, of the first one the rows that a later file changed: what stays is told by the rows themselves."""
    changed = {key for later in FILES[1:] for key in rows(later)}
    kept = [one for key, one in rows(path).items() if key in changed]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(kept[0]))
    writer.writeheader()
    writer.writerows(kept)
    return check_table(parse_table(path.name, text.getvalue().encode()), load_mapping(Path(MAPPING)))


def put_out(portal: Portal, facts: ReleaseFacts, path: Path, cause: Cause | None) -> Mapping[str, int]:
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    now = portal.clock.now()
    with portal.database.write() as session:
        planned = plan_import(session, read(path), facts, Decisions(cause=cause))
        stage_import(session, planned, actor=registrar.actor, now=now)
        prepare_release(session, slug=facts.slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=facts.slug, actor=publisher.actor, now=now)
    append_waiting(portal)
    return planned.counts


@pytest.fixture
def published(portal: Portal, clock: FixedClock) -> list[Mapping[str, int]]:
    """Three editions, on the days on which the file stood so."""
    releases = ((AS_FIRST_PUBLISHED, FIRST_FILE, None), *REVISIONS)
    counts = []
    for day, (facts, path, cause) in zip(DAYS, releases, strict=True):
        clock.at = day
        counts.append(put_out(portal, facts, path, cause))
    return counts


def on(portal: Portal, day: datetime, key: FigureKey) -> Figure:
    with portal.database.read() as session:
        edition = edition_at(session, day)
        assert edition is not None
        return queries.get_figure(session, key, edition=edition.n)


def said(figure: Figure) -> tuple[str | None, str | None, Status]:
    """Target, result, and how they were judged."""
    now = figure.current
    target, actual = (None if one is None else str(one) for one in (now.target, now.actual))
    return target, actual, status(now.target, now.actual, Direction.UP)


def test_the_last_state_is_the_file_as_it_is_kept_row_by_row() -> None:
    """Who looks up the newest value finds what the source says: only earlier states were written anew."""
    newest: dict[tuple[str, ...], Row] = {}
    for path in FILES:
        newest.update(rows(path))
    source = rows(shared_data() / "canada_service_standards" / "service_standards_2023-24.csv")
    services = {(one["owner_org"], one["service_id"]) for one in newest.values()}
    assert {body for body, _ in services} == {"cannor", "ec", "rcmp-grc"}
    kept = {key: one for key, one in source.items() if (one["owner_org"], one["service_id"]) in services}
    assert newest == {key: {name: one[name] for name in newest[key]} for key, one in kept.items()}


def test_a_reader_learns_what_each_value_was_on_any_day(
    portal: Portal, published: list[Mapping[str, int]]
) -> None:
    assert [(one["added"], one["completed"], one["corrected"]) for one in published] == [
        (17, 0, 0),
        (10, 1, 2),
        (3, 14, 0),
    ]
    assert [said(on(portal, day, TAKEN_BACK)) for day in DAYS[:2]] == [
        ("10", "100", Status.MET),
        ("10", None, Status.NO_RESULT),
    ]
    assert [said(on(portal, day, FILED_LATE)) for day in DAYS[1:]] == [
        (None, None, Status.NO_TARGET),
        ("90", "61.97", Status.NOT_MET),
    ]
    versions = on(portal, DAYS[2], FILED_LATE).versions
    assert [(one.edition, one.cause) for one in versions] == [(1, Cause.SCHEDULED), (3, Cause.SCHEDULED)]


def test_a_result_cannot_be_taken_back_as_a_plain_release(portal: Portal, clock: FixedClock) -> None:
    put_out(portal, AS_FIRST_PUBLISHED, FIRST_FILE, None)
    facts, path, _ = REVISIONS[0]
    with portal.database.read() as session, pytest.raises(ImportRefused):
        plan_import(session, read(path), facts)


def test_the_public_reads_target_and_result_before_and_after_with_the_cause(
    client: PageClient, published: list[Mapping[str, int]]
) -> None:
    changes = csv.DictReader(io.StringIO(client.get("/corrections.csv?bom=0").text))
    told = {
        (row["indicator_code"], row["changed"], row["old"], row["new"], row["cause"])
        for row in changes
        if row["indicator_code"] in {TAKEN_BACK.indicator, FILED_LATE.indicator}
    }
    assert told >= {
        (TAKEN_BACK.indicator, "actual", "100", "", "source-correction"),
        (FILED_LATE.indicator, "target", "", "90", "scheduled"),
        (FILED_LATE.indicator, "actual", "", "61.97", "scheduled"),
    }
    address = f"/bodies/{FILED_LATE.body}/indicators/{FILED_LATE.indicator}"
    assert "61.97" not in client.get(f"{address}?edition=2").text
    assert "61.97" in client.get(address).text
