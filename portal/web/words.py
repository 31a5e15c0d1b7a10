"""What the reader sees in their language: messages, names, dates and numbers, and the language switch.

Dates are absolute and numbers keep the digits they were published with, so a page stays true when it is
read from a cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from portal.foundation.i18n import LOCALES, URL_PREFIX, Message, Names, pick
from portal.web import edge, editions
from portal.web.locale import localised
from portal.web.wording import gettext

_DAY = {"en": "d MMMM y", "zh_Hans": "y年M月d日"}
_SHORT_DAY = {"en": "d MMM y", "zh_Hans": "y年M月d日"}
_WEEKDAY = {"en": "EEEE, d MMMM", "zh_Hans": "M月d日 EEEE"}
MONTH = {"en": "MMMM y", "zh_Hans": "y年M月"}
_OWN_NAME = {"en": "English", "zh_Hans": "中文"}


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    lang: str
    name: str
    href: str


def lang() -> str:
    """The language of the page as HTML names it."""
    return URL_PREFIX.get(edge.locale(), edge.locale())


def say(message: Message | str) -> str:
    """A message in the reader's language; names inside it are picked, dates and numbers written out."""
    if not isinstance(message, Message):
        return str(message)
    translated: str = gettext(message.msgid)
    return translated.format(**{key: _written(value) for key, value in message.params.items()})


def name(names: Names) -> str:
    """A name in the reader's language."""
    return pick(names, edge.locale())


def day(value: date) -> str:
    """3 February 2026 · 2026年2月3日"""
    return dated(value, _DAY)


def short_day(value: date) -> str:
    """3 Feb 2026 · 2026年2月3日"""
    return dated(value, _SHORT_DAY)


def month(text: str, language: str | None = None) -> str:
    """February 2026 · 2026年2月, for 2026-02, in the reader's language or another."""
    language = language or edge.locale()
    return _dated(date.fromisoformat(f"{text}-01"), MONTH[language], language)


def weekday(value: date) -> str:
    """Monday, 9 February · 2月9日 星期一"""
    return dated(value, _WEEKDAY)


def dated(value: date, patterns: Mapping[str, str]) -> str:
    """A day as one of Babel's patterns, given by language, writes it."""
    locale = edge.locale()
    return _dated(value.date() if isinstance(value, datetime) else value, patterns[locale], locale)


@lru_cache(maxsize=4096)  # pages name few days, again and again, and formatting one takes as long as a query
def _dated(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


def moment(value: datetime) -> str:
    """3 February 2026, 09:30 UTC · 2026年2月3日 09:30（UTC）"""
    clock = value.isoformat()[11:16]
    return f"{day(value)} {clock}（UTC）" if edge.locale() == "zh_Hans" else f"{day(value)}, {clock} UTC"


def number(value: Decimal | int | str) -> str:
    """The digits as given, thousands marked; a text that is no number comes back as it is."""
    text = str(value)
    whole, point, fraction = text.partition(".")
    if len(whole) < 4 and whole.isdecimal() and whole.isascii() and (whole[0] != "0" or len(whole) == 1):
        return text  # as most are
    sign = "-" if whole.startswith("-") else ""
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and (not point or fraction.isdigit())):
        return text
    return f"{sign}{int(digits):,}{point}{fraction}" if digits else text


def language_links() -> tuple[LanguageLink, ...]:
    """This page in every other language. Known query keys stay; reporting addresses never have any."""
    sent, spoken = edge.here(), edge.locale()
    path = sent.path
    if sent.query_string and sent.method in edge.SAFE_METHODS:
        path += "?" + sent.query_string.decode("ascii", "replace")
    root = sent.root_path.removesuffix("/" + URL_PREFIX.get(spoken, "\0"))
    return tuple(
        LanguageLink(
            lang=URL_PREFIX.get(locale, locale), name=_OWN_NAME[locale], href=root + localised(path, locale)
        )
        for locale in LOCALES
        if locale != spoken
    )


def site(path: str, *, newest: bool = False) -> str:
    """The address of a page of the site in the reader's language and edition, for places above this floor.

    With `newest` it leads to the newest edition whatever the reader looks at.
    """
    return edge.here().root_path + (path if newest else editions.keeping(path))


def _written(value: Any) -> Any:
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(value)
    if isinstance(value, dict):
        return name(value)
    return value


def day_in(value: date, language: str) -> str:
    """A day as a text in that language says it, whatever language the reader has."""
    return _dated(value, _DAY[language], language)


def own_name(language: str) -> str:
    """What a language calls itself."""
    return _OWN_NAME[language]
