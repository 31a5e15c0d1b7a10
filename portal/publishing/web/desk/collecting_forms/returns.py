"""A body enters values, answers about them, brings evidence and signs."""

from __future__ import annotations

from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from portal.foundation.i18n import N_
from portal.publishing.collecting import NUMBERS, Entry, Value
from portal.publishing.sheets import number_typed
from portal.publishing.web.collecting_words import VALUE_KIND
from portal.publishing.web.desk.collecting_forms.fields import DECIMAL, typed_word
from portal.publishing.web.desk.forms import trimmed
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


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
        _l("Kind of value"),
        choices=[SelectChoice(k, v) for k, v in VALUE_KIND.items()],
        default="",
        coerce=typed_word,
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
