"""A score as the statement that is published, and back. All numbers are decimal strings with their digits."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.evaluation.evidence import AnswersEvidence, Evidence, FigureEvidence, MarkEvidence, RatingEvidence
from portal.evaluation.values import (
    AppealState,
    Credit,
    Cycle,
    Deduction,
    Liability,
    Part,
    PartKind,
    PublishedResult,
    ReasonCode,
    Score,
    Standing,
)

Json = dict[str, Any]


def statement(
    cycle: Cycle,
    body: str,
    score: Score,
    *,
    reason_code: ReasonCode,
    as_of: int,
    replaces: int | None,
    reason_digest: str | None,
) -> Json:
    """The evaluation statement of a result computed from the published state of edition `as_of`."""
    return {
        "t": "evaluation",
        "cycle": cycle.code,
        "body": body,
        "names": dict(cycle.names),
        "period": cycle.period,
        "as_of": as_of,
        "replaces": replaces,
        "reason_code": reason_code.value,
        "reason": {"digest": reason_digest} if reason_digest else None,
        "integrity": {
            "points": str(cycle.method.integrity_points),
            "most": str(cycle.method.integrity_most),
            **({"credit": str(cycle.method.credit_points)} if cycle.method.credit_points else {}),
        },
        **score_to_json(score),
    }


def published_result(payload: Mapping[str, Any], *, edition: int, at: datetime) -> PublishedResult:
    """The result a published evaluation statement holds."""
    return PublishedResult(
        cycle=payload["cycle"],
        body=payload["body"],
        names=payload["names"],
        period=payload["period"],
        score=score_from_json(payload),
        integrity_points=Decimal(payload["integrity"]["points"]),
        integrity_most=Decimal(payload["integrity"]["most"]),
        reason_code=ReasonCode(payload["reason_code"]),
        replaces=payload["replaces"],
        edition=edition,
        at=at,
        as_of=payload["as_of"],
        reason_digest=payload["reason"]["digest"] if payload["reason"] else None,
        credit_points=Decimal(payload["integrity"].get("credit", "0")),
    )


def score_to_json(score: Score) -> Json:
    """`score`, `low`, `high`, `scored_share`, `deducted`, `deductions` and `parts` (the whole with its parts).

    `credits` and `credited` are there only where the body disclosed an error itself.
    """
    return {
        "score": _text(score.value),
        "low": _text(score.low),
        "high": _text(score.high),
        "scored_share": str(score.scored_share),
        "deducted": str(score.deducted),
        "deductions": [
            {
                "figure": one.figure,
                "points": str(one.points),
                "edition": one.edition,
                **({} if one.appeal is None else {"appeal": one.appeal.value}),
                **({} if one.assessor is None else {"assessor": one.assessor.value}),
            }
            for one in score.deductions
        ],
        **_credits_to_json(score),
        "parts": [_part_to_json(score.whole)],
    }


def _credits_to_json(score: Score) -> Json:
    if not score.credits:
        return {}
    return {
        "credited": str(score.credited),
        "credits": [
            {
                "figure": one.figure,
                "points": str(one.points),
                "edition": one.edition,
                **({} if one.withdrawn is None else {"withdrawn": one.withdrawn}),
            }
            for one in score.credits
        ],
    }


def score_from_json(payload: Mapping[str, Any]) -> Score:
    return Score(
        value=_number(payload["score"]),
        low=_number(payload["low"]),
        high=_number(payload["high"]),
        whole=_part_from_json(payload["parts"][0]),
        deductions=tuple(
            Deduction(
                one["figure"],
                Decimal(one["points"]),
                one["edition"],
                AppealState(one["appeal"]) if "appeal" in one else None,
                Liability(one["assessor"]) if "assessor" in one else None,
            )
            for one in payload["deductions"]
        ),
        deducted=Decimal(payload["deducted"]),
        scored_share=Decimal(payload["scored_share"]),
        credits=tuple(
            Credit(one["figure"], Decimal(one["points"]), one["edition"], one.get("withdrawn"))
            for one in payload.get("credits", ())
        ),
        credited=Decimal(payload.get("credited", "0")),
    )


def _part_to_json(part: Part) -> Json:
    return {
        "kind": part.kind.value,
        "code": str(part.code),
        "weight": str(part.weight),
        "standing": part.standing.value,
        "value": _text(part.value),
        "low": _text(part.low),
        "high": _text(part.high),
        "evidence": [_evidence_to_json(one) for one in part.evidence],
        "parts": [_part_to_json(child) for child in part.parts],
    }


def _part_from_json(part: Mapping[str, Any]) -> Part:
    return Part(
        kind=PartKind(part["kind"]),
        code=part["code"],
        weight=Decimal(part["weight"]),
        standing=Standing(part["standing"]),
        value=_number(part["value"]),
        low=_number(part["low"]),
        high=_number(part["high"]),
        evidence=tuple(_evidence_from_json(one) for one in part["evidence"]),
        parts=tuple(_part_from_json(child) for child in part["parts"]),
    )


def _evidence_to_json(one: Evidence) -> Json:
    if isinstance(one, FigureEvidence):
        return {
            "figure": {"indicator": one.indicator, "period": one.period},
            "edition": one.edition,
            "cause": one.cause,
            "target": _text(one.target),
            "actual": _text(one.actual),
            "notice": one.notice,
        }
    if isinstance(one, RatingEvidence):
        return {
            "rating": {"service": one.service, "period": one.period},
            "edition": one.edition,
            "n": one.n,
            **({} if one.with_code is None else {"with_code": one.with_code}),
            **({} if one.code is None else {"code": one.code}),
        }
    if isinstance(one, AnswersEvidence):
        return {
            "answers": {"service": one.service, "period": one.period},
            "edition": one.edition,
            "in_time": one.in_time,
            "late": one.late,
            "overdue": one.overdue,
        }
    reason = {"digest": one.reason_digest} if one.reason_digest else None
    return {"mark": {"group": one.group, "value": str(one.value)}, "reason": reason}


def _evidence_from_json(one: Mapping[str, Any]) -> Evidence:
    if "figure" in one:
        return FigureEvidence(
            indicator=one["figure"]["indicator"],
            period=one["figure"]["period"],
            edition=one["edition"],
            cause=one["cause"],
            target=_number(one["target"]),
            actual=_number(one["actual"]),
            notice=one["notice"],
        )
    if "rating" in one:
        service, period = one["rating"]["service"], one["rating"]["period"]
        return RatingEvidence(service, period, one["edition"], one["n"], one.get("with_code"), one.get("code"))
    if "answers" in one:
        service, period = one["answers"]["service"], one["answers"]["period"]
        return AnswersEvidence(service, period, one["edition"], one["in_time"], one["late"], one["overdue"])
    digest = one["reason"]["digest"] if one["reason"] else None
    return MarkEvidence(one["mark"]["group"], Decimal(one["mark"]["value"]), digest)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
