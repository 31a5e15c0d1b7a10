"""A series as small as a word: its course, its target, its newest value. The numbers stand beside it."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 120, 32, 4


def spark(values: Sequence[Decimal | None], target: Decimal | None = None) -> str:
    """An SVG element without words, hidden from screen readers; empty when there are not two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    everything = [*known, target] if target is not None else known
    low, high = min(everything), max(everything)
    span = float(high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)

    def y(value: Decimal) -> float:
        return HEIGHT - EDGE - float(value - low) / span * (HEIGHT - 2 * EDGE)

    path, pen, end = "", "M", (0.0, 0.0)
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        end = (EDGE + at * step, y(value))
        path += f"{pen}{end[0]:.1f} {end[1]:.1f}"
        pen = "L"
    level = ""
    if target is not None:
        level = f'<path class="gp-c-target" d="M0 {y(target):.1f}H{WIDTH}"/>'
    return (
        f'<svg class="gp-c gp-c--spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'{level}<path class="gp-c-line" d="{path}"/>'
        f'<circle class="gp-c-mark-value" cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="3"/></svg>'
    )
