"""The whole way on real figures: file, draft, two people, log, and what the public then reads."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.foundation.context import Portal
from portal.foundation.tables import read_table
from portal.front import demo
from portal.publishing import queries
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import load_mapping
from portal.publishing.models import Act, Chunk, FigureVersion, SaltedText
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    plan_import,
    prepare_release,
    publish_release,
    stage_big_import,
)
from portal.registry.errors import RegisterRefused
from portal.registry.values import Status, status
from tests.factories.accounts import person
from tests.factories.registry import body, service

EXTRACT = Path(demo.__file__).parent / "data" / "nyc_mmr_extract.csv"
ORACLE = {"Met_Goal": Status.MET, "Did_Not_Meet": Status.NOT_MET, "NA": Status.NO_TARGET}


def publish_extract(portal: Portal) -> int:
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    now = portal.clock.now()
    checked = check_table(read_table(EXTRACT), load_mapping(Path("nyc_mmr.toml")))
    with portal.database.read() as session:
        planned = plan_import(session, checked, ReleaseFacts("nyc", {"en": "New York"}, "NYC", "MIT"))
    slug = stage_big_import(portal.database, planned, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        prepare_release(session, slug=slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=slug, actor=publisher.actor, now=now)
    append_waiting(portal)
    return planned.counts["added"]


def test_what_the_public_reads_equals_the_files_own_oracle(portal: Portal) -> None:
    added = publish_extract(portal)
    judged: Counter[str] = Counter()
    figures = {}
    with portal.database.read() as session:
        indicators = {one.code: one for one in queries.list_indicators(session, edition=1)}
        for known in queries.list_bodies(session, edition=1):
            figures |= {one.key: one for one in queries.figures_of(session, known.code, edition=1)}
    assert len(figures) == added == 1789
    latest = {key.indicator: figure for key, figure in figures.items() if key.period == "2023"}
    with EXTRACT.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = f"mmr-{row['ID']}"
            figure = latest[code]
            found = status(figure.target, figure.actual, indicators[code].direction)
            assert found is ORACLE[row["Success"]], row["ID"]
            assert figure.current.obs_status == "P"
            judged[row["Success"]] += 1
    assert judged == {"Met_Goal": 42, "Did_Not_Meet": 35, "NA": 161}


def test_a_staged_import_that_fails_leaves_nothing(portal: Portal) -> None:
    """The register is taken last: when it refuses, what was staged before is removed again."""
    checked = check_table(read_table(EXTRACT), load_mapping(Path("nyc_mmr.toml")))
    with portal.database.read() as session:
        planned = plan_import(session, checked, ReleaseFacts("nyc", {"en": "New York"}, "NYC", "MIT"))
    moved = planned.plan.services[0]
    with portal.database.write() as session:  # meanwhile somebody registers the service elsewhere
        body(session, "elsewhere")
        service(session, moved.code, "elsewhere")
    registrar = person(portal, roles=["registrar"])
    with pytest.raises(RegisterRefused):
        stage_big_import(portal.database, planned, actor=registrar.actor, now=portal.clock.now())
    with portal.database.read() as session:
        for table in (Act, Chunk, FigureVersion, SaltedText):
            assert session.scalar(select(func.count()).select_from(table)) == 0
