"""The words of the public pages: statuses, targets, periods, units, causes, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from portal.foundation.i18n import Names
from portal.publishing.breaks import BreakReason
from portal.publishing.calendar import CalendarState, When
from portal.publishing.changes import Changed, FieldChange, Said
from portal.publishing.past import OwnPast, Verdict
from portal.publishing.readings import Level, digits
from portal.publishing.symbols import symbol
from portal.publishing.values import Cause, Ground, NoticeState
from portal.registry.values import Direction, Kind, Period, PeriodType, Status
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l
from portal.web.wording import ngettext
from portal.web.words import MONTH, dated, day, moment, name, number, say

STATUS: Mapping[Status, tuple[Any, str]] = {
    Status.MET: (_l("Target met"), "good"),
    Status.NOT_MET: (_l("Target not met"), "bad"),
    Status.NO_TARGET: (_l("No target"), "neutral"),
    Status.NO_RESULT: (_l("No result"), "neutral"),
    Status.NOT_APPLICABLE: (_l("Not judged by a target"), "neutral"),
}

CAUSE: Mapping[Cause, tuple[Any, str]] = {
    Cause.SCHEDULED: (_l("Scheduled release"), "neutral"),
    Cause.SOURCE_CORRECTION: (_l("Corrected at the source"), "info"),
    Cause.UPHELD_REPORT: (_l("Upheld report"), "bad"),
    Cause.SELF_DISCLOSED: (_l("Disclosed by the body"), "info"),
    Cause.METHOD_CHANGE: (_l("Method changed"), "info"),
}

DIRECTION: Mapping[Direction, Any] = {
    Direction.UP: _l("Higher is better"),
    Direction.DOWN: _l("Lower is better"),
    Direction.NONE: _l("Gives context: neither higher nor lower is better"),
}

KIND: Mapping[Kind, Any] = {
    Kind.CONSTRAINED: _l("Constrained indicator: set from above"),
    Kind.EXPECTED: _l("Expected indicator: set by the body itself"),
}

CALENDAR: Mapping[CalendarState, tuple[Any, str]] = {
    CalendarState.PROVISIONAL: (_l("Provisional"), "neutral"),
    CalendarState.CONFIRMED: (_l("Confirmed"), "info"),
    CalendarState.PUBLISHED: (_l("Published"), "good"),
    CalendarState.CANCELLED: (_l("Cancelled"), "bad"),
}

NOTICE: Mapping[NoticeState, Any] = {
    NoticeState.UNDER_REVIEW: _l("Under review: the value is being looked into"),
    NoticeState.WITHDRAWN: _l("Withdrawn: nobody vouches for the value any more"),
    NoticeState.LIFTED: _l("Lift the mark: the value stands"),
}

GROUND: Mapping[Ground, Any] = {
    Ground.PERSONAL_DATA: _l("It holds personal data"),
    Ground.COURT_ORDER: _l("A court ordered it"),
    Ground.RIGHTS_OF_OTHERS: _l("It violates the rights of others"),
    Ground.STATE_SECRET: _l("It is a secret by law"),
    Ground.CRIMINAL_CONTENT: _l("Its content is a criminal offence"),
}

CHANGED: Mapping[Changed, Any] = {
    Changed.ACTUAL: _l("Result"),
    Changed.TARGET: _l("Target"),
    Changed.NUMERATOR: _l("Numerator"),
    Changed.DENOMINATOR: _l("Denominator"),
    Changed.OBS_STATUS: _l("Status of the value"),
    Changed.NAMES: _l("Name"),
    Changed.DEFINITION: _l("Definition"),
    Changed.UNIT: _l("Unit"),
    Changed.DIRECTION: _l("Direction"),
    Changed.KIND: _l("Kind"),
    Changed.WEIGHT: _l("Weight"),
    Changed.CRITERIA: _l("Criteria"),
}

BREAK: Mapping[BreakReason, Any] = {
    BreakReason.DECLARED: _l("Declared by the source as a break in the series"),
    BreakReason.METHOD: _l("The method was changed"),
    BreakReason.DEFINITION: _l("The definition was changed"),
    BreakReason.UNIT: _l("The unit was changed"),
    BreakReason.CRITERIA: _l("The criteria were changed"),
    BreakReason.DIRECTION: _l("The direction was changed"),
}

LEVEL: Mapping[Level, Any] = {
    Level.VERY_SATISFIED: _l("Very satisfied"),
    Level.SATISFIED: _l("Satisfied"),
    Level.FAIRLY_SATISFIED: _l("Fairly satisfied"),
    Level.DISSATISFIED: _l("Dissatisfied"),
    Level.VERY_DISSATISFIED: _l("Very dissatisfied"),
}

_UNITS: Mapping[str, Any] = {
    "days": _l("days"),
    "calendar days": _l("calendar days"),
    "business days": _l("business days"),
    "working days": _l("working days"),
    "hours": _l("hours"),
    "minutes": _l("minutes"),
    "minutes:seconds": _l("minutes:seconds"),
    "minutes: seconds": _l("minutes:seconds"),
    "hours:minutes": _l("hours:minutes"),
    "thousand": _l("thousand"),
    "million": _l("million"),
    "thousand US dollars": _l("thousand US dollars"),
    "million US dollars": _l("million US dollars"),
}


def site_origin() -> str:
    """The portal's own public address, for what is copied elsewhere."""
    return edge.settings().origin.rstrip("/")


