"""What bodies handed in, held against what was published of it.

A hand-in commits to a value before anybody can read it; the figure that states the value opens the
commitment. A value that was changed between the two, or a commitment left out, has no way through here.
"""

from __future__ import annotations

import sqlite3

from portal.publishing.log.commitments import opens
from portal.publishing.values import Statement
from portal.publishing.verification.source import Doubt

_SAME = ("body", "indicator", "period")


class Handins:
    """Hears `handin` and `figure` statements in the order of the log; names what does not fit.

    The newest hand-in of each figure is kept in a temporary file of its own, because there can be millions.
    """

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute(
            "CREATE TABLE handin (key PRIMARY KEY, edition INTEGER, number INTEGER, commitment) WITHOUT ROWID"
        )
        self._kept.execute("BEGIN")

    def doubt(self, edition: int, statement: Statement) -> Doubt | None:
        """What is wrong with a statement of the act of `edition`, or None."""
        match statement["t"]:
            case "handin":
                row = (_key(statement), edition, statement["number"], statement["commitment"])
                self._kept.execute("INSERT OR REPLACE INTO handin VALUES (?, ?, ?, ?)", row)
            case "figure" if "handin" in statement:
                return self._doubt_figure(statement)
        return None

    def close(self) -> None:
        self._kept.close()

    def _doubt_figure(self, figure: Statement) -> Doubt | None:
        key, handin = _key(figure), figure["handin"]
        newest = "SELECT edition, number, commitment FROM handin WHERE key = ?"
        kept = self._kept.execute(newest, (key,)).fetchone()
        if kept is None:
            return Doubt(NEVER, figure=key, n=handin["edition"])
        if kept[0] != handin["edition"]:
            return Doubt(ANOTHER, figure=key, n=handin["edition"], last=kept[0])
        if handin["said"] is None:
            self.closed += 1
            return None
        said = handin["said"]
        if any(said.get(name) != figure[name] for name in _SAME) or said.get("number") != kept[1]:
            return Doubt(ASTRAY, figure=key)
        if not opens(kept[2], handin["salt"], said):
            return Doubt(CHANGED, figure=key, n=kept[0])
        self.opened += 1
        return None


def _key(statement: Statement) -> str:
    return "/".join(statement[name] for name in _SAME)


NEVER = "the figure {figure} says that act {n} handed it in, but no act did."
ANOTHER = "the figure {figure} says that act {n} handed it in, but the last to do so is act {last}."
ASTRAY = "the figure {figure} shows what was handed in for another figure, or another time."
CHANGED = "the value shown as handed in for {figure} is not the one that act {n} committed to."
