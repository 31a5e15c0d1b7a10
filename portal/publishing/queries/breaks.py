"""Breaks in the series of a body's indicator, as of an edition."""

from sqlalchemy.orm import Session

from portal.publishing.breaks import SeriesBreak, breaks_in
from portal.publishing.changes import ChangeFilter
from portal.publishing.queries.changes import register_changes
from portal.publishing.queries.figures import history


def breaks_of(session: Session, indicator: str, body: str, edition: int) -> tuple[SeriesBreak, ...]:
    """Between which periods of the body's figures values stopped meaning the same, the earliest first."""
    figures = history(session, body, indicator, edition=edition)
    changed = register_changes(session, edition, ChangeFilter(indicator=indicator))
    return breaks_in(figures, changed)
