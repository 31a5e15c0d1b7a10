"""The layouts of the data files: which tables an edition has, and which columns in which order.

An edition keeps its bytes for ever, so a layout that was ever published stays here as it is. What changes is a
new one, and the log says from which edition on it counts: a statement `layout` in that edition's act. Before
the first such statement it is layout 1. So whoever has the log alone knows how each edition is written.

To change a file: describe layout n + 1 in a module of its own, add it to `_TOLD`, and pin what it looks like
(`tests/publishing/files/test_layouts.py`). The job runner then puts the statement into the log.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portal.publishing.files import answers, corrections, figures, handins, ratings, register
from portal.publishing.files.forms import FORMS, FROM_THE_LOG, PACKAGE
from portal.publishing.files.layouts import fifth, first, fourth, second, third
from portal.publishing.files.tables import Column, Feed, Row, Table, Told, told
from portal.publishing.files.values import Context, FileHead, Lines
from portal.publishing.values import Statement

_TOLD: Mapping[int, Mapping[str, Told]] = {
    number: one.TABLES for number, one in enumerate((first, second, third, fourth, fifth), start=1)
}
_ROWS: Mapping[str, Callable[[FileHead, Context, Lines], Iterator[Row]]] = {
    "figures": figures.rows,
    "ratings": ratings.rows,
    "ratinggroups": ratings.groups,
    "answers": answers.rows,
    "bodyanswers": answers.of_bodies,
    "corrections": corrections.rows,
    "register": register.rows,
    "handins": handins.rows,
}
_HANDED = frozenset({"handins"})
CHANGES = "changes"
"""The one table that is of no edition but of what lies between two: its layout is that of the later one."""


@dataclass(frozen=True)
class Layout:
    """One layout: its tables by name, and the columns of what changed between two editions."""

    version: int
    tables: Mapping[str, Table]
    changes: tuple[Column, ...]

    @property
    def derived(self) -> tuple[str, ...]:
        """The files that follow from the log alone, byte for byte."""
        return tuple(f"{name}.{form}" for name in self.tables for form in FROM_THE_LOG)

    @property
    def data(self) -> tuple[str, ...]:
        """The tables in every form."""
        return tuple(f"{name}.{form}" for name in self.tables for form in FORMS)

    @property
    def metadata(self) -> tuple[str, ...]:
        """What describes the CSV of each table."""
        return tuple(f"{name}.csv-metadata.json" for name in self.tables)

    def feed_of(self, file: str) -> Feed:
        """What the table in a file is made from. Raises KeyError for a table that the layout has not."""
        return self.tables[file.partition(".")[0]].feed

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of an edition but the list of their digests."""
        return (*self.data, *self.metadata, PACKAGE)


def laid_out(version: int, said: Mapping[str, Told]) -> Layout:
    """A layout from what is told of it."""
    tables = {
        name: Table(
            name,
            told(one.columns),
            tuple(one.key.split()),
            _ROWS[name],
            Feed.HANDINS if name in _HANDED else Feed.FIGURES,
        )
        for name, one in said.items()
        if name != CHANGES
    }
    return Layout(version, tables, told(said[CHANGES].columns))


LAYOUTS: dict[int, Layout] = {version: laid_out(version, said) for version, said in _TOLD.items()}


def layout_of(context: Context) -> Layout:
    """The layout of the edition that `context` is of. Raises KeyError for one this program does not know."""
    return LAYOUTS[context.layout]


def newest() -> int:
    """The layout that editions to come are written in, once the log says so."""
    return max(LAYOUTS)


def unknown_layout(statement: Statement) -> str | None:
    """What a newer portal wrote and this program cannot follow: a layout that it does not know."""
    if statement.get("t") != "layout" or statement.get("version") in LAYOUTS:
        return None
    return f"layout.{statement.get('version')}"[:40]
