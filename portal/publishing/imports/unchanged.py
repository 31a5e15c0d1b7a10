"""持平 and its like: where a file says only that a value is as in the period before, that value is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.i18n import N_, message
from portal.publishing.imports.checked import Checked, FigureInput
from portal.publishing.standing import Standing
from portal.publishing.values import FigureKey
from portal.registry.values import Period


def bodies_waiting(checked: Checked) -> set[str]:
    """The bodies that have figures which only say that they are as in the period before."""
    return {figure.key.body for figure in checked.figures.values() if figure.unchanged}


def take_over(checked: Checked, published: Mapping[FigureKey, Standing]) -> None:
    """Put the value before in each figure that says so: from the same file first, else as published.

    Raises ImportRefused naming each cell whose period before has no value.
    """
    waiting = [figure for figure in checked.figures.values() if figure.unchanged]
    faults: list[Fault] = []
    for figure in sorted(waiting, key=lambda one: Period.parse(one.key.period).sort_key):
        before = str(Period.parse(figure.key.period).before)
        key = FigureKey(figure.key.body, figure.key.indicator, before)
        source: FigureInput | Standing | None = checked.figures.get(key) or published.get(key)
        values: dict[str, Any] = {name: getattr(source, name, None) for name in figure.unchanged}
        for name, value in values.items():
            if value is None:
                expected = message(N_("a value in the period before, {period}, to be the same as"), period=before)
                faults.append(figure.fault(name, expected))
        checked.figures[figure.key] = figure._replace(**values)
    if faults:
        raise ImportRefused(faults)
