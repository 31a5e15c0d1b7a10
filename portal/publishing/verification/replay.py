"""The log played again: what its statements say as of the end, kept in a temporary file of its own."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Self

from portal.publishing.files import CONTEXT_KINDS, Context, Feed, Line
from portal.publishing.log.digests import cited
from portal.publishing.values import Statement, Text
from portal.publishing.verification.handins import Handins

_PLAIN, _HANDED, _HANDIN = range(3)  # a figure · a figure that names a hand-in · a hand-in
_FED = {Feed.FIGURES: (_PLAIN, _HANDED), Feed.HANDINS: (_HANDED, _HANDIN)}


class Replay:
    """Hears all statements in the order of the log; gives back what the data files are written from."""

    def __init__(self) -> None:
        self.context = Context()
        self.withdrawals: dict[str, int] = {}
        self.handins = Handins()
        self._beside_figures: set[str] = set()
        self._kept = sqlite3.connect("", isolation_level=None)  # "": a file that goes away by itself
        self._kept.execute(
            "CREATE TABLE figure (body, indicator, period, edition INTEGER, position INTEGER, said, note, kind,"
            " PRIMARY KEY (body, indicator, period, edition, position)) WITHOUT ROWID"
        )
        self._kept.execute("CREATE TABLE note (digest PRIMARY KEY, text, withdrawn_in) WITHOUT ROWID")
        self._kept.execute("BEGIN")

    def begin(self, edition: int, at: datetime) -> None:
        """Hear when an edition became public."""
        self.context.moments[edition] = at

    def take(self, edition: int, position: int, statement: Statement) -> None:
        """Hear statement number `position` of the act of `edition`."""
        if statement["t"] in ("figure", "handin"):
            key = (statement["body"], statement["indicator"], statement["period"])
            note = (statement.get("note") or {}).get("digest")
            kind = _HANDIN if statement["t"] == "handin" else _HANDED if "handin" in statement else _PLAIN
            row = (*key, edition, position, json.dumps(statement), note, kind)
            self._kept.execute("INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            return
        if statement["t"] == "withdrawal":
            self.withdrawals.setdefault(statement["digest"], edition)
        self.context.take(edition, statement)
        if statement["t"] in CONTEXT_KINDS:
            self._beside_figures.update(cited(statement))

    def take_text(self, text: Text) -> None:
        """Hear what a digest stands for, or that it was withdrawn."""
        if text.digest in self._beside_figures:
            self.context.texts[text.digest] = text
        row = (text.digest, text.text, text.withdrawn_in)
        self._kept.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", row)

    def withdrawn(self) -> Iterator[tuple[str, int]]:
        """Every text that was found withdrawn, and the act that is said to have done it."""
        yield from self._kept.execute(
            "SELECT digest, withdrawn_in FROM note WHERE withdrawn_in IS NOT NULL ORDER BY digest"
        )

    def given(self) -> Iterator[str]:
        """Every text that was readable."""
        for (digest,) in self._kept.execute("SELECT digest FROM note WHERE text IS NOT NULL ORDER BY digest"):
            yield digest

    def lines(self, feed: Feed = Feed.FIGURES) -> Iterator[Line]:
        """What feeds a table, by key and then oldest first."""
        rows = self._kept.execute(
            "SELECT edition, said, figure.note, text, withdrawn_in FROM figure"
            " LEFT JOIN note ON digest = figure.note WHERE kind IN (?, ?)"
            " ORDER BY body, indicator, period, edition, position",
            _FED[feed],
        )
        for edition, said, digest, text, withdrawn_in in rows:
            note = Text(digest, text, withdrawn_in) if digest else None
            yield Line(edition, json.loads(said), note)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()
        self.handins.close()
