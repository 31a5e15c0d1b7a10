"""What was added or changed between two editions, as a page, as CSV and as JSON."""

import tempfile
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.files.between import (
    ADDED,
    CHANGED,
    NOTICE,
    REPUBLISHED,
    WITHDRAWN,
    figure_rows,
    table,
)
from portal.publishing.files.tables import csv_of, json_of
from portal.publishing.queries.between import count_touched, count_versions, lines_between
from portal.publishing.queries.lines import context_of, find_file_head
from portal.publishing.queries.register_between import labels, notices_between, register_between
from portal.publishing.values import NoticeState
from portal.publishing.web.data.base import blueprint, kept_for_a_day
from portal.publishing.web.open import problem
from portal.publishing.web.public.base import edition
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.words import CAUSE
from portal.web import edge
from portal.web.wording import gettext
from portal.web.wording import lazy_gettext as _l

PAGE_SIZE = 50
MOST_ENTRIES = 200
_DIGITS = 9
HAPPENED = {
    ADDED: _l("Added"),
    CHANGED: _l("Changed"),
    REPUBLISHED: _l("Published again, reads the same"),
    NOTICE: _l("Notice"),
    WITHDRAWN: _l("Withdrawn"),
}
NOTICES = {
    None: "–",
    NoticeState.LIFTED: "–",
    NoticeState.UNDER_REVIEW: _l("Under review"),
    NoticeState.WITHDRAWN: _l("Withdrawn"),
}
FORMS = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True)
class Ends:
    """The two editions, what was typed for them, and by field what could not be used."""

    first: int
    last: int
    typed: dict[str, str]
    faults: dict[str, str]

    @property
    def query(self) -> str:
        return f"?from={self.first}&to={self.last}"


@blueprint.get("/data/changes")
def changes() -> ResponseReturnValue:
    ends = _asked()
    found = _found(ends) if ends.typed and not ends.faults else {}
    shown = {**_NOTHING, **found, "happened": HAPPENED, "notices": NOTICES, "causes": CAUSE}
    reply = render_template("publishing/changes.html", edition=edition(), ends=ends, **shown)
    return reply, 422 if ends.faults else 200


@blueprint.get("/data/changes.<any(csv, json):form>")
def changes_file(form: str) -> ResponseReturnValue:
    ends = _asked()
    if ends.faults or not ends.typed:
        first = next(iter(ends.faults.values()), gettext("Give two editions: ?from=1&to=2."))
        return problem(422, first)
    session = edge.reader()
    head = find_file_head(session, ends.last)
    assert head is not None  # noqa: S101  (the editions were looked at)
    before, context = context_of(session, ends.first), context_of(session, ends.last)
    lines, wanted = lines_between(session, ends.first, ends.last), table(ends.first, before, context)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reply
    if form == "csv":
        file.writelines(csv_of(wanted, head, context, lines, bom=request.args.get("bom") != "0"))
    else:
        file.writelines(json_of(wanted, head, context, lines))
    file.seek(0)
    name = f"changes-{ends.first}-{ends.last}.{form}"
    reply: Response = send_file(file, mimetype=FORMS[form], as_attachment=True, download_name=name)
    return kept_for_a_day(reply)


_NOTHING: dict[str, Any] = {
    "shown": None,
    "noticed": {},
    "register": [],
    "more_entries": 0,
    "versions": 0,
    "indicators": {},
}


def _found(ends: Ends) -> dict[str, Any]:
    """What the page shows: a page of figures, and on the first one notices and the register."""
    session, between = edge.reader(), (ends.first, ends.last)
    total = count_touched(session, *between)
    number = page_number(total, PAGE_SIZE)
    offset = (number - 1) * PAGE_SIZE
    lines = list(lines_between(session, *between, limit=PAGE_SIZE, offset=offset))
    codes = {line.key.indicator for line in lines}
    known = labels(session, ends.last, bodies={line.key.body for line in lines}, indicators=codes)
    entries, count = register_between(session, *between, most=MOST_ENTRIES) if number == 1 else ([], 0)
    return {
        "shown": Page(list(figure_rows(ends.first, known, lines)), number, PAGE_SIZE, total),
        "versions": count_versions(session, *between),
        "noticed": notices_between(session, *between),
        "register": entries,
        "more_entries": count - len(entries),
        "indicators": queries.indicators_named(session, codes, edition=ends.last),
    }


def _asked() -> Ends:
    """The editions in the address; edition 0 is the time before anything was published."""
    typed = {name: request.args[name].strip()[:20] for name in ("from", "to") if name in request.args}
    newest = edition().n
    if not typed:
        return Ends(max(newest - 1, 0), newest, {}, {})
    faults: dict[str, str] = {}
    first = _number("from", typed.get("from", ""), 0, newest, faults)
    last = _number("to", typed.get("to", ""), 1, newest, faults)
    if not faults and first == last:
        faults["to"] = gettext("Choose two different editions.")
    if not faults and first > last:
        faults["from"] = gettext(
            "The earlier edition comes first: from %(first)s to %(last)s.", first=last, last=first
        )
    return Ends(first, last, typed, faults)


def _number(field: str, text: str, least: int, newest: int, faults: dict[str, str]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= newest:
        return int(text)
    faults[field] = gettext(
        "Enter the number of an edition, from %(least)s to %(newest)s.", least=least, newest=newest
    )
    return least
