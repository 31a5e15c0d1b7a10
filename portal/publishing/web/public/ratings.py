"""Ratings and evaluation scores as bars, in the reader's language."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Response

from portal.foundation.clock import months_after
from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Message
from portal.publishing.charts.bars import Amount, Bars, Shares, amounts, diverging
from portal.publishing.charts.sheet import PICTURE, Sheet, sheet
from portal.publishing.charts.svg import FILE, bar_image, bar_parts
from portal.publishing.intervals import wilson
from portal.publishing.readings import Level, LevelShare, RatingSummary
from portal.publishing.satisfied import Shift, shift
from portal.publishing.web.public.cited import Cited
from portal.publishing.web.public.picture import notes_of, picture_reply
from portal.publishing.web.rating_words import WAYS, part_name
from portal.publishing.web.words import percent, period_name
from portal.web.wording import gettext as _
from portal.web.words import lang, number

_SCREENS = {"wide": (600.0, 14.0), "narrow": (300.0, 13.0)}
_RIGHT = (Level.FAIRLY_SATISFIED, Level.SATISFIED, Level.VERY_SATISFIED)  # counted as good marks 好评
_LEFT = (Level.DISSATISFIED, Level.VERY_DISSATISFIED)


def rating_images(summaries: Sequence[RatingSummary]) -> str:
    """One bar a period, the newest first; of suppressed periods nothing."""
    rows = [_shares(one) for one in summaries if one.shares and not one.suppressed]
    return _images(
        {screen: diverging(rows, *size) for screen, size in _SCREENS.items()},
        _("Ratings by period"),
        "; ".join(row.text for row in rows) + ".",
        "ratings",
    )


def rating_part_images(summary: RatingSummary, way: str) -> str:
    """One bar a part of a period's ratings; of hidden parts nothing."""
    rows = [
        _row(part_name(way, part.name), part.n, part.shares) for part in summary.by.get(way, ()) if part.shares
    ]
    return _images(
        {screen: diverging(rows, *size) for screen, size in _SCREENS.items()},
        str(WAYS[way]),
        "; ".join(row.text for row in rows) + ".",
        f"ratings-{way}",
    )


def rating_past(summaries: Sequence[RatingSummary]) -> list[tuple[str, Shift]]:
    """How the newest shown month differs from the month before and from the same month a year before."""
    by_period = {one.period: one for one in summaries if one.satisfied}
    newest = max(by_period, default="")
    return [
        (before, shift(now, then))
        for before in ((months_after(newest, -1), months_after(newest, -12)) if len(newest) == 7 else ())
        if before in by_period and (now := by_period[newest].satisfied) and (then := by_period[before].satisfied)
    ]


def rating_picture(summaries: Sequence[RatingSummary], form: str, *, title: str, cited: Cited) -> Response:
    """The bars of all shown periods as a file. Raises NotFound when every period is suppressed."""
    rows = [_shares(one) for one in summaries if one.shares and not one.suppressed]
    bars = diverging(rows, PICTURE.width, PICTURE.text)
    if bars is None:
        raise NotFound(Message(N_("No ratings of this service are published that could be drawn.")))
    words = Sheet(
        lang=lang(),
        title=title,
        subtitle=cited.author,
        description="; ".join(row.text for row in rows) + ".",
        notes=[
            _("Satisfied to the right of the line, dissatisfied to the left, darker the stronger."),
            _("Above each bar: the share that is satisfied, its 95 per cent interval, the number of ratings."),
            *notes_of(cited.edition, ()),
        ],
        address=cited.reference.address,
    )
    name = f"{cited.citation.keys[0]}-{cited.edition.n}.{form}"
    return picture_reply(sheet(bar_parts(bars, FILE), bars.size.height, words), form, name)


def part_images(parts: Sequence[tuple[str, Decimal | None, Decimal | None, Decimal | None]]) -> str:
    """Scores of 0 to 100 with their interval: name, value, low, high."""
    rows = [
        Amount(
            f"{label}: {value}" if value is not None else _("%(part)s: not scored", part=label), value, low, high
        )
        for label, value, low, high in parts
    ]
    return _images(
        {screen: amounts(rows, Decimal(100), *size) for screen, size in _SCREENS.items()},
        _("Points of the parts, of 100"),
        "; ".join(row.text for row in rows) + ".",
        "parts",
    )


def _scored(label: str, value: Decimal | None) -> str:
    return _("%(part)s: not scored", part=label) if value is None else f"{label}: {value}"


def _shares(summary: RatingSummary) -> Shares:
    return _row(period_name(summary.period), summary.n, summary.shares)


def _row(label: str, n: int | None, shares: Sequence[LevelShare]) -> Shares:
    share = {one.level: one.share for one in shares}
    good = min(sum((share.get(level, Decimal(0)) for level in _RIGHT), Decimal(0)), Decimal(1))
    low = high = None
    text = _("%(period)s: %(share)s", period=label, share=percent(good))
    if n:
        interval = wilson((good * n).to_integral_value(), Decimal(n))
        low, high = interval.low, interval.high
        text += _(" (%(low)s–%(high)s), n = %(n)s", low=percent(low), high=percent(high), n=number(n))
    return Shares(
        text=text,
        left=tuple((f"level-{level.value}", share.get(level, Decimal(0))) for level in _LEFT),
        right=tuple((f"level-{level.value}", share.get(level, Decimal(0))) for level in _RIGHT),
        low=low,
        high=high,
    )


def _images(found: dict[str, Bars | None], title: str, description: str, ident: str) -> str:
    return "".join(
        bar_image(bars, title=title, description=description, ident=f"{ident}-{screen}", classes=f"gp-c--{screen}")
        for screen, bars in found.items()
        if bars
    )
