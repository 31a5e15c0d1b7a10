"""Statements with sensible defaults, and acts that are really appended."""

from typing import Any

from portal.foundation.context import Portal
from portal.publishing.models import Act
from portal.publishing.services import append_waiting, propose_act
from portal.publishing.values import Statement


def body(code: str = "DPR", **fields: Any) -> dict[str, Any]:
    names = {"en": f"Body {code}", "zh_Hans": f"单位 {code}"}
    return {
        "t": "body",
        "code": code,
        "names": names,
        "parent": None,
        "level": "city",
        "invented": True,
    } | fields


def service(code: str = "permits", **fields: Any) -> dict[str, Any]:
    names = {"en": f"Service {code}", "zh_Hans": f"事项 {code}"}
    return {"t": "service", "code": code, "body": "DPR", "names": names} | fields


def indicator(code: str = "clean-parks", **fields: Any) -> dict[str, Any]:
    return {
        "t": "indicator",
        "code": code,
        "names": {"en": f"Indicator {code}", "zh_Hans": f"指标 {code}"},
        "definition": {"en": "What is counted.", "zh_Hans": "统计口径。"},
        "unit": "%",
        "direction": "up",
        "kind": "constrained",
        "body": None,
        "service": None,
    } | fields


def figure(**fields: Any) -> dict[str, Any]:
    return {
        "t": "figure",
        "body": "DPR",
        "indicator": "clean-parks",
        "period": "2022",
        "target": "85",
        "actual": "91.50",
        "numerator": None,
        "denominator": None,
        "obs_status": None,
        "note": None,
        "cause": "scheduled",
        "replaces": None,
    } | fields


def release(slug: str = "parks-2022", **fields: Any) -> dict[str, Any]:
    names = {"en": f"Release {slug}", "zh_Hans": f"发布 {slug}"}
    return {
        "t": "release",
        "slug": slug,
        "names": names,
        "source": "NYC Open Data",
        "licence": "Public domain",
        "period": "2022",
    } | fields


def append(portal: Portal, *statements: Statement, kind: str = "release", **fields: Any) -> int:
    """Propose an act, let the real appender run, and return the edition that made it public."""
    with portal.database.write() as session:
        act_id = propose_act(
            session,
            kind=kind,
            statements=statements,
            proposed_by="p",
            approved_by="q",
            now=portal.clock.now(),
            **fields,
        )
    append_waiting(portal)
    with portal.database.read() as session:
        edition = session.get_one(Act, act_id).edition
    assert edition is not None
    return edition
