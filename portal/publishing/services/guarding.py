"""A mark that unconnected people put beside a figure is undone by none whom something connects to the figure.

Were it not so, those whom a review looks into could end it. The mark itself decides and nothing else: why it was
placed, and whether anybody reported anything, has no part in it and shows in no refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import is_connected_to
from portal.accounts.values import Scope
from portal.foundation.i18n import N_, message
from portal.publishing.errors import MarkGuarded
from portal.publishing.models import Act, StatementRow
from portal.publishing.standing import OUT, notice_standing, oldest_first
from portal.publishing.values import FigureKey, NoticeState


def is_guarded(session: Session, figure: FigureKey) -> bool:
    """Whether the figure bears a mark that nobody placed who was connected to it then."""
    if notice_standing(session, figure) not in (NoticeState.UNDER_REVIEW, NoticeState.WITHDRAWN):
        return False
    query = (
        select(Act.proposed_by, Act.approved_by, Act.proposed_at)
        .join(StatementRow, StatementRow.act_id == Act.id)
        .where(StatementRow.kind == "notice", StatementRow.key == str(figure), Act.state.in_(OUT))
        .order_by(*oldest_first, StatementRow.id)
    )
    *_, (proposed_by, approved_by, at) = session.execute(query)
    people = [one for one in (proposed_by, approved_by) if one is not None]
    return not any(is_connected_to(session, person_id=one, scope=_scope(figure), at=at) for one in people)


def guarded_figures(session: Session) -> frozenset[FigureKey]:
    """All figures of which `is_guarded` holds: few, for a mark is rare."""
    query = (
        select(StatementRow.key, StatementRow.payload)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == "notice", Act.state.in_(OUT))
        .order_by(*oldest_first, StatementRow.id)
    )
    newest = {key: NoticeState(said["state"]) for key, said in session.execute(query)}
    marked = (FigureKey.parse(key) for key, state in newest.items() if state is not NoticeState.LIFTED)
    return frozenset(key for key in marked if is_guarded(session, key))


def require_distance(session: Session, figure: FigureKey, people: Mapping[str, datetime]) -> None:
    """Raises MarkGuarded when the mark is guarded and one of these people was connected to the figure by then."""
    if not is_guarded(session, figure):
        return
    for person, at in people.items():
        if is_connected_to(session, person_id=person, scope=_scope(figure), at=at):
            raise MarkGuarded(
                N_(
                    "This figure is marked, and you, or whoever proposed this, are connected to it. While the mark"
                    " stands, only people whom nothing connects to the figure change its mark or its value."
                )
            )


def require_distance_to_all(session: Session, indicator: str, people: Mapping[str, datetime]) -> None:
    """The same of every marked figure of an indicator: another unit, direction or definition makes another figure
    of it, though its number stays. Raises MarkGuarded naming the first that somebody is connected to."""
    for figure in sorted(one for one in guarded_figures(session) if one.indicator == indicator):
        for person, at in people.items():
            if is_connected_to(session, person_id=person, scope=_scope(figure), at=at):
                raise MarkGuarded(
                    message(
                        N_(
                            "The figure {figure} is marked, and you, or whoever proposed this, are connected to"
                            " it. While the mark stands, only people whom nothing connects to the figure change"
                            " the entry of its indicator, and with it what the figure means."
                        ),
                        figure=str(figure),
                    )
                )


def _scope(figure: FigureKey) -> Scope:
    return Scope(figure.body, figure.indicator, figure.period)
