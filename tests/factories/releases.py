"""Figures that came the whole way: a file, a draft, two people, the appender.

publish(portal, figures_csv(line("2021", actual="7.9"), line("2022")), slug="review-2022")
"""

from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.tables import parse_table
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import default_mapping
from portal.publishing.queries import current_edition
from portal.publishing.services import (
    ReleaseFacts,
    append_waiting,
    plan_import,
    prepare_release,
    publish_release,
    stage_import,
)
from portal.publishing.services.imports import ImportPlan
from tests.factories.accounts import Someone, person

COLUMNS = (
    "body_code,body_name,service_code,service_name,indicator_code,indicator_name,unit,direction,kind,"
    "period,target,actual,numerator,denominator,obs_status,obs_note"
)


def figures_csv(*lines: str) -> str:
    """A file of the default columns."""
    return "\n".join([COLUMNS, *lines]) + "\n"


def line(period: str = "2022", target: str = "12", actual: str = "8.5", **fields: str) -> str:
    """One figure of an invented body."""
    values = {
        "body_code": "riverside",
        "body_name": "Riverside Building Office",
        "service_code": "permits",
        "service_name": "Building permits",
        "indicator_code": "review-days",
        "indicator_name": "Average days to first review",
        "unit": "days",
        "direction": "down",
        "kind": "constrained",
        "period": period,
        "target": target,
        "actual": actual,
    } | fields
    return ",".join(values.get(column, "") for column in COLUMNS.split(","))


def plan(portal: Portal, csv: str, slug: str = "review-2022") -> ImportPlan:
    checked = check_table(parse_table(f"{slug}.csv", csv.encode()), default_mapping())
    facts = ReleaseFacts(slug, {"en": f"Release {slug}", "zh_Hans": f"发布 {slug}"}, "Invented", "CC BY 4.0")
    with portal.database.read() as session:
        return plan_import(session, checked, facts)


def draft(portal: Portal, csv: str, slug: str = "review-2022", actor: Actor | None = None) -> str:
    planned = plan(portal, csv, slug)
    with portal.database.write() as session:
        return stage_import(session, planned, actor=actor or Actor.system(), now=portal.clock.now())


def publish(
    portal: Portal,
    csv: str,
    slug: str = "review-2022",
    registrar: Someone | None = None,
    publisher: Someone | None = None,
) -> int:
    """Stage, prepare and publish by two people, append; returns the edition."""
    registrar = registrar or person(portal, roles=["registrar"])
    publisher = publisher or person(portal, roles=["publisher"])
    now = portal.clock.now()
    draft(portal, csv, slug, registrar.actor)
    with portal.database.write() as session:
        prepare_release(session, slug=slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=slug, actor=publisher.actor, now=now)
    append_waiting(portal)
    with portal.database.read() as session:
        return current_edition(session).n
