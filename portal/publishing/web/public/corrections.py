"""Every changed value and every changed entry of the register: what it was, what it is, why, and since when."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal.foundation.i18n import LOCALES
from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.changes import Change, Said
from portal.publishing.readings import PublishedBody, PublishedIndicator
from portal.publishing.web.open import problem
from portal.publishing.web.public.asked import KEYS, Asked, asked
from portal.publishing.web.public.base import CSV, HTML, JSON, edition, page
from portal.publishing.web.public.feeds import FeedEntry, atom_reply
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.shapes import change_json, moment, named, note_words
from portal.publishing.web.words import CAUSE, CHANGED, changed_words
from portal.web import edge
from portal.web.wording import gettext
from portal.web.words import name

ATOM = "atom"
PAGE_SIZE = 50
JSON_PAGE_SIZE = 1000
COLUMNS = (
    *("body_code", *(f"body_name_{locale}" for locale in LOCALES), "indicator_code"),
    *(*(f"indicator_name_{locale}" for locale in LOCALES), "period", "changed", "language", "old", "new"),
    *("cause", "note", "old_edition", "new_edition", "corrected_at"),
)


@page("/corrections", JSON, CSV, ATOM, query=("page", *KEYS))
def corrections(form: str) -> ResponseReturnValue:
    question = asked()
    if question.faults and form != HTML:
        key, fault = next(iter(question.faults.items()))
        return problem(422, f"{key}: {fault}")
    match form:
        case "csv":
            return _csv(question)
        case "json":
            return _json(question)
        case "atom":
            return _atom(question)
    shown = _page(question, PAGE_SIZE)
    status = 422 if question.faults else 200
    return render_template(
        "publishing/corrections.html", shown=shown, asked=question, causes=CAUSE, **_named(shown.items)
    ), status


def change_rows(change: Change) -> Iterator[tuple[str, str | None, str | None, str | None]]:
    """What changed, language, old and new: a row for each part, and for a text one for each language."""
    for one in change.fields:
        if not isinstance(one.old, Mapping) and not isinstance(one.new, Mapping):
            yield one.what.value, None, one.old, one.new
            continue
        old, new = _by_language(one.old), _by_language(one.new)
        for locale in (*LOCALES, None):
            if old.get(locale) != new.get(locale):
                yield one.what.value, locale, old.get(locale), new.get(locale)


def _by_language(said: Said) -> dict[str | None, str]:
    """A text in its languages; one that is the same in all has none."""
    if isinstance(said, Mapping):
        return {locale: text for locale, text in said.items()}  # noqa: C416 - the keys may be None below
    return {None: said} if said else {}


def _page(question: Asked, size: int) -> Page[Change]:
    session, n = edge.reader(), edition().n
    total = queries.count_changes(session, edition=n, only=question.only)
    number = page_number(total, size)
    offset = (number - 1) * size
    found = queries.changes(session, edition=n, only=question.only, limit=size, offset=offset)
    return Page(found, number, size, total)


def _named(found: Iterable[Change]) -> dict[str, dict[str, Any]]:
    session, n = edge.reader(), edition().n
    changes = list(found)
    return {
        "indicators": queries.indicators_named(session, {one.indicator for one in changes}, edition=n),
        "bodies": queries.bodies_named(session, {one.body for one in changes if one.body}, edition=n),
    }


def _csv(question: Asked) -> Response:
    found = queries.changes(edge.reader(), edition=edition().n, only=question.only)
    known = _named(found)
    return csv_reply(COLUMNS, (row for one in found for row in _cells(one, **known)), name="corrections")


def _json(question: Asked) -> Response:
    shown = _page(question, JSON_PAGE_SIZE)
    content = {"total": shown.total, "page": shown.number, "pages": shown.pages}
    return json_reply({**content, "corrections": [change_json(one) for one in shown.items]})


def _atom(question: Asked) -> Response:
    shown = _page(question, PAGE_SIZE)
    known = _named(shown.items)
    more = shown.number < shown.pages
    here = {"page": shown.number} if shown.number > 1 else {}
    return atom_reply(
        _title(question),
        f"/corrections.atom{question.query(**here)}",
        [_entry(one, **known) for one in shown.items],
        read_at=f"/corrections{question.query()}",
        next_page=f"/corrections.atom{question.query(page=shown.number + 1)}" if more else None,
    )


def _title(question: Asked) -> str:
    codes = ", ".join(text for text in question.typed.values() if text)
    return gettext("Corrections") + (f": {codes}" if codes else "")


def _entry(
    change: Change, indicators: Mapping[str, PublishedIndicator], bodies: Mapping[str, PublishedBody]
) -> FeedEntry:
    indicator, body = indicators.get(change.indicator), bodies.get(change.body or "")
    about = [name(indicator.names) if indicator else change.indicator, name(body.names) if body else change.body]
    unit = indicator.unit if indicator else ""
    lines = [f"{CHANGED[one.what]}: {' → '.join(changed_words(one, unit))}" for one in change.fields]
    cause = [str(CAUSE[change.cause][0])] if change.cause else []
    note = note_words(change.note)
    return FeedEntry(
        id=f"/log/entries/{change.id.replace('/', '#', 1)}",
        title=" · ".join([*(part for part in (*about, change.period) if part), "; ".join(lines[:2])]),
        updated=change.at,
        path=_address(change),
        summary="\n".join([*lines, *cause, *([note] if note else [])]),
        category=change.cause.value if change.cause else "",
    )


def _address(change: Change) -> str:
    if change.key is None:
        return f"/indicators/{change.indicator}#changes"
    return f"/bodies/{change.body}/indicators/{change.indicator}#versions"


def _cells(
    change: Change, indicators: Mapping[str, PublishedIndicator], bodies: Mapping[str, PublishedBody]
) -> Iterator[tuple[Any, ...]]:
    indicator, body = indicators.get(change.indicator), bodies.get(change.body or "")
    for what, locale, old, new in change_rows(change):
        yield (
            *(change.body, *named(body.names if body else {}), change.indicator),
            *(*named(indicator.names if indicator else {}), change.period, what, locale, old, new),
            *(change.cause.value if change.cause else None, note_words(change.note)),
            *(change.old_edition, change.new_edition, moment(change.at)),
        )
