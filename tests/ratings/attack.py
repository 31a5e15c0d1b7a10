"""Somebody who has every edition and knows how they are made, and looks for the hidden counts: exactly.

What is published are sums of cells that cannot be negative. A hidden sum is found out when the least and the
greatest value it can have are the same; both come from a linear program, solved here in whole numbers.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import inf

Cell = tuple[object, ...]
Number = int | Fraction


class Known:
    """Equations between cells that are zero or more, of which at least one solution is known to exist."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._place = {cell: index for index, cell in enumerate(cells)}
        self._rows: list[list[Number]] = []
        self._solved: tuple[list[list[Number]], list[int]] | None = None

    def learn(self, cells: Iterable[Cell], total: int) -> None:
        """The cells add up to `total`."""
        row: list[Number] = [0] * (len(self._place) + 1)
        for cell in cells:
            row[self._place[cell]] = 1
        row[-1] = total
        self._rows.append(row)

    def bounds(self, cells: Iterable[Cell]) -> tuple[Number | float, Number | float]:
        """The least and the greatest sum the cells can have."""
        wanted = [0] * len(self._place)
        for cell in cells:
            wanted[self._place[cell]] = 1
        if self._solved is None:
            self._solved = _feasible(self._rows, len(self._place))
        return _least(*self._solved, wanted), -_least(*self._solved, [-one for one in wanted])


def _feasible(rows: list[list[Number]], width: int) -> tuple[list[list[Number]], list[int]]:
    """The equations solved for one variable each, so that all are zero or more (phase one)."""
    count = len(rows)
    table = [row[:-1] + [int(i == j) for j in range(count)] + row[-1:] for i, row in enumerate(rows)]
    basis = list(range(width, width + count))
    _run(table, basis, [0] * width + [1] * count)
    for i in reversed(range(count)):
        if basis[i] >= width:
            assert table[i][-1] == 0, "what is published contradicts itself"
            enter = next((j for j in range(width) if table[i][j]), None)
            if enter is None:
                del table[i], basis[i]
            else:
                _pivot(table, basis, i, enter)
    return [row[:width] + row[-1:] for row in table], basis


def _least(table: list[list[Number]], basis: list[int], wanted: list[int]) -> Number | float:
    table, basis = [list(row) for row in table], list(basis)
    if not _run(table, basis, wanted):
        return -inf
    return sum((wanted[b] * row[-1] for b, row in zip(basis, table, strict=True)), start=0)


def _run(table: list[list[Number]], basis: list[int], cost: list[int]) -> bool:
    """Bland's rule: it ends, though not always soon. False when there is no least value."""
    while True:
        rows = [(cost[b], row) for b, row in zip(basis, table, strict=True) if cost[b]]
        enter = next(
            (j for j in range(len(cost)) if cost[j] - sum(price * row[j] for price, row in rows) < 0), None
        )
        if enter is None:
            return True
        leaving = [(_over(row[-1], row[enter]), basis[i], i) for i, row in enumerate(table) if row[enter] > 0]
        if not leaving:
            return False
        _pivot(table, basis, min(leaving)[2], enter)


def _pivot(table: list[list[Number]], basis: list[int], at: int, enter: int) -> None:
    by = table[at][enter]
    row = table[at] = [_over(one, by) for one in table[at]]
    for i, other in enumerate(table):
        if i != at and (factor := other[enter]):
            table[i] = [a - factor * b for a, b in zip(other, row, strict=True)]
    basis[at] = enter


def _over(a: Number, b: Number) -> Number:
    if b == 1:
        return a
    found = Fraction(a) / Fraction(b)
    return found.numerator if found.denominator == 1 else found
