"""How a value moves between body and office, and who may do what to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_
from portal.publishing.collecting import Coverage, Owes, Reason, ValueState
from portal.publishing.errors import ValueNotOpen
from portal.publishing.values import ObsStatus

MOVES: Mapping[str, tuple[frozenset[ValueState], ValueState]] = {
    "enter": (
        frozenset({ValueState.EMPTY, ValueState.ENTERED, ValueState.QUERIED, ValueState.RETURNED}),
        ValueState.ENTERED,
    ),
    "answer": (frozenset({ValueState.QUERIED}), ValueState.ENTERED),
    "hand-in": (frozenset({ValueState.ENTERED}), ValueState.HANDED_IN),
    "query": (frozenset({ValueState.HANDED_IN}), ValueState.QUERIED),
    "return": (frozenset({ValueState.HANDED_IN, ValueState.ACCEPTED}), ValueState.RETURNED),
    "accept": (frozenset({ValueState.HANDED_IN}), ValueState.ACCEPTED),
    "release": (frozenset({ValueState.ACCEPTED}), ValueState.RELEASED),
}
"""Every act on a value: from which states, to which."""


def moved(state: ValueState, act: str) -> ValueState:
    """The state after an act. Raises ValueNotOpen."""
    before, after = MOVES[act]
    if state not in before:
        raise ValueNotOpen(N_("This value is no longer where this can be done. Open the page again."))
    return after


def require_verifier(person_id: str, *, employed: bool, handled_by: Collection[str]) -> None:
    """Nobody checks for the office what they entered or signed, or what their own body hands in."""
    if employed:
        raise Forbidden(N_("You are employed by this body, so a colleague must check its values."))
    if person_id in handled_by:
        raise Forbidden(N_("You entered or signed this value, so a colleague must check it."))


def may_sign(person_id: str, *, entered_by: Collection[str]) -> bool:
    """Whoever entered any value that is to be handed in cannot sign for it."""
    return person_id not in entered_by


def missing_reason(state: ValueState) -> tuple[Reason, Owes]:
    """Why a value is missing when its round closes, and who owes it."""
    if state in (ValueState.EMPTY, ValueState.ENTERED):
        return Reason.NOT_HANDED_IN, Owes.BODY
    return Reason.NOT_SETTLED, Owes.BODY


_NO_VALUE: Mapping[str, tuple[Coverage, Reason]] = {
    ObsStatus.SUPPRESSED: (Coverage.SUPPRESSED, Reason.CONFIDENTIAL),
    ObsStatus.NOT_COLLECTED: (Coverage.MISSING, Reason.NOT_COLLECTED),
    ObsStatus.CANNOT_EXIST: (Coverage.MISSING, Reason.CANNOT_EXIST),
    ObsStatus.MISSING_VALUE: (Coverage.MISSING, Reason.NO_VALUE),
}


def coverage_of_figure(
    *, actual: str | None, obs_status: str | None, withdrawn: bool
) -> tuple[Coverage, Reason | None]:
    """What a published figure is to a reader who looks for its value."""
    if withdrawn:
        return Coverage.WITHDRAWN, Reason.WITHDRAWN
    if actual is not None and obs_status != ObsStatus.SUPPRESSED:
        return Coverage.PUBLISHED, None
    return _NO_VALUE.get(obs_status or "", (Coverage.MISSING, Reason.NO_VALUE))
