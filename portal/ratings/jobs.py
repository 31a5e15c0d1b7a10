"""The room's work by the clock: fold once a day, then publish what is due. No job carries anything of a rater."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.jobs import Handler, JobContext, Schedule, daily
from portal.ratings import services
from portal.ratings.rules.answering import Terms, is_handing_over_day
from portal.ratings.services.moderation import PUBLISH_JOB
from portal.ratings.services.reading_duty import renew_duty


def run_fold(context: JobContext) -> int:
    """Fold what is held, look for bursts in it, then remove it from the files; return how many marks and comments
    there were."""
    now, threshold = context.local_now(), context.settings.rating_threshold
    folded = services.fold(context.database, now=now)
    with context.database.write() as session:
        services.watch_folded(session, threshold=threshold, now=now)
    with context.database.write() as session:
        renew_duty(session, now=now)
    services.forget_folded(context.database)  # last, so that not even this work stays in SQLite's log
    return folded


def run_likeness(context: JobContext) -> int:
    """Tell moderators which of the comments that wait say nearly the same; return how many do."""
    with context.database.read() as session:
        found = services.find_resembling(session)
    if found:
        with context.database.write() as session:
            services.flag_resembling(session, found)
    return len(found)


def run_answers(context: JobContext) -> None:
    """Take what raters said of answers and mark what is overdue; on its day, hand the bodies what is new."""
    terms, now = Terms.of(context.settings), context.local_now()
    with context.database.write() as session:
        services.look_after_answers(session, terms=terms, now=now)
    if is_handing_over_day(terms.calendar.day_of(now), terms.calendar):
        with context.database.write() as session:
            services.hand_over(session, terms=terms, now=now)


def run_publish(context: JobContext, *, everything: bool = False) -> tuple[str, ...]:
    """Check and roll up the closed months that have changed (or all of them), publish approved comments and how
    bodies answered; return the ids of the acts."""
    now, threshold = context.local_now(), context.settings.rating_threshold
    with context.database.read() as session:
        under = services.circumstances(session, threshold=threshold, now=now)
        months = services.all_closed_months(session, now)
        months = months if everything else services.months_to_look_at(session, under=under, now=now)
        alike = services.find_alike_texts(session, months)
    if months:
        with context.database.write() as session:
            services.check_closed_months(session, months, alike=alike, threshold=threshold, now=now)
    acts = services.roll_up_months(context.database, months, under=under, threshold=threshold, now=now)
    with context.database.write() as session:
        comments = services.publish_comments(session, now=now)
    with context.database.write() as session:
        answers = services.publish_answers(session, terms=Terms.of(context.settings), threshold=threshold, now=now)
    return (*acts, *(act for act in (comments, answers) if act))


def _daily(context: JobContext) -> None:
    run_fold(context)
    run_likeness(context)
    run_answers(context)
    run_publish(context)


def _publish_comments(context: JobContext, _payload: Mapping[str, Any]) -> None:
    with context.database.write() as session:
        services.publish_comments(session, now=context.local_now())


HANDLERS: dict[str, Handler] = {PUBLISH_JOB: _publish_comments}
SCHEDULES = (Schedule("ratings.daily", daily(lambda settings: settings.fold_hour), _daily),)
