"""The forms of collection at the desk. What is wrong with an answer is said by the services."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from portal.foundation.i18n import N_
from portal.publishing.asking import Answer, Drafted, NoReason, Refusal
from portal.publishing.collecting import NUMBERS, Entry, Value
from portal.publishing.sheets import number_typed
from portal.publishing.web.collecting_words import ANSWER, NO_REASON, REFUSAL, VALUE_KIND
from portal.publishing.web.desk.forms import trimmed
from portal.web.forms import PortalForm

SHORT = {"autocomplete": "off", "spellcheck": "false"}
DECIMAL = {**SHORT, "inputmode": "decimal"}
LISTED = re.compile(r"[\s,;，；、]+")


def _word(typed: Any) -> str:
    """What was chosen; nothing chosen is the empty word."""
    return str(typed or "")


class DueForm(PortalForm):
    """A moment, as a day and a time of day in UTC."""

    due_at = StringField(
        _l("Due"),
        description=_l("Day and time in UTC, such as 2027-01-31 16:00."),
        filters=[trimmed],
        render_kw=SHORT,
    )

    @property
    def due(self) -> datetime | None:
        """The moment typed, None when it is none; the form then says so."""
        typed = (self.due_at.data or "").replace("T", " ")
        try:
            return datetime.strptime(typed, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        except ValueError:
            self.refuse("due_at", N_("Enter a day and a time, such as 2027-01-31 16:00."))
            return None


class RoundForm(DueForm):
    """A round to be opened."""

    slug = StringField(
        _l("Code of the round"),
        description=_l("Part of its address, such as figures-2026."),
        filters=[trimmed],
        validators=[Length(max=80)],
        render_kw=SHORT,
    )
    title_en = StringField(_l("Name in English"), filters=[trimmed], validators=[Length(max=300)])
    title_zh = StringField(_l("Name in Chinese"), filters=[trimmed], validators=[Length(max=300)])
    period = StringField(
        _l("Period of the figures"),
        description=_l("Such as 2026, 2026-27, 2026-Q1 or 2026-04."),
        filters=[trimmed],
        render_kw=SHORT,
    )
    bodies = SelectMultipleField(_l("Bodies"), validators=[Optional()], validate_choice=False)
    indicators = TextAreaField(
        _l("Indicators, by their codes"),
        description=_l(
            "One on each line. Leave it empty to ask for what each body published for the period before."
        ),
        validators=[Length(max=100_000)],
        render_kw={"rows": 6, "spellcheck": "false"},
    )
    targets = TextAreaField(
        _l("Targets that are settled already (optional)"),
        description=_l("One on each line: body, indicator and target, such as riverside, review-days, 12."),
        validators=[Length(max=100_000)],
        render_kw={"rows": 3, "spellcheck": "false"},
    )
    reminders = StringField(
        _l("Reminders"),
        description=_l("Working days before it is due, with commas between them."),
        default="5, 1",
        filters=[trimmed],
        render_kw=SHORT,
    )

    @property
    def listed_indicators(self) -> list[str]:
        return [code for code in LISTED.split(self.indicators.data or "") if code]

    @property
    def listed_targets(self) -> dict[tuple[str, str], str]:
        """Raises ValueError naming the line that cannot be read."""
        found = {}
        for line in (self.targets.data or "").splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in re.split(r"[,，;\t]", line) if part.strip()]
            target = number_typed(parts[2]) if len(parts) == 3 else None
            if target is None:
                raise ValueError(line.strip())
            found[parts[0], parts[1]] = target
        return found

    @property
    def listed_reminders(self) -> list[int]:
        """Working days; −1 for what is no number, so that the service refuses it."""
        parts = [part for part in LISTED.split(self.reminders.data or "") if part]
        return [int(part) if part.isascii() and part.isdigit() and len(part) < 4 else -1 for part in parts]


class RoundActForm(DueForm):
    """An act on a round: extend, close, cancel."""


class ReleaseFactsForm(PortalForm):
    """What the release of accepted values says about itself."""

    release = StringField(
        _l("Code of the release"),
        description=_l("Part of its address, such as figures-2026."),
        filters=[trimmed],
        validators=[Length(max=80)],
        render_kw=SHORT,
    )
    title_en = StringField(_l("Name in English"), filters=[trimmed], validators=[Length(max=300)])
    title_zh = StringField(_l("Name in Chinese"), filters=[trimmed], validators=[Length(max=300)])
    source = StringField(_l("Source of the figures"), filters=[trimmed], validators=[Length(max=1000)])
    licence = StringField(_l("Licence"), filters=[trimmed], validators=[Length(max=300)])


class SignForm(PortalForm):
    """An act on a whole return."""

    reason = TextAreaField(
        _l("A word to your colleague (optional)"),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 2},
    )


class EntryForm(PortalForm):
    """One value as the body enters it."""

    actual = StringField(_l("Value"), filters=[trimmed], validators=[Length(max=60)], render_kw=DECIMAL)
    target = StringField(_l("Target"), filters=[trimmed], validators=[Length(max=60)], render_kw=DECIMAL)
    numerator = StringField(
        _l("What was divided (optional)"), filters=[trimmed], validators=[Length(max=60)], render_kw=DECIMAL
    )
    denominator = StringField(
        _l("What it was divided by (optional)"), filters=[trimmed], validators=[Length(max=60)], render_kw=DECIMAL
    )
    obs_status = SelectField(
        _l("Kind of value"), choices=[SelectChoice(k, v) for k, v in VALUE_KIND.items()], default="", coerce=_word
    )
    note = TextAreaField(
        _l("Published note (optional)"),
        description=_l("Everybody reads it beside the figure. Name no person."),
        render_kw={"rows": 2},
    )
    explanation = TextAreaField(
        _l("Explanation for the office"),
        description=_l("Needed when there is a warning. It is not published."),
        render_kw={"rows": 2},
    )

    @classmethod
    def showing(cls, value: Value) -> EntryForm:
        entry = value.entry
        data = {name: getattr(entry, name) or "" for name in (*NUMBERS, "obs_status", "note", "explanation")}
        data["target"] = entry.target or value.asked.target or ""
        return cls(data=data)

    def entry(self) -> Entry | None:
        """What was typed; None when a number cannot be read, which the form then says."""
        numbers: dict[str, str | None] = {}
        for name in NUMBERS:
            try:
                numbers[name] = number_typed(self[name].data)
            except ValueError:
                self.refuse(name, N_("Enter a number such as 12 or 8.5."))
        if len(numbers) < len(NUMBERS):
            return None
        texts = {name: (self[name].data or "").strip() or None for name in ("obs_status", "note", "explanation")}
        return Entry(**numbers, **texts)


class AnswerForm(PortalForm):
    text = TextAreaField(
        _l("Your answer"), description=_l("Not published."), validators=[Length(max=2000)], render_kw={"rows": 3}
    )


class FileForm(PortalForm):
    file = FileField(_l("Add a file"))


class SheetForm(PortalForm):
    file = FileField(_l("Filled spreadsheet"), render_kw={"accept": ".csv,.xlsx,.xls,.ods"})


class CheckForm(PortalForm):
    """What the office does with a value."""

    text = TextAreaField(
        _l("Question, or why it goes back"),
        description=_l("The body reads it. Not published."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )
    actual = StringField(_l("Value to publish instead"), filters=[trimmed], render_kw=DECIMAL)
    reason = TextAreaField(
        _l("Why the office changes it"),
        description=_l("Everybody reads it beside the figure, with the value the body handed in."),
        validators=[Length(max=2000)],
        render_kw={"rows": 2},
    )

    def changed(self, entry: Entry) -> Entry | None:
        """The entry with the office's value; None when it is no number, which the form then says."""
        try:
            actual = number_typed(self.actual.data)
        except ValueError:
            actual = None
        if actual is None:
            self.refuse("actual", N_("Enter a number such as 12 or 8.5."))
            return None
        return replace(entry, actual=actual)


