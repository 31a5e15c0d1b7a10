"""The page about the data files: where they are, how they are to be read, what each column means."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.publishing.files import FORMS, TABLES, ColumnType, meanings
from portal.publishing.files.descriptions import Written
from portal.publishing.files.editions import METADATA, PACKAGE, SUMS
from portal.publishing.queries.shelf import recent_editions
from portal.publishing.shelf import Made
from portal.publishing.symbols import REVISED, listed_symbols
from portal.publishing.values import Edition
from portal.publishing.web.columns import meaning
from portal.publishing.web.data.base import ACTS, blueprint, shelf
from portal.publishing.web.open import CHECKED_EACH_TIME, open_json
from portal.publishing.web.public.base import edition
from portal.web import edge, editions
from portal.web.cache import published

_SHOWN = 5
TYPES = {
    ColumnType.TEXT: _l("text"),
    ColumnType.NUMBER: _l("number"),
    ColumnType.INTEGER: _l("whole number"),
    ColumnType.BOOLEAN: _l("true or false"),
    ColumnType.MOMENT: _l("date and time"),
}


@dataclass(frozen=True)
class Offered:
    """A table as the page offers it: what it holds, how many rows, and its files with their sizes."""

    name: str
    title: str
    about: str
    rows: int | None
    files: dict[str, Written | None]


@blueprint.get("/data")
@editions.drawn
def data() -> ResponseReturnValue:
    shown = edition()
    return render_template(
        "publishing/data.html",
        edition=shown,
        tables=offered(shown),
        made=_made(shown),
        recent=recent_editions(edge.reader(), edition=shown.n, limit=_SHOWN),
        acts=ACTS,
        publisher=edge.settings().publisher,
        origin=edge.settings().origin.rstrip("/"),
    )


@blueprint.get("/data/columns")
@published()
def columns() -> ResponseReturnValue:
    """The data dictionary."""
    return render_template(
        "publishing/columns.html",
        edition=edition(),
        dictionary=TABLES,
        titles={name: gettext(title) for name, title in meanings.TITLES.items()},
        types=TYPES,
        meaning=meaning,
        symbols=[*listed_symbols(), (REVISED.mark, "", REVISED.meaning)],
    )


@blueprint.get("/data.json")
@editions.drawn
def data_json() -> Response:
    shown = edition()
    origin = edge.settings().origin.rstrip("/")
    made = _made(shown)
    content = {
        "edition": shown.n,
        "latest": {name: f"{origin}/data/latest/{name}" for name in _names()},
        "files": [_described(origin, shown, name, made) for name in _names()] if shown.n else [],
        "columns": {
            name: {one.name: {"type": one.type.value, "meaning": meaning(name, one.name)} for one in table.columns}
            for name, table in TABLES.items()
        },
        "catalog": [f"{origin}/catalog.jsonld", f"{origin}/catalog.ttl"],
    }
    return open_json(content, cache=CHECKED_EACH_TIME)


def offered(shown: Edition) -> list[Offered]:
    """The tables of an edition, with the sizes that are known."""
    made = _made(shown)
    files = made.files if made else {}
    return [
        Offered(
            name,
            gettext(meanings.TITLES[name]),
            gettext(meanings.ABOUT[name]),
            files[f"{name}.csv"].rows if made else None,
            {form: files.get(f"{name}.{form}") for form in FORMS},
        )
        for name in TABLES
    ]


def _made(shown: Edition) -> Made | None:
    return shelf().made(shown.n) if shown.n else None


def _names() -> tuple[str, ...]:
    return (*(f"{name}.{form}" for name in TABLES for form in FORMS), *METADATA, PACKAGE, SUMS)


def _described(origin: str, shown: Edition, name: str, made: Made | None) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "address": f"{origin}/data/editions/{shown.n}/{name}"}
    found = made.files.get(name) if made else None
    if found is None:
        return about
    about |= {"bytes": found.bytes, "sha256": found.sha256}
    return about if found.rows is None else about | {"rows": found.rows}
