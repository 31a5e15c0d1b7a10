"""What one edition says that an earlier one did not: figures added or changed, notices, and the register.

One row for each figure that got a version or a notice between the two, and for each entry of the register
that is new or reads differently. Nothing is ever removed from the log; a figure that was taken back has a
row with its notice.
"""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any

from portal.publishing.changes import between
from portal.publishing.files.layouts import CHANGES, layout_of
from portal.publishing.files.tables import Row, Table, named
from portal.publishing.files.values import Context, FileHead, Line, Lines
from portal.publishing.values import FigureKey, NoticeState, Statement

ADDED, CHANGED, REPUBLISHED = "added", "changed", "republished"
NOTICE, WITHDRAWN = "notice", "withdrawn"
"""What happened: new · reads differently · a new version that reads the same · only its notice changed · it was
withdrawn, that is, nobody vouches for it any more."""

NUMBERS = ("target", "actual", "numerator", "denominator")
_VALUES = (*NUMBERS, "obs_status")
_BLANK = (
    *(f"{side}_{name}" for name in (*_VALUES, "notice", "edition") for side in ("old", "new")),
    *("period", "parts", "cause"),
)


def table(first: int, before: Context, after: Context) -> Table:
    """The changes after edition `first`, of which `before` is the context, up to that of `after`.

    They are laid out as the later edition is, so the same two editions give the same bytes for ever.
    """
    return Table(CHANGES, layout_of(after).changes, key=(), rows=partial(rows, first, before))


def rows(first: int, before: Context, head: FileHead, context: Context, lines: Lines) -> Iterator[Row]:
    """`lines` holds at least every figure that got a version in between, with all its versions."""
    ends = {"from_edition": first, "to_edition": head.edition}
    noticed = changed_notices(before, context)
    for key, group in groupby(lines, key=lambda line: line.key):
        versions = list(group)
        if versions[-1].edition > first or key in noticed:
            notices = noticed.pop(key, (before.notices.get(str(key)), context.notices.get(str(key))))
            yield _figure(first, versions, notices, context) | ends
    for key in sorted(noticed):
        change = WITHDRAWN if noticed[key][1] == NoticeState.WITHDRAWN else NOTICE
        yield _blank() | _labels(key, context) | _notices(noticed[key]) | {"change": change} | ends
    for row in register_rows(before, context):
        yield row | ends


def figure_rows(first: int, context: Context, lines: Lines) -> Iterator[Row]:
    """The rows of the figures alone, without their notices; the context need name no more than these."""
    for _, group in groupby(lines, key=lambda line: line.key):
        yield _figure(first, list(group), (None, None), context)


def changed_notices(before: Context, context: Context) -> dict[FigureKey, tuple[str | None, str | None]]:
    """Figures whose notice is another than before: what it was and what it is."""
    return {
        FigureKey.parse(key): (before.notices.get(key), state)
        for key, state in context.notices.items()
        if _shown(before.notices.get(key)) != _shown(state)
    }


def register_rows(before: Context, context: Context) -> Iterator[dict[str, Any]]:
    """Entries of the register that are new or read differently."""
    for what, old, new in (
        ("body", before.bodies, context.bodies),
        ("service", before.services, context.services),
        ("indicator", before.indicators, context.indicators),
    ):
        for code in sorted(new):
            if code not in old or old[code] != new[code]:
                parts = _parts(old[code], new[code]) if code in old else ""
                if code in old and not parts:
                    continue
                yield (
                    _blank()
                    | _entry(what, new[code], context)
                    | {
                        "change": CHANGED if code in old else ADDED,
                        "parts": parts or None,
                        "cause": new[code].get("cause"),
                        "old_edition": before.registered.get((what, code)),
                        "new_edition": context.registered[what, code],
                    }
                )


def _figure(
    first: int, versions: list[Line], notices: tuple[str | None, str | None], context: Context
) -> dict[str, Any]:
    newest = versions[-1]
    old = next((line for line in reversed(versions) if line.edition <= first), None)
    found = between(old.figure, newest.figure) if old is not None else ()
    if old is None:
        change = ADDED
    elif newest.edition <= first:
        change = NOTICE
    else:
        change = CHANGED if found else REPUBLISHED
    return {
        **_labels(newest.key, context),
        **{f"old_{name}": old.figure[name] if old else None for name in _VALUES},
        **{f"new_{name}": newest.figure[name] for name in _VALUES},
        **_notices(notices),
        "change": change,
        "parts": " ".join(one.what.value for one in found) or None,
        "cause": newest.figure["cause"] if newest.edition > first else None,
        "old_edition": old.edition if old else None,
        "new_edition": newest.edition,
    }


def _labels(key: FigureKey, context: Context) -> dict[str, Any]:
    indicator = context.indicators.get(key.indicator, {})
    return {
        "what": "figure",
        "body_code": key.body,
        **named("body_name", context.bodies.get(key.body, {})),
        "service_code": indicator.get("service"),
        "indicator_code": key.indicator,
        **named("indicator_name", indicator),
        "period": key.period,
    }


def _entry(what: str, said: Statement, context: Context) -> dict[str, Any]:
    body = said["code"] if what == "body" else said.get("body")
    indicator = said if what == "indicator" else {}
    return {
        "what": what,
        "body_code": body,
        **named("body_name", context.bodies.get(body, {}) if body else {}),
        "service_code": said["code"] if what == "service" else said.get("service"),
        "indicator_code": indicator.get("code"),
        **named("indicator_name", indicator),
    }


def _parts(old: Statement, new: Statement) -> str:
    """Which fields of an entry read differently; why it was changed is no part of it."""
    names = sorted({*old, *new} - {"cause", "reason"})
    return " ".join(name for name in names if (old.get(name) or None) != (new.get(name) or None))


def _notices(pair: tuple[str | None, str | None]) -> dict[str, Any]:
    return {"old_notice": _shown(pair[0]), "new_notice": _shown(pair[1])}


def _shown(state: str | None) -> str | None:
    return None if state == NoticeState.LIFTED else state


def _blank() -> dict[str, Any]:
    return dict.fromkeys(_BLANK)
