"""What several tables of this room are described by."""

from collections.abc import Iterable

BY_KEY = {"sqlite_with_rowid": False}
"""A small table that SQLite keeps in its key itself, which is all it is looked up by: each report writes a row of
five such tables, and would else change two trees for each."""


def among(column: str, values: Iterable[str]) -> str:
    """The words of a check: that a column holds one of these."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"