class ScreenForm(PortalForm):
    refusal = SelectField(
        _l("Reason not to publish it"),
        choices=[SelectChoice("", _l("Choose a reason")), *(SelectChoice(k, v) for k, v in REFUSAL.items())],
        default="",
        coerce=_word,
    )

    @property
    def chosen(self) -> Refusal | None:
        return Refusal(self.refusal.data) if self.refusal.data else None


class ReplyForm(PortalForm):
    """An answer to a request for a figure."""

    answer = SelectField(
        _l("Answer"),
        choices=[SelectChoice("", _l("Choose yes or no")), *(SelectChoice(k, v) for k, v in ANSWER.items())],
        default="",
        coerce=_word,
    )
    figure = StringField(
        _l("Where it is: body and indicator (optional)"),
        description=_l("By their codes: riverside/review-days."),
        filters=[trimmed],
        validators=[Length(max=170)],
        render_kw=SHORT,
    )
    release = StringField(
        _l("Or the release that holds it (optional)"),
        filters=[trimmed],
        validators=[Length(max=80)],
        render_kw=SHORT,
    )
    expected = StringField(
        _l("Or the day on which it will be published (optional)"),
        description=_l("Such as 2027-03-31."),
        filters=[trimmed],
        render_kw=SHORT,
    )
    reason = SelectField(
        _l("If the answer is no: why"),
        choices=[SelectChoice("", _l("Choose a reason")), *(SelectChoice(k, v) for k, v in NO_REASON.items())],
        default="",
        coerce=_word,
    )
    words = TextAreaField(
        _l("In a sentence or two"),
        description=_l("Everybody reads it."),
        validators=[Length(max=2000)],
        render_kw={"rows": 4},
    )

    def drafted(self) -> Drafted | None:
        """What was answered; None when a part cannot be read, which the form then says."""
        if not self.answer.data:
            self.refuse("answer", N_("Choose yes or no."))
            return None
        expected: date | None = None
        if self.expected.data:
            try:
                expected = date.fromisoformat(self.expected.data)
            except ValueError:
                self.refuse("expected", N_("Enter a date as year-month-day, such as 2027-03-31."))
                return None
        reason = NoReason(self.reason.data) if self.reason.data else None
        found: dict[str, Any] = {"figure": self.figure.data or None, "release": self.release.data or None}
        return Drafted(Answer(self.answer.data), reason, self.words.data or "", expected=expected, **found)
