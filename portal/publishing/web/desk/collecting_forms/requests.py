"""A request for a figure is read, and answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from portal.foundation.i18n import N_
from portal.publishing.asking import Answer, Drafted, NoReason, Refusal
from portal.publishing.web.collecting_words import ANSWER, NO_REASON, REFUSAL
from portal.publishing.web.desk.collecting_forms.fields import SHORT, typed_word
from portal.publishing.web.desk.forms import trimmed
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


class ScreenForm(PortalForm):
    refusal = SelectField(
        _l("Reason not to publish it"),
        choices=[SelectChoice("", _l("Choose a reason")), *(SelectChoice(k, v) for k, v in REFUSAL.items())],
        default="",
        coerce=typed_word,
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
        coerce=typed_word,
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
        coerce=typed_word,
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
