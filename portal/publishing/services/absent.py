"""Published figures that their source no longer has: found, told, and settled as somebody decided.

Nothing is ever deleted. A figure that is no longer supplied gets a version without a value that says so.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.publishing.imports.checked import Checked, FigureInput, Origin
from portal.publishing.imports.decisions import Absent, Decisions
from portal.publishing.imports.plan import Addition, Plan
from portal.publishing.standing import Standing, figures_standing, supplied_by
from portal.publishing.values import Cause, FigureKey, ObsStatus

NO_LONGER_SUPPLIED = "No longer supplied by the source. 来源不再提供。"
NOWHERE = Origin("", {})


def settle_absent(
    session: Session,
    checked: Checked,
    source: str,
    plan: Plan,
    decisions: Decisions,
) -> tuple[str, ...]:
    """Put into the plan what the source had before for the file's bodies and periods and has no more.

    Returns the bodies that the source had in these periods and that are not in the file at all: their
    figures stay as they are, and somebody must have seen that.
    """
    missing: list[FigureKey] = []
    bodies: set[str] = set()
    for key in supplied_by(session, source, {key.period for key in checked.figures}):
        if key.body not in checked.bodies:
            bodies.add(key.body)
        elif key not in checked.figures:
            missing.append(key)
    published = figures_standing(session, {key.body for key in missing}) if missing else {}
    gone = [published[key] for key in missing if not is_withdrawn(published[key])]
    plan.absent = tuple(gone)
    if decisions.absent is Absent.WITHDRAW:
        plan.additions.extend(_without_value(standing, decisions) for standing in gone)
    return tuple(sorted(bodies))


def is_withdrawn(standing: Standing) -> bool:
    """Whether the figure already says that it is no longer supplied."""
    return standing.obs_status == ObsStatus.NOT_COLLECTED and not any(standing.numbers.values())


def _without_value(standing: Standing, decisions: Decisions) -> Addition:
    figure = FigureInput(
        key=standing.key,
        target=None,
        actual=None,
        numerator=None,
        denominator=None,
        obs_status=ObsStatus.NOT_COLLECTED.value,
        note=NO_LONGER_SUPPLIED,
        row=0,
        origin=NOWHERE,
    )
    return Addition(figure, standing.edition, decisions.cause or Cause.SOURCE_CORRECTION)
