"""What is wrong in a file, and where: said once, for the terminal and for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.foundation.i18n import Message

MOST_FAULTS = 50
MOST_KEPT = 5_000


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: 1-based row as a spreadsheet shows it, column by its header.

    `expected` is a message id or a message, so that the desk can show it in the reader's language.
    """

    file: str
    row: int
    column: str
    expected: Message | str
    found: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: expected {self.expected}, found {self.found!r}"


class ImportRefused(Exception):
    """The file cannot be imported; nothing was.

    Carries the first MOST_FAULTS faults to tell, the first MOST_KEPT to mark in the sheet, and how many there are.
    """

    def __init__(self, faults: Sequence[Fault], total: int | None = None) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        self.every = tuple(faults[:MOST_KEPT])
        self.total = total if total is not None else len(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def told(refusal: ImportRefused) -> str:
    """A refused import for a person at a terminal: that nothing was imported, and each fault on a line."""
    hidden = refusal.total - len(refusal.faults)
    more = [f"… and {hidden} more."] if hidden > 0 else []
    return "\n".join(["nothing was imported.", *(str(fault) for fault in refusal.faults), *more])
