"""No import and no release changes a figure beside which unconnected people put a mark.

Whoever imports or publishes becomes connected to the bodies by doing so, and a release changes many figures at
once: a marked one would change in passing. While the mark stands, a correction alone changes the value, by two
people whom nothing connects to the figure. Asked when a file is read, and again when its release goes out: the
mark may have been placed in between.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.i18n import N_, Message, message
from portal.publishing.errors import MarkGuarded
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.fields import NUMBERS
from portal.publishing.imports.plan import Addition, Plan, equal
from portal.publishing.models import FigureVersion
from portal.publishing.services.guarding import guarded_figures
from portal.publishing.standing import Standing, figure_standing
from portal.publishing.values import FigureKey


def require_unmarked(session: Session, plan: Plan, checked: Checked) -> None:
    """Raises ImportRefused with the place of all that would change a guarded figure; nothing is imported."""
    guarded = guarded_figures(session)
    changed = [one for one in plan.additions if one.replaces is not None and one.figure.key in guarded]
    if changed:
        faults = [_fault(one, figure_standing(session, one.figure.key), checked) for one in changed]
        raise ImportRefused(sorted(faults, key=lambda fault: fault.row))


def require_none_marked(session: Session, figures: Iterable[FigureKey]) -> None:
    """Raises MarkGuarded naming the first of these figures that bears a guarded mark."""
    _refuse(guarded_figures(session).intersection(figures))


def require_act_unmarked(session: Session, act_id: str) -> None:
    """Raises MarkGuarded when a staged act gives a value to a figure that bears a guarded mark."""
    _refuse(marked_in(session, act_id))


def marked_in(session: Session, act_id: str) -> frozenset[FigureKey]:
    """The guarded figures to which an act gives a value. Gone through from the side of the marks: they are few."""
    v = FigureVersion
    found = (
        key
        for key in guarded_figures(session)
        if session.scalar(
            select(v.id)
            .where(v.act_id == act_id, v.body == key.body, v.indicator == key.indicator, v.period == key.period)
            .limit(1)
        )
    )
    return frozenset(found)


def _refuse(figures: Iterable[FigureKey]) -> None:
    for figure in sorted(figures):
        raise MarkGuarded(
            message(
                N_(
                    "The figure {figure} is marked. While the mark stands, its value is changed only by a"
                    " correction, by two people whom nothing connects to the figure, and by no release."
                ),
                figure=str(figure),
            )
        )


def _fault(addition: Addition, standing: Standing | None, checked: Checked) -> Fault:
    """At the cell that would change it; of a figure that the file no longer has, at the first line of its body."""
    figure = addition.figure
    published: dict[str, str | None] = {} if standing is None else standing.numbers
    if not figure.row:
        says: Message = message(
            N_(
                "the figure {figure}, which is marked; while the mark stands, its value is withdrawn only by two"
                " people whom nothing connects to it, not by an import"
            ),
            figure=str(figure.key),
        )
        return checked.bodies[figure.key.body].line.fault("body_code", says)
    differing = (name for name in NUMBERS if not equal(getattr(figure, name), published.get(name)))
    column = next(differing, "obs_status")
    value = published.get(column, standing and standing.obs_status)
    says = message(
        N_(
            "{value}, as published; the figure is marked, and while the mark stands, its value is changed only by"
            " a correction, by two people whom nothing connects to it, not by an import"
        ),
        value=value or "–",
    )
    return figure.fault(column, says)
