"""corrections.csv and corrections.json: everything published that was replaced by something else.

One row for each changed part: a figure's value or target, or the name, definition, unit, direction or weight
of an indicator. Figures come first, by body, indicator, period and edition; then indicators, by code and
edition. A row never goes; only names follow the register as of the edition of the file.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from portal.publishing.changes import FieldChange, between
from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Line, Lines, plain, words_of
from portal.publishing.log.entries import moment
from portal.publishing.values import Statement, is_decimal


def rows(head: FileHead, context: Context, lines: Lines) -> Iterator[Row]:
    for _, group in groupby(lines, key=lambda line: line.key):
        licence: str | None = None
        before: Line | None = None
        for line in group:
            licence = _licence(context, line.edition) or licence
            if before is not None:
                yield from _figure_rows(head, context, before, line, licence)
            before = line
    for code in sorted(context.history):
        for old, new in pairwise(context.history[code]):
            about = {"what": "indicator", "body_code": new.statement["body"], "indicator_code": code}
            about["cause"] = new.statement.get("cause")
            about["note"] = words_of(context.text_of(new.statement.get("reason")))
            for change in between(old.statement, new.statement):
                yield from _rows(head, context, about, change, old.edition, new.edition, OWN_LICENCE)


def _figure_rows(head: FileHead, context: Context, before: Line, line: Line, licence: str | None) -> Iterator[Row]:
    key = line.key
    about = {
        "what": "figure",
        "body_code": key.body,
        "indicator_code": key.indicator,
        "period": key.period,
        "cause": line.figure["cause"],
        "note": words_of(line.note),
    }
    for change in between(before.figure, line.figure):
        yield from _rows(head, context, about, change, before.edition, line.edition, licence)


def _rows(
    head: FileHead,
    context: Context,
    about: Mapping[str, Any],
    change: FieldChange,
    old_edition: int,
    new_edition: int,
    licence: str | None,
) -> Iterator[Row]:
    body = context.bodies.get(about["body_code"], {}) if about["body_code"] else {}
    indicator = context.indicators.get(about["indicator_code"], {})
    at = context.moments.get(new_edition)
    for part, old, new in _by_language(change):
        yield {
            "period": None,
            **about,
            **named("body_name", body),
            **named("indicator_name", indicator),
            "part": part,
            "old": old,
            "new": new,
            "old_number": old if is_decimal(old) else None,
            "new_number": new if is_decimal(new) else None,
            "corrected_at": moment(at) if at else None,
            "old_edition": old_edition,
            "new_edition": new_edition,
            "licence": licence,
            "edition": head.edition,
        }


def _by_language(change: FieldChange) -> Iterator[tuple[str, str | None, str | None]]:
    """A text in several languages gives a row for each language in which it changed."""
    part = change.what.value
    old, new = change.old, change.new
    if not isinstance(old, Mapping) and not isinstance(new, Mapping):
        yield part, old, new
        return
    before, after = (side if isinstance(side, Mapping) else {"": side} for side in (old, new))
    for language in sorted({*before, *after}):
        if before.get(language) != after.get(language):
            yield f"{part}_{language}".rstrip("_"), before.get(language), after.get(language)


def _licence(context: Context, edition: int) -> str | None:
    release: Statement = context.releases.get(edition, {})
    return plain(release.get("licence"))
