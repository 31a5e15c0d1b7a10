"""The office opens a round, moves its day, releases what came, and asks about single values."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.foundation.i18n import N_
from portal.publishing.collecting import Entry
from portal.publishing.sheets import number_typed
from portal.publishing.web.desk.collecting_forms.fields import DECIMAL, LISTED, SHORT
from portal.publishing.web.desk.forms import trimmed
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


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
