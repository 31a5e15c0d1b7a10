"""The words of a check: that a column holds one of these."""

from collections.abc import Iterable


def among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"
