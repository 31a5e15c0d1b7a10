"""Settling weights: one person proposes, another approves, while nothing was scored with the former ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties import services as duties
from portal.duties.queries import get_proposal
from portal.duties.values import Proposal
from portal.evaluation.errors import BadWeights, CycleClosed
from portal.evaluation.models import CycleRow, IndicatorWeightRow, ObjectRow, ShareRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import get_cycle
from portal.evaluation.rules.weights import require_method, require_shares
from portal.evaluation.services.cycles import write_shares, written
from portal.evaluation.values import Cycle, CycleState, Element, Group, Method
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.registry.queries import find_indicator

WEIGHTS = "evaluation.weights"
TIME_TO_SIGN = timedelta(days=7)


def propose_weights(
    session: Session,
    *,
    cycle: str,
    method: Method,
    indicators: Mapping[str, Mapping[str, Decimal]],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Put forward a matrix, an integrity rule, and weights of indicators by body (none: the rule's own).

    Raises Forbidden, NoSuchCycle, CycleClosed, BadWeights, AlreadyProposed.
    """
    actor.require(EvaluationPermission.MANAGE)
    found = get_cycle(session, cycle)
    _require_open(session, found)
    require_method(method)
    for body, weights in indicators.items():
        _require_weights(session, found, body, weights)
    return duties.propose(
        session,
        kind=WEIGHTS,
        subject=f"cycle:{cycle}",
        title=Message(N_("Weights of the evaluation {names}"), {"names": dict(found.names)}),
        address=f"/desk/evaluation/{cycle}",
        payload=_payload(cycle, method, indicators),
        reason=reason,
        actor=actor,
        permission=EvaluationPermission.APPROVE,
        due_at=now + TIME_TO_SIGN,
        now=now,
    )


def approve_weights(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> Cycle:
    """Give the second signature and settle the weights. Raises as `countersign`, and CycleClosed."""
    actor.require(EvaluationPermission.APPROVE)
    proposal = duties.countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    code, method, indicators = _read(proposal)
    _require_open(session, get_cycle(session, code))
    row = session.get_one(CycleRow, code)
    row.integrity_points, row.integrity_most = str(method.integrity_points), str(method.integrity_most)
    row.fewest_marks, row.verified_share = method.fewest_marks, written(method.verified_share)
    row.credit_points = str(method.credit_points)
    session.execute(delete(ShareRow).where(ShareRow.cycle == code))
    session.execute(delete(IndicatorWeightRow).where(IndicatorWeightRow.cycle == code))
    write_shares(session, code, method)
    session.add_all(
        IndicatorWeightRow(cycle=code, body=body, indicator=indicator, weight=str(weight))
        for body, weights in indicators.items()
        for indicator, weight in weights.items()
    )
    session.flush()
    record(session, actor=actor, act="evaluation.set-weights", subject=f"cycle:{code}", now=now)
    return get_cycle(session, code)


def decline_weights(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Refuse the proposal, or take one's own back; return the cycle's code."""
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    duties.decline(session, proposal_id=proposal_id, actor=actor, now=now)
    return str(proposal.payload["cycle"])


def _require_open(session: Session, cycle: Cycle) -> None:
    states = set(session.scalars(select(ObjectRow.state).where(ObjectRow.cycle == cycle.code)))
    if states != {CycleState.OPEN}:
        raise CycleClosed(N_("Weights cannot change once a result of the cycle has been proposed."))


def _require_weights(session: Session, cycle: Cycle, body: str, weights: Mapping[str, Decimal]) -> None:
    if body not in cycle.bodies:
        raise BadWeights(Message(N_("{body} is not evaluated in this cycle."), {"body": body}))
    for indicator in weights:
        if find_indicator(session, indicator) is None:
            fault = Message(N_("There is no {code} in the register."), {"code": indicator})
            raise BadWeights(fault, {f"indicators:{body}": fault})
    require_shares(weights, field=f"indicators:{body}")


def _payload(cycle: str, method: Method, indicators: Mapping[str, Mapping[str, Decimal]]) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "elements": {element.value: str(share) for element, share in method.elements.items()},
        "groups": {
            element.value: {group.value: str(share) for group, share in method.groups[element].items()}
            for element in method.elements
        },
        "integrity_points": str(method.integrity_points),
        "integrity_most": str(method.integrity_most),
        "fewest_marks": method.fewest_marks,
        "verified_share": written(method.verified_share),
        "credit_points": str(method.credit_points),
        "indicators": {
            body: {code: str(weight) for code, weight in weights.items()} for body, weights in indicators.items()
        },
    }


def _read(proposal: Proposal) -> tuple[str, Method, dict[str, dict[str, Decimal]]]:
    payload = proposal.payload
    method = Method(
        elements={Element(element): Decimal(share) for element, share in payload["elements"].items()},
        groups={
            Element(element): {Group(group): Decimal(share) for group, share in shares.items()}
            for element, shares in payload["groups"].items()
        },
        integrity_points=Decimal(payload["integrity_points"]),
        integrity_most=Decimal(payload["integrity_most"]),
        fewest_marks=payload["fewest_marks"],
        verified_share=None if (share := payload.get("verified_share")) is None else Decimal(share),
        credit_points=Decimal(payload.get("credit_points", "0")),
    )
    indicators = {
        body: {code: Decimal(weight) for code, weight in weights.items()}
        for body, weights in payload["indicators"].items()
    }
    return payload["cycle"], method, indicators
