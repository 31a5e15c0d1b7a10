"""Which corrections a reader asks for, read from the address: body, indicator, cause, from, until."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from portal.publishing.changes import ChangeFilter
from portal.publishing.values import Cause
from portal.web.wording import lazy_gettext as _l

KEYS = ("body", "indicator", "cause", "from", "until")
_LONGEST = 80


@dataclass(frozen=True)
class Asked:
    """The filter, what was typed (nothing is lost), and by field what could not be read."""

    only: ChangeFilter
    typed: dict[str, str]
    faults: dict[str, Any]

    @property
    def kept(self) -> dict[str, str]:
        """What was typed, without what was left empty."""
        return {key: text for key, text in self.typed.items() if text}

    def query(self, **more: object) -> str:
        """The same question as the end of an address; empty when nothing is asked."""
        pairs = {**self.kept, **more}
        return f"?{urlencode(pairs)}" if pairs else ""


def asked() -> Asked:
    typed = {key: request.args.get(key, "").strip()[:_LONGEST] for key in KEYS}
    faults: dict[str, Any] = {}
    cause = None
    if typed["cause"]:
        try:
            cause = Cause(typed["cause"])
        except ValueError:
            faults["cause"] = _l("Choose one of the causes listed.")
    days = {key: _day(key, typed[key], faults) for key in ("from", "until")}
    only = ChangeFilter(
        body=typed["body"] or None,
        indicator=typed["indicator"] or None,
        cause=cause,
        since=days["from"],
        until=days["until"],
    )
    return Asked(only, typed, faults)


def _day(key: str, text: str, faults: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults[key] = _l("Enter a date as year-month-day, such as 2026-02-09.")
        return None
