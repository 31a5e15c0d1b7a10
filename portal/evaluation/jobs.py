"""What the runner does for this room: hold public results against each new edition."""

from datetime import timedelta

from portal.evaluation.services import ask_for_reviews, is_review_due
from portal.foundation.jobs import JobContext, Schedule, every


def look_for_outdated_results(context: JobContext) -> None:
    """Open a duty for every result whose figures, ratings or cases have moved since it was published."""
    with context.database.read() as session:
        if not is_review_due(session):
            return
    with context.database.write() as session:
        ask_for_reviews(session, now=context.clock.now())


SCHEDULES = (Schedule("evaluation.reviews", every(timedelta(seconds=30)), look_for_outdated_results),)
