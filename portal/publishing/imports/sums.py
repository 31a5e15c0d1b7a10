"""Parts that add up to more than their total, where the register says what is a part of what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from portal.foundation.i18n import N_, Message, message
from portal.publishing.imports.checked import Checked, FigureInput
from portal.publishing.standing import Standing
from portal.publishing.values import FigureKey


def parts_above_totals(
    wholes: Mapping[str, str],
    figures: Iterable[FigureInput],
    checked: Checked,
    published: Mapping[FigureKey, Standing],
) -> Iterator[tuple[FigureInput, Message]]:
    """One of the `figures` for each total that is broken; `wholes` is each part's indicator to its total's."""
    if not wholes:
        return
    parts: dict[str, list[str]] = {}
    for part, total_code in wholes.items():
        parts.setdefault(total_code, []).append(part)
    told: set[FigureKey] = set()
    for figure in figures:
        code = figure.key.indicator
        whole: str | None = code if code in parts else wholes.get(code)
        if whole is None:
            continue
        total_key = FigureKey(figure.key.body, whole, figure.key.period)
        if total_key in told:
            continue
        told.add(total_key)
        total = _actual(total_key, checked, published)
        keys = [FigureKey(figure.key.body, part, figure.key.period) for part in parts[whole]]
        values = [value for key in keys if (value := _actual(key, checked, published)) is not None]
        if total is not None and sum(values) > total:
            says = message(
                N_("The parts of {code} add up to {sum}, above {total}."),
                code=whole,
                sum=str(sum(values)),
                total=str(total),
            )
            yield checked.figures.get(total_key, figure), says


def _actual(key: FigureKey, checked: Checked, published: Mapping[FigureKey, Standing]) -> Decimal | None:
    one: FigureInput | Standing | None = checked.figures.get(key) or published.get(key)
    return None if one is None or one.actual is None else Decimal(one.actual)
