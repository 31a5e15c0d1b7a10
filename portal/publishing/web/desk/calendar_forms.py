"""The forms of the release calendar: what a release will be, its date, who sees it early."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.publishing.calendar import Reader, When
from portal.publishing.services.calendar import PlanFacts
from portal.publishing.web.desk.forms import trimmed
from portal.registry.queries import CODE_LENGTH
from portal.registry.values import Period
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

_CODE = Regexp(
    r"[A-Za-z0-9][A-Za-z0-9_-]*\Z", message=_l("Use letters A to Z, digits, hyphens and underscores only.")
)
_PLAIN = {"autocomplete": "off", "spellcheck": False}


class PlanForm(PortalForm):
    """A release announced for a month or a day."""

    slug = StringField(
        _l("Code of the release"),
        description=_l("Part of its address, such as buildings-2022. Import its figures under the same code."),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter a code for the release.")), Length(max=CODE_LENGTH), _CODE],
        render_kw=_PLAIN,
    )
    title_en = StringField(_l("Name in English"), filters=[trimmed], validators=[Length(max=300)])
    title_zh = StringField(_l("Name in Chinese"), filters=[trimmed], validators=[Length(max=300)])
    when = StringField(
        _l("Expected in"),
        description=_l("A month such as 2027-03, or a day such as 2027-03-15."),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the month or day in which it is expected."))],
        render_kw=_PLAIN,
    )
    period = StringField(
        _l("Period of the figures (optional)"),
        description=_l("Such as 2026, 2026-Q4, or 2019/2026 from the first to the last."),
        filters=[trimmed],
        validators=[Length(max=41)],
        render_kw=_PLAIN,
    )
    holds_en = TextAreaField(_l("What it will hold, in English"), validators=[Length(max=2000)])
    holds_zh = TextAreaField(_l("What it will hold, in Chinese"), validators=[Length(max=2000)])
    contact = StringField(
        _l("Whom to ask"),
        description=_l("An office with its address or telephone number, not a person."),
        filters=[trimmed],
        validators=[InputRequired(_l("Say which office answers questions.")), Length(max=300)],
    )
    follows = StringField(
        _l("Follows the release (optional)"),
        description=_l("The code of the one before it in the same series."),
        filters=[trimmed],
        validators=[Optional(), Length(max=CODE_LENGTH), _CODE],
        render_kw=_PLAIN,
    )

    def validate_when(self, field: StringField) -> None:
        try:
            if When.parse(field.data or "").at is None:
                return
        except ValueError:
            pass
        field.errors = [*field.errors, _l("Enter a month such as 2027-03 or a day such as 2027-03-15.")]

    def validate_period(self, field: StringField) -> None:
        try:
            for part in (field.data or "").split("/") if field.data else ():
                Period.parse(part)
        except ValueError:
            field.errors = [*field.errors, _l("Enter a period such as 2026, 2026-Q4, 2026-04 or 2019/2026.")]

    @property
    def facts(self) -> PlanFacts:
        return PlanFacts(
            names=_given(en=self.title_en.data, zh_Hans=self.title_zh.data),
            period=self.period.data or None,
            holds=_given(en=self.holds_en.data, zh_Hans=self.holds_zh.data),
            contact=self.contact.data or "",
            follows=self.follows.data or None,
        )


class DateForm(PortalForm):
    """An exact time, or a cancellation, with the reason that is published."""

    day = StringField(
        _l("Day"),
        description=_l("Year-month-day, such as 2027-03-15."),
        filters=[trimmed],
        render_kw=_PLAIN,
    )
    hour = StringField(
        _l("Time"), description=_l("Hours and minutes, such as 09:30."), filters=[trimmed], render_kw=_PLAIN
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l(
            "Everybody reads it. Needed for a cancellation, for moving a confirmed time, and for a time less than "
            "four weeks ahead. Name no person."
        ),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )

    @property
    def at(self) -> datetime | None:
        """The moment typed, by the office's own clock; None when it is none."""
        try:
            day, hour = date.fromisoformat(self.day.data or ""), time.fromisoformat(self.hour.data or "")
        except ValueError:
            return None
        return datetime.combine(day, hour, ZoneInfo(edge.settings().time_zone)).astimezone(UTC)


class AccessForm(PortalForm):
    """The whole list of early readers, one a line."""

    readers = TextAreaField(
        _l("Early readers"),
        description=_l(
            "One a line: the person's address here | their office | why it must see the release early. "
            "Office and reason are published, addresses are not. An empty list takes early access away."
        ),
        validators=[Length(max=10000)],
        render_kw={"rows": 6, "spellcheck": False},
    )

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """Address, office and reason of each line; other numbers of parts are left for the caller to refuse."""
        lines = [line for line in (self.readers.data or "").splitlines() if line.strip()]
        return [tuple(part.strip() for part in line.split("|")) for line in lines]


class StepForm(PortalForm):
    """One act: approve, decline."""


def written(readers: list[tuple[str, Reader]]) -> str:
    """A list as the form takes it."""
    return "\n".join(f"{address} | {one.office} | {one.reason}" for address, one in readers)


def _given(**texts: Any) -> dict[str, str]:
    return {locale: text.strip() for locale, text in texts.items() if text and text.strip()}
