"""Opening a cycle: bodies, period and months of ratings, scored by the published default matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.evaluation.errors import BadCycle, CycleExists
from portal.evaluation.models import CycleRow, ObjectRow, ShareRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import get_cycle
from portal.evaluation.rules.weights import default_method
from portal.evaluation.values import Cycle, CycleState, Method
from portal.foundation.actor import Actor
from portal.foundation.i18n import LOCALES, N_, Message
from portal.registry.queries import find_body
from portal.registry.values import Period, PeriodType

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def open_cycle(
    session: Session,
    *,
    code: str,
    names: Mapping[str, str],
    period: str,
    ratings_from: str,
    ratings_until: str,
    bodies: Sequence[str],
    actor: Actor,
    now: datetime,
) -> Cycle:
    """Open a cycle with the default matrix; other weights need two people (`propose_weights`).

    Raises Forbidden, CycleExists, or BadCycle naming the fields.
    """
    actor.require(EvaluationPermission.MANAGE)
    faults = _faults(session, code, names, period, ratings_from, ratings_until, bodies)
    if faults:
        raise BadCycle(N_("The cycle cannot be opened like this."), faults)
    if session.get(CycleRow, code) is not None:
        raise CycleExists(N_("There is already a cycle with this code."))
    method = default_method()
    session.add(
        CycleRow(
            code=code,
            names={locale: text.strip() for locale, text in names.items() if text.strip()},
            period=str(Period.parse(period)),
            ratings_from=ratings_from,
            ratings_until=ratings_until,
            integrity_points=str(method.integrity_points),
            integrity_most=str(method.integrity_most),
            fewest_marks=method.fewest_marks,
            verified_share=written(method.verified_share),
            credit_points=str(method.credit_points),
            opened_at=now,
            opened_by=actor.person_id,
        )
    )
    session.flush()
    write_shares(session, code, method)
    session.add_all(ObjectRow(cycle=code, body=body, state=CycleState.OPEN) for body in sorted(set(bodies)))
    session.flush()
    record(session, actor=actor, act="evaluation.open-cycle", subject=f"cycle:{code}", now=now)
    return get_cycle(session, code)


def written(share: Decimal | None) -> str | None:
    """A share as it is kept."""
    return None if share is None else str(share)


def write_shares(session: Session, cycle: str, method: Method) -> None:
    session.add_all(
        ShareRow(
            cycle=cycle,
            element=element.value,
            evaluator_group=group.value,
            element_share=str(method.elements[element]),
            group_share=str(share),
        )
        for element in method.elements
        for group, share in method.groups[element].items()
    )


def _faults(
    session: Session,
    code: str,
    names: Mapping[str, str],
    period: str,
    ratings_from: str,
    ratings_until: str,
    bodies: Sequence[str],
) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    if not _CODE.fullmatch(code):
        faults["code"] = Message(N_("A code has small letters a–z, digits and hyphens only, such as 2025."))
    if not any(names.get(locale, "").strip() for locale in LOCALES):
        faults["names"] = Message(N_("Enter a name in at least one language."))
    if not _is_period(period):
        faults["period"] = Message(N_("Write the period as 2025, 2025-26, 2025-Q1 or 2025-04."))
    for field, month in (("ratings_from", ratings_from), ("ratings_until", ratings_until)):
        if not _is_period(month, PeriodType.MONTH):
            faults[field] = Message(N_("Write the month as 2026-02."))
    if not faults.keys() & {"ratings_from", "ratings_until"} and ratings_until < ratings_from:
        faults["ratings_until"] = Message(N_("The last month must not come before the first."))
    if not bodies:
        faults["bodies"] = Message(N_("Choose at least one body."))
    unknown = [body for body in bodies if find_body(session, body) is None]
    if unknown:
        faults["bodies"] = Message(N_("There is no {code} in the register."), {"code": unknown[0]})
    return faults


def _is_period(text: str, type: PeriodType | None = None) -> bool:
    try:
        Period.parse(text, type)
    except ValueError:
        return False
    return True
