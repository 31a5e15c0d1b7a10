"""By when something has to be done for a reporter, on the calendar of the office.

A term given in days or months ends on a working day: where it would end on a day off, it ends on the last working
day before, so that the reporter never waits longer than was said.
"""

from __future__ import annotations

from datetime import date, timedelta

from portal.cases import rules
from portal.cases.models import Case
from portal.cases.values import CaseState, Deadline
from portal.config import Settings
from portal.duties.calendar import WorkingDays


def acknowledge_by(received_on: date, settings: Settings) -> date:
    return _working(rules.acknowledge_by(received_on, settings.acknowledge_days), received_on, settings)


def message_by(acknowledged_on: date, settings: Settings) -> date:
    """An officer writes to the reporter in person so many working days after acknowledging."""
    return WorkingDays.of(settings).after(acknowledged_on, settings.message_working_days)


def answer_by(written_on: date, settings: Settings) -> date:
    """What a reporter wrote is answered within as many working days as a first message takes."""
    return message_by(written_on, settings)


def assign_by(waits_since: date, settings: Settings) -> date:
    """A case that nobody has in hand is assigned within as many working days as a first message takes."""
    return message_by(waits_since, settings)


def seen_to_by(told_on: date, settings: Settings) -> date:
    """Whoever is told to see to a case does so within as many working days as a first message takes."""
    return message_by(told_on, settings)


def close_by(done_on: date, settings: Settings) -> date:
    """A case of which all is done is closed, and its reporter told, within as many days as an acknowledgement."""
    return acknowledge_by(done_on, settings)


def feedback_by(start: date, settings: Settings) -> date:
    return _working(rules.feedback_by(start, settings.feedback_months), start, settings)


def extended_by(due_on: date, settings: Settings) -> date:
    return _working(rules.feedback_by(due_on, settings.feedback_extension_months), due_on, settings)


def check_in_by(closed_on: date, months: int, settings: Settings) -> date:
    return _working(rules.feedback_by(closed_on, months), closed_on, settings)


def body_answer_by(asked_on: date, settings: Settings) -> date:
    return WorkingDays.of(settings).after(asked_on, settings.body_answer_working_days)


def reread_by(drawn_on: date, settings: Settings) -> date:
    return WorkingDays.of(settings).after(drawn_on, settings.report_reread_working_days)


def sign_by(proposed_on: date, settings: Settings) -> date:
    """What one officer proposed is to be signed or declined by another within so many working days."""
    return WorkingDays.of(settings).after(proposed_on, settings.signature_working_days)


def correct_by(decided_on: date, settings: Settings) -> date:
    return _working(rules.acknowledge_by(decided_on, settings.acknowledge_days), decided_on, settings)


def mark_from(received_on: date, settings: Settings) -> date:
    """The first day on which a figure is marked in public because of a report that came on `received_on`."""
    return received_on + timedelta(days=settings.mark_after_days)


def correct_from(decided_on: date, settings: Settings) -> date:
    """The first day on which a correction is put forward for a figure that was marked on `decided_on`."""
    return decided_on + timedelta(days=settings.correct_after_days)


def missed(case: Case, today: date) -> tuple[tuple[Deadline, date], ...]:
    """What was promised to the reporter of this case and has passed."""
    return rules.missed(
        state=CaseState(case.state),
        acknowledge_due=case.acknowledge_due_on,
        message_due=case.message_due_on,
        message_on=case.message_on,
        answer_due=case.answer_due_on,
        feedback_due=case.feedback_due_on,
        correct_due=case.correct_due_on,
        reread_due=case.reread_due_on,
        check_in_due=case.check_in_due_on,
        today=today,
    )


def _working(day: date, after: date, settings: Settings) -> date:
    return rules.on_working_day(day, WorkingDays.of(settings).is_working, after=after)
