"""The page about the data files: where they are, how they are to be read, what each column means."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal.publishing.files import FORMS, FROM_THE_LOG, ColumnType, Layout, meanings
from portal.publishing.files.descriptions import Written
from portal.publishing.files.forms import SUMS
from portal.publishing.queries.lines import layout_in
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
from portal.web.wording import gettext
from portal.web.wording import lazy_gettext as _l

_SHOWN = 5
TYPES = {
    ColumnType.TEXT: _l("text"),
    ColumnType.NUMBER: _l("number"),
    ColumnType.INTEGER: _l("whole number"),
    ColumnType.BOOLEAN: _l("true or false"),
    ColumnType.MOMENT: _l("date and time"),
}


class Where(StrEnum):
    """here: to be had · soon: being made · gone: not kept for this edition."""

    HERE = "here"
    SOON = "soon"
    GONE = "gone"


@dataclass(frozen=True)
class OfferedFile:
    """A file, its size once it is known, and whether the page may link to it."""

    about: Written | None
    where: Where


@dataclass(frozen=True)
class Offered:
    """A table as the page offers it: what it holds, how many rows, and its files by form."""

    name: str
    title: str
    about: str
    rows: int | None
    files: dict[str, OfferedFile]


@blueprint.get("/data")
@editions.drawn
def data() -> ResponseReturnValue:
    shown = edition()
    return render_template(
        "publishing/data.html",
        edition=shown,
        tables=offered(shown),
        made=_made(shown),
        older=older_workbooks(shown),
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
        dictionary=_layout(edition()).tables,
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
    made, layout = _made(shown), _layout(shown)
    names = (*layout.files, SUMS)
    content = {
        "edition": shown.n,
        "latest": {name: f"{origin}/data/latest/{name}" for name in names},
        "files": [_described(origin, shown, name, made) for name in names] if shown.n else [],
        "columns": {
            name: {one.name: {"type": one.type.value, "meaning": meaning(name, one.name)} for one in table.columns}
            for name, table in layout.tables.items()
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
            about.rows if (about := files.get(f"{name}.csv")) else None,
            {form: _offered_file(made, f"{name}.{form}") for form in FORMS},
        )
        for name in _layout(shown).tables
    ]


def _offered_file(made: Made | None, name: str) -> OfferedFile:
    if name.rpartition(".")[2] in FROM_THE_LOG:
        return OfferedFile(made.files.get(name) if made else None, Where.HERE)
    if made is None:
        return OfferedFile(None, Where.SOON)
    return OfferedFile(made.files.get(name), Where.HERE if shelf().has(made, name) else Where.GONE)


def older_workbooks(shown: Edition) -> int | None:
    """While those of an edition are being made: the newest edition before it that has workbooks."""
    made = _made(shown)
    return None if made is not None or not shown.n else shelf().newest_with("figures.xlsx", shown.n)


def _made(shown: Edition) -> Made | None:
    return shelf().made(shown.n) if shown.n else None


def _layout(shown: Edition) -> Layout:
    return layout_in(edge.reader(), shown.n)


def _described(origin: str, shown: Edition, name: str, made: Made | None) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "address": f"{origin}/data/editions/{shown.n}/{name}"}
    found = made.files.get(name) if made else None
    if found is None:
        return about
    about |= {"bytes": found.bytes, "sha256": found.sha256}
    return about if found.rows is None else about | {"rows": found.rows}
