"""Drawings as SVG text. On pages classes say what a part is and the style sheet how it looks; a file that is
taken away carries its looks in attributes. Nothing is ever styled inline: the policy of the pages forbids it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax import saxutils

from .bars import BAR, Bars
from .values import Box, Drawing, Label, LabelKind, Mark, MarkKind, Segment, Spread

Dress = Mapping[str, str]
"""The attributes of each kind of part."""

PARTS = (
    *("grid", "zero", "met", "band", "whisker", "target", "break", "line", "line-provisional"),
    *("track", "amount", "bracket", *(f"level-{level}" for level in range(1, 6))),
    *(f"mark-{kind}" for kind in MarkKind),
    *(f"text-{kind}" for kind in LabelKind),
)
PAGE: Dress = {part: f'class="gp-c-{part}"' for part in PARTS}

_INK, _SOFT, _JADE, _AMBER = "#16212b", "#4a545d", "#0b5a5e", "#7a5000"
_HALO = 'stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
FILE: Dress = {
    "grid": 'fill="none" stroke="#e3dfd3"',
    "zero": f'fill="none" stroke="{_SOFT}" stroke-width="1.25"',
    "met": 'fill="#edf2e6"',
    "band": f'fill="{_JADE}" fill-opacity="0.16"',
    "whisker": f'fill="none" stroke="{_JADE}" stroke-width="1.5"',
    "target": f'fill="none" stroke="{_INK}" stroke-width="1.75" stroke-dasharray="7 5"',
    "break": f'fill="none" stroke="{_SOFT}" stroke-dasharray="2 3"',
    "line": f'fill="none" stroke="{_JADE}" stroke-width="2.5" stroke-linejoin="round"',
    "line-provisional": f'fill="none" stroke="{_JADE}" stroke-width="2.5" stroke-dasharray="3 4"',
    "track": 'fill="#ece8dc"',
    "amount": f'fill="{_JADE}"',
    "bracket": f'fill="none" stroke="{_INK}" stroke-width="1.5"',
    "level-5": f'fill="{_JADE}"',
    "level-4": 'fill="#2f7a74"',
    "level-3": 'fill="#b7d6cf"',
    "level-2": 'fill="#e8cfa8"',
    "level-1": 'fill="#8a5a14"',
    "mark-value": f'fill="{_JADE}"',
    "mark-provisional": f'fill="#fff" stroke="{_JADE}" stroke-width="2.5"',
    "mark-before": f'fill="#fff" stroke="{_SOFT}" stroke-width="2"',
    "mark-review": f'fill="none" stroke="{_AMBER}" stroke-width="2" stroke-dasharray="3 2"',
    "mark-withdrawn": f'fill="none" stroke="{_SOFT}" stroke-width="2.5"',
    "text-value": f'fill="{_INK}" {_HALO}',
    "text-target": f'fill="{_INK}" {_HALO}',
    "text-before": f'fill="{_SOFT}" {_HALO}',
    "text-review": f'fill="{_AMBER}" {_HALO}',
    "text-withdrawn": f'fill="{_SOFT}" {_HALO}',
    "text-break": f'fill="{_SOFT}" {_HALO}',
    "text-on-dark": 'fill="#fff" font-size="12"',
    "text-on-light": f'fill="{_INK}" font-size="12"',
    "text-tick": f'fill="{_SOFT}"',
    "text-period": f'fill="{_SOFT}"',
}


def image(drawing: Drawing, *, title: str, description: str, ident: str, classes: str = "") -> str:
    """The drawing as an element of a page; `ident` makes its ids unique there."""
    size = drawing.size
    return (
        f'<svg class="gp-c {classes}" viewBox="0 0 {size.width:g} {size.height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(description)}</desc>'
        f"{parts(drawing, PAGE)}</svg>"
    )


def parts(drawing: Drawing, dress: Dress) -> str:
    """Everything inside the picture, from the back to the front."""
    plot = drawing.plot
    across = "".join(f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}" for y in drawing.grid)
    found = [*_areas(drawing.met, dress), f'<path {dress["grid"]} d="{across}"/>']
    if drawing.zero is not None:
        found.append(f'<path {dress["zero"]} d="M{plot.left:.1f} {drawing.zero:.1f}H{plot.right:.1f}"/>')
    found.extend(_spreads(drawing.bands, dress))
    if drawing.breaks:
        down = "".join(f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}" for x in drawing.breaks)
        found.append(f'<path {dress["break"]} d="{down}"/>')
    if drawing.targets:
        found.append(f'<path {dress["target"]} d="{_path(drawing.targets)}"/>')
    for dashed, segments in groupby(drawing.lines, key=lambda line: line.dashed):
        found.append(f'<path {dress["line-provisional" if dashed else "line"]} d="{_path(segments)}"/>')
    found.extend(_mark(mark, dress) for mark in drawing.marks)
    found.extend(texts(drawing.labels, dress))
    return "".join(found)


def bar_image(bars: Bars, *, title: str, description: str, ident: str, classes: str = "") -> str:
    """Bars as an element of a page."""
    return (
        f'<svg class="gp-c {classes}" viewBox="0 0 {bars.size.width:g} {bars.size.height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(description)}</desc>'
        f"{bar_parts(bars, PAGE)}</svg>"
    )


def bar_parts(bars: Bars, dress: Dress) -> str:
    found = [
        f'<rect {dress[tone]} x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}" '
        f'height="{box.bottom - box.top:.1f}"/>'
        for tone, box in bars.pieces
    ]
    for low, high, y in bars.brackets:
        found.append(
            f'<path {dress["bracket"]} d="M{low:.1f} {y - 3:.1f}v6M{low:.1f} {y:.1f}H{high:.1f}m0 -3v6"/>'
        )
    start = "".join(f"M{bars.start:.1f} {top - 2:.1f}v{BAR + 4:.1f}" for top in bars.tops)
    found.append(f'<path {dress["zero"]} d="{start}"/>')
    found.extend(texts(bars.labels, dress))
    return "".join(found)


def texts(labels: Iterable[Label], dress: Dress) -> Iterable[str]:
    """The labels, those of one kind and side in one group."""
    ordered = sorted(labels, key=lambda label: (label.kind, label.anchor))
    for (kind, anchor), group in groupby(ordered, key=lambda label: (label.kind, label.anchor)):
        inside = "".join(f'<text x="{one.x:.1f}" y="{one.y:.1f}">{escape(one.text)}</text>' for one in group)
        yield f'<g {dress[f"text-{kind}"]} text-anchor="{anchor}">{inside}</g>'


def attribute(text: str) -> str:
    """A text as the quoted value of an attribute."""
    return saxutils.quoteattr(text)


def escape(text: str) -> str:
    """A text as it stands between tags; most of those in a chart are numbers."""
    return saxutils.escape(text) if "&" in text or "<" in text or ">" in text else text


def _path(segments: Iterable[Segment]) -> str:
    found: list[str] = []
    end: tuple[float, float] | None = None
    for x1, y1, x2, y2, _ in segments:
        if end != (x1, y1):
            found.append(f"M{x1:.1f} {y1:.1f}")
        found.append(f"L{x2:.1f} {y2:.1f}")
        end = (x2, y2)
    return "".join(found)


def _areas(boxes: Sequence[Box], dress: Dress) -> Iterable[str]:
    """All areas in one path, so that no seam shows where two of them meet."""
    if boxes:
        around = "".join(
            f"M{left:.1f} {top:.1f}H{right:.1f}V{low:.1f}H{left:.1f}Z" for left, top, right, low in boxes
        )
        yield f'<path {dress["met"]} d="{around}"/>'


def _spreads(bands: Iterable[tuple[Spread, ...]], dress: Dress) -> Iterable[str]:
    for run in bands:
        if len(run) == 1:
            x, low, high = run[0]
            caps = f"M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8"
            yield f'<path {dress["whisker"]} d="M{x:.1f} {low:.1f}V{high:.1f}{caps}"/>'
            continue
        over = "L".join(f"{one.x:.1f} {one.high:.1f}" for one in run)
        back = "L".join(f"{one.x:.1f} {one.low:.1f}" for one in reversed(run))
        yield f'<path {dress["band"]} d="M{over}L{back}Z"/>'


def _mark(mark: Mark, dress: Dress) -> str:
    kind, x, y, r = mark
    looks = dress[f"mark-{kind}"]
    if kind is MarkKind.BEFORE:
        return f'<path {looks} d="M{x - r:.1f} {y:.1f}l{r:.1f} {-r:.1f}l{r:.1f} {r:.1f}l{-r:.1f} {r:.1f}Z"/>'
    if kind is MarkKind.WITHDRAWN:
        top, low, left, right = y - r, y + r, x - r, x + r
        cross = f"M{left:.1f} {top:.1f}L{right:.1f} {low:.1f}M{left:.1f} {low:.1f}L{right:.1f} {top:.1f}"
        return f'<path {looks} d="{cross}"/>'
    return f'<circle {looks} cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
