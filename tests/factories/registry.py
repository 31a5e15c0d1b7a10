"""Bodies, services and indicators of the register, with sensible defaults.

buildings = body(session)
review_days = indicator(session, body_code=buildings.code)
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.registry.services import upsert_body, upsert_indicator, upsert_service
from portal.registry.values import Body, Direction, Indicator, Kind, Level, Service

SYSTEM = Actor.system()
NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


def body(session: Session, code: str = "buildings", **fields: Any) -> Body:
    defaults: dict[str, Any] = {
        "names": {"en": f"Body {code}", "zh_Hans": f"单位 {code}"},
        "parent_code": None,
        "level": Level.CITY,
        "invented": True,
    }
    made = Body(code=code, **(defaults | fields))
    upsert_body(session, made, actor=SYSTEM, now=NOW)
    return made


def service(session: Session, code: str = "permits", body_code: str = "buildings", **fields: Any) -> Service:
    defaults: dict[str, Any] = {"names": {"en": f"Service {code}", "zh_Hans": f"事项 {code}"}}
    made = Service(code=code, body_code=body_code, **(defaults | fields))
    upsert_service(session, made, actor=SYSTEM, now=NOW)
    return made


def indicator(session: Session, code: str = "review-days", **fields: Any) -> Indicator:
    defaults: dict[str, Any] = {
        "names": {"en": f"Indicator {code}", "zh_Hans": f"指标 {code}"},
        "definition": {"en": "What is counted.", "zh_Hans": "统计口径。"},
        "unit": {"en": "days", "zh_Hans": "天"},
        "direction": Direction.DOWN,
        "kind": Kind.CONSTRAINED,
        "body_code": None,
        "service_code": None,
        "weight": None,
    }
    made = Indicator(code=code, **(defaults | fields))
    upsert_indicator(session, made, actor=SYSTEM, now=NOW)
    return made
