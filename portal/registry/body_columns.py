"""What a table of bodies may say beyond name and place: outside codes, days, successors, former names.

A column that a file does not have leaves what the register holds; an empty cell of one it has takes it away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import date

from portal.foundation.i18n import LOCALES, N_, Message, message
from portal.registry.rules import tidy
from portal.registry.values import Body, Ended, EndedHow, FormerName

CODE_COLUMN = "code_"
FORMER = tuple(f"former_name_{locale}" for locale in LOCALES)
COLUMNS = ("valid_from", "ended_on", "ended_how", "successor_codes", *FORMER, "former_until")

Cells = Mapping[str, str]
Tell = Callable[[str, Message | str], None]


def is_code_column(name: str) -> bool:
    """Whether a column holds codes of an outside scheme: code_uscc, code_gbt2260, code_…"""
    return name.startswith(CODE_COLUMN) and len(name) > len(CODE_COLUMN)


def with_columns(body: Body, known: Body | None, cells: Cells, fault: Tell) -> Body:
    """The body with what its row says of these columns; `fault` hears of what cannot be read."""
    said = {name for name in cells if is_code_column(name) or name in COLUMNS}
    if known is not None:
        body = replace(
            body, codes=known.codes, valid_from=known.valid_from, ended=known.ended, former=known.former
        )
    text = {name: cells[name].strip() for name in said}
    body = replace(body, codes=_codes(body, text))
    if "valid_from" in said:
        body = replace(body, valid_from=_day("valid_from", text["valid_from"], fault))
    if "ended_on" in said or "ended_how" in said:
        body = replace(body, ended=_ended(text, fault))
    if text.keys() & {*FORMER, "former_until"} and (former := _former(text, fault)) is not None:
        others = tuple(one for one in body.former if one.until != former.until)
        body = replace(body, former=tuple(sorted((*others, former), key=lambda one: one.until)))
    return body


def successors(cells: Cells) -> list[str]:
    """The codes in the column of successors, separated by spaces, commas or semicolons."""
    return cells.get("successor_codes", "").replace(";", " ").replace(",", " ").replace("；", " ").split()


def _codes(body: Body, text: Mapping[str, str]) -> Mapping[str, str]:
    codes = dict(body.codes)
    for name in sorted(filter(is_code_column, text)):
        scheme = name.removeprefix(CODE_COLUMN)
        codes.pop(scheme, None)
        if text[name]:
            codes[scheme] = text[name].upper() if scheme == "uscc" else text[name]
    return codes


def _ended(text: Mapping[str, str], fault: Tell) -> Ended | None:
    day, how = text.get("ended_on", ""), text.get("ended_how", "")
    if not day and not how:
        return None
    if how not in set(EndedHow):
        fault("ended_how", message(N_("one of {choices}"), choices=", ".join(EndedHow)))
        return None
    on = _day("ended_on", day, fault, required=True)
    return None if on is None else Ended(on, EndedHow(how), tuple(successors(text)))


def _former(text: Mapping[str, str], fault: Tell) -> FormerName | None:
    names = {locale: tidy(text.get(f"former_name_{locale}", "")) for locale in LOCALES}
    given = {locale: name for locale, name in names.items() if name}
    if not given and not text.get("former_until"):
        return None
    until = _day("former_until", text.get("former_until", ""), fault, required=True)
    return None if until is None else FormerName(given, until)


def _day(column: str, text: str, fault: Tell, *, required: bool = False) -> date | None:
    if not text and not required:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault(column, N_("a day as year-month-day, such as 2018-03-21"))
        return None


def unknown_columns(headers: Set[str], known: Set[str]) -> list[str]:
    """The columns that mean nothing here."""
    return sorted(name for name in headers - known - set(COLUMNS) - {""} if not is_code_column(name))
