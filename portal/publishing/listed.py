"""Lists of figures, one line a series: the newest of a body's figures of an indicator, and those before it.

A list shows one value of ten and compares it with some of the others. So only that one is made into a value of
its own; the others stay as they are stored until they are compared.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from portal.publishing.past import Value
from portal.publishing.readings import Marks, Notice
from portal.publishing.values import FigureKey

Stored = tuple[str, str | None, str | None]
"""A period, its result with the digits given, and its observation status."""


class _Newest(NamedTuple):
    key: FigureKey
    target: Decimal | None
    actual: Decimal | None
    obs_status: str | None
    is_revised: bool = False
    at: datetime | None = None
    notices: tuple[Notice, ...] = ()


class Newest(_Newest, Marks):
    """A figure as its newest version says it; `at` is when that was published, if the figure was revised.

    A list shows it as it would a `readings.Figure`.
    """

    __slots__ = ()

    @property
    def status_code(self) -> str | None:
        return self.obs_status

    @property
    def current(self) -> "Newest":
        return self


class Listed(NamedTuple):
    """A line. `newest` is the newest figure that has a result, or without any the newest; `awaited` is the latest
    period, if that has no result yet. `stored` are the figures up to `newest`, that one first."""

    newest: Newest
    awaited: str | None
    stored: Sequence[Stored]

    @property
    def values(self) -> Iterator[Value]:
        """The same figures as values, each made when it is asked for."""
        return ((period, None if one is None else Decimal(one), status) for period, one, status in self.stored)


class Listing(NamedTuple):
    """Lines, and what brought their figures: the editions of a figure's versions, oldest first, for each figure;
    figures that agree in that count once."""

    lines: tuple[Listed, ...]
    brought: frozenset[tuple[int, ...]]
