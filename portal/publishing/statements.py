"""Register entries and figures as the statements that are published of them (shapes in `values`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.publishing.values import Cause, FigureKey, Statement, cite
from portal.registry.values import Body, Indicator, Service


def body_statement(body: Body) -> Statement:
    """What is not known of a body (codes outside, its days, former names) is left out."""
    ended = body.ended
    known: dict[str, Any] = {
        "codes": dict(body.codes),
        "valid_from": body.valid_from.isoformat() if body.valid_from else None,
        "ended": {"on": ended.on.isoformat(), "how": ended.how.value, "into": list(ended.into)} if ended else None,
        "former": [{"names": dict(one.names), "until": one.until.isoformat()} for one in body.former],
    }
    return {
        "t": "body",
        "code": body.code,
        "names": dict(body.names),
        "parent": body.parent_code,
        "level": body.level.value,
        "invented": body.invented,
    } | {name: said for name, said in known.items() if said}


def service_statement(service: Service) -> Statement:
    """Where the service is stands in it once the register knows."""
    known: dict[str, Any] = {"place": dict(service.place), "windows": list(service.windows)}
    return {
        "t": "service",
        "code": service.code,
        "body": service.body_code,
        "names": dict(service.names),
    } | {name: said for name, said in known.items() if said}


def indicator_statement(
    indicator: Indicator, *, cause: Cause | None = None, reason_digest: str | None = None
) -> Statement:
    """`cause` and the reason are given when a published entry is changed. What is not settled is left out."""
    settled: dict[str, Any] = {
        "weight": None if indicator.weight is None else format(indicator.weight, "f"),
        "criteria": dict(indicator.criteria) or None,
        "part_of": indicator.part_of,
        "cause": cause.value if cause else None,
        "reason": cite(reason_digest) if reason_digest else None,
    }
    return {
        "t": "indicator",
        "code": indicator.code,
        "names": dict(indicator.names),
        "definition": dict(indicator.definition),
        "unit": _unit(indicator),
        "direction": indicator.direction.value,
        "kind": indicator.kind.value,
        "body": indicator.body_code,
        "service": indicator.service_code,
    } | {name: said for name, said in settled.items() if said is not None}


def _unit(indicator: Indicator) -> str | dict[str, str]:
    """The unit as text, or by language where the languages differ (days, 天; but % is %)."""
    texts = set(indicator.unit.values())
    return texts.pop() if len(texts) == 1 else dict(indicator.unit) or ""


def figure_statement(
    key: FigureKey,
    numbers: Mapping[str, str | None],
    *,
    obs_status: str | None,
    note_digest: str | None,
    cause: Cause,
    replaces: int | None,
    handin: Mapping[str, Any] | None = None,
) -> Statement:
    """`numbers` holds target, actual, numerator and denominator as decimal strings, or None."""
    statement: dict[str, Any] = {
        "t": "figure",
        "body": key.body,
        "indicator": key.indicator,
        "period": key.period,
        "obs_status": obs_status,
        "note": None if note_digest is None else cite(note_digest),
        "cause": cause.value,
        "replaces": replaces,
    }
    if handin is not None:
        statement["handin"] = dict(handin)
    return statement | {name: numbers[name] for name in ("target", "actual", "numerator", "denominator")}


def notice_statement(key: FigureKey, state: str, reason_digest: str | None = None) -> Statement:
    """Only a withdrawn figure has a reason."""
    said = {"body": key.body, "indicator": key.indicator, "period": key.period, "state": state}
    reason = {"reason": cite(reason_digest)} if reason_digest else {}
    return {"t": "notice", **said, **reason}


def reply_statement(key: FigureKey, edition: int, text_digest: str | None, signed: str) -> Statement:
    """`edition` names the version replied to; without a text the reply is taken back."""
    return {
        "t": "reply",
        "body": key.body,
        "indicator": key.indicator,
        "period": key.period,
        "edition": edition,
        "text": None if text_digest is None else cite(text_digest),
        "signed": signed,
    }


def mark_said(statement: Statement) -> dict[str, str | None] | None:
    """What a statement says about a figure that is due, None for any other; a hand-in is the office's turn."""
    match statement["t"]:
        case "coverage":
            rest = {name: statement[name] for name in ("state", "reason", "owes")}
        case "handin":
            rest = {"state": "handed-in", "reason": "being-checked", "owes": "office"}
        case _:
            return None
    return {name: statement[name] for name in ("body", "indicator", "period", "round")} | rest