def said(text: str | Names) -> str:
    """A text that may come in several languages."""
    return text if isinstance(text, str) else name(text)


def unit_name(unit: str | Names) -> str:
    """The unit in the reader's language; one that we have no word for stays as it was published."""
    if not isinstance(unit, str):
        return name(unit)
    words = _UNITS.get(unit)
    return unit if words is None else str(words)


def measured(value: Decimal | None, unit: str | Names = "") -> str:
    """The value with its unit: 5.9 days, 91.5%."""
    if value is None:
        return "–"
    shown = number(digits(value) or "")
    label = unit_name(unit)
    if label == "%":
        return f"{shown}%"
    return f"{shown} {label}" if label else shown


_MYRIADS = {
    "en": ((12, "trillion"), (9, "billion"), (6, "million")),
    "zh_Hans": ((12, "万亿"), (8, "亿"), (4, "万")),
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHORT = 10


def short_number(value: Decimal) -> str:
    """The digits as given while they are few; else rounded, in words: 12.5 million, 1,250 万, 1.2×10⁻¹²."""
    shown = number(digits(value) or "")
    if len(shown) <= _SHORT:
        return shown
    magnitude = value.adjusted() if value else 0
    language = edge.locale()
    for power, word in _MYRIADS.get(language, _MYRIADS["en"]):
        if power <= magnitude < power + 6:
            scaled = format(value.scaleb(-power), f".{max(3 - (magnitude - power), 0)}f")
            scaled = scaled.rstrip("0").rstrip(".") if "." in scaled else scaled
            return f"{number(scaled)}{'' if language == 'zh_Hans' else ' '}{word}"
    if -4 <= magnitude < 6:
        return number(format(value, ".4f" if magnitude < 3 else ".1f").rstrip("0").rstrip("."))
    mantissa, _e, exponent = format(value, ".2e").partition("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def changed_words(part: FieldChange, unit: str | Names = "") -> tuple[str, str]:
    """What a part of a published fact was, and what it is, in words; a dash for nothing."""
    return _part_words(part.what, part.old, unit), _part_words(part.what, part.new, unit)


def _part_words(what: Changed, value: Said, unit: str | Names) -> str:
    if value is None:
        return "–"
    if not isinstance(value, str):
        return name(value)
    match what:
        case Changed.ACTUAL | Changed.TARGET:
            return measured(Decimal(value), unit)
        case Changed.DIRECTION:
            return str(DIRECTION[Direction(value)])
        case Changed.KIND:
            return str(KIND[Kind(value)])
        case Changed.UNIT:
            return unit_name(value)
        case Changed.WEIGHT:
            return f"{number(value)}%"
        case Changed.OBS_STATUS:
            found = symbol(value)
            return say(found.meaning) if found else _("normal value")
    return number(value)


def when_words(when: When) -> str:
    """A date of the calendar: March 2027, 15 March 2027, or the day with its time."""
    if when.at is not None:
        return office_moment(when.at)
    return month(when.first_day) if when.is_month else day(when.first_day)


def month(first: date) -> str:
    """March 2027 · 2027年3月"""
    return dated(first, MONTH)


def office_moment(at: datetime) -> str:
    """A moment by the office's own clock, and in UTC: 15 March 2027, 09:30 (Asia/Shanghai; 01:30 UTC)."""
    zone = edge.settings().time_zone
    if zone == "UTC":
        return moment(at)
    there = at.astimezone(ZoneInfo(zone))
    utc = f"{at:%H:%M} UTC" if there.date() == at.date() else f"{at:%Y-%m-%d %H:%M} UTC"
    return f"{day(there)} {there:%H:%M} ({zone}; {utc})"


def file_size(count: int) -> str:
    """How big a file is: 812 bytes, 14 kB, 3.2 MB."""
    if count < 1000:
        return str(ngettext("%(num)s byte", "%(num)s bytes", count))
    if count < 1_000_000:
        return f"{round(count / 1000)} kB"
    return f"{count / 1_000_000:.1f} MB"


def decimal(text: str | None) -> Decimal | None:
    """A number as files and statements write it."""
    return None if text is None else Decimal(text)


def percent(share: Decimal) -> str:
    """A share of 0 to 1 as whole per cent."""
    return f"{(share * 100).quantize(Decimal(1), ROUND_HALF_EVEN)}%"


def change(new: Decimal | None, old: Decimal | None) -> str:
    """By how much a score moved: +1.5, −0.25."""
    if new is None or old is None:
        return ""
    moved = new - old
    return f"{'+' if moved > 0 else '−' if moved < 0 else '±'}{digits(abs(moved))}"


def target_words(target: Decimal | None, direction: Direction, unit: str | Names = "") -> str:
    """What was promised: target 12 days or less."""
    if target is None:
        return _("no target")
    shown = measured(target, unit)
    match direction:
        case Direction.UP:
            return _("target %(value)s or more", value=shown)
        case Direction.DOWN:
            return _("target %(value)s or less", value=shown)
    return _("target %(value)s", value=shown)


def past_words(past: OwnPast, unit: str | Names) -> str:
    """A sentence that compares the newest value with the body's own past."""
    average = measured(past.average, unit)
    before = ngettext(
        "%(average)s in the period before",
        "%(average)s on average over the %(num)s periods before",
        past.periods,
        average=average,
    )
    match past.verdict:
        case Verdict.BETTER:
            return _("Better than its own past: %(before)s.", before=before)
        case Verdict.WORSE:
            return _("Worse than its own past: %(before)s.", before=before)
        case Verdict.HIGHER:
            return _("Higher than its own past: %(before)s.", before=before)
        case Verdict.LOWER:
            return _("Lower than its own past: %(before)s.", before=before)
    return _("As in its own past: %(before)s.", before=before)


def period_name(text: str) -> str:
    """The period in words: 2022, 2022-23, quarter 1 of 2023, April 2023."""
    return _period_name(text, edge.locale())


@lru_cache(maxsize=4096)  # there are few periods, and a page names each of them many times
def _period_name(text: str, _language: str) -> str:
    try:
        period = Period.parse(text)
    except ValueError:
        return text
    match period.type:
        case PeriodType.YEAR:
            return _("%(year)s", year=str(period))
        case PeriodType.QUARTER:
            return _("quarter %(quarter)s of %(year)s", quarter=period.part, year=period.year)
        case PeriodType.MONTH:
            return dated(date(period.year, period.part, 1), MONTH)
    return str(period)
