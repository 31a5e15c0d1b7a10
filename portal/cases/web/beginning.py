"""A message to a reporter begun with one of the office's texts: an officer still reads, changes and sends it."""

from datetime import date

from portal.cases.replies import filled
from portal.cases.values import CaseFile, Reply
from portal.cases.web import subjects
from portal.cases.web.forms.desk import ReplyableForm
from portal.foundation.i18n import pick
from portal.web.words import day_in


def begin(form: ReplyableForm, case: CaseFile, reply_id: str) -> None:
    """Put the text that was chosen into the form; nothing happens when it is none of those offered."""
    chosen = next((one for one in form.replies if one.id == reply_id), None)
    if chosen is not None:
        form["text"].data = begun_with(chosen, case)


def masked_text(case: CaseFile) -> str:
    """What an extract for the body can begin with: the words of the report as they are read, masked.

    How the reporter knows is not among them: it says who that is, whatever is masked in it.
    """
    return "\n\n".join(text for text in (case.report.what, *case.report.details.not_of_oneself) if text)


def begun_with(reply: Reply, case: CaseFile) -> str:
    """The text with the case's own words and days in its places, in the language it is written in."""
    about = subjects.describe(case.summary.subject)
    names = {"body": about.body, "indicator": about.indicator}
    days: dict[str, date | None] = {
        "received": case.summary.received_on,
        "acknowledged": case.acknowledged_on,
        "feedback": case.feedback_due_on,
    }
    values = {place: pick(known, reply.language) for place, known in names.items() if known}
    values |= {place: day_in(day, reply.language) for place, day in days.items() if day}
    return filled(reply.text, values | {"period": case.summary.subject.period or ""})
