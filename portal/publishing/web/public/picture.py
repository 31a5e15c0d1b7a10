"""A figure's chart as a file: SVG or PNG, with its source, licence, edition and permanent address in it."""

from collections.abc import Sequence

from flask import Response

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Message
from portal.publishing.charts import draw
from portal.publishing.charts.sheet import PICTURE, Sheet, chart_sheet
from portal.publishing.pictures import font_for, png_of
from portal.publishing.readings import Figure, Release
from portal.publishing.values import Edition
from portal.publishing.web.public.base import PNG
from portal.publishing.web.public.drawing import legend, points_of, words_of
from portal.publishing.web.public.formats import open_to_all
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.words import DIRECTION, measured, period_name, said, target_words, unit_name
from portal.web import edge
from portal.web.wording import gettext
from portal.web.words import day, lang, name

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def picture(row: IndicatorRow, form: str, *, cited: Edition, address: str, sources: Sequence[Release]) -> Response:
    """The chart of a series. Raises NotFound when no value is published, Unavailable when no font is there."""
    svg = _svg(row, cited, address, sources)
    file_name = f"{row.body.code}-{row.indicator.code}-{cited.n}.{form}"
    return picture_reply(svg, form, file_name)


def picture_reply(svg: str, form: str, file_name: str) -> Response:
    own = edge.settings()
    body = png_of(svg, font_for(own.chart_font, own.chart_font_family)) if form == PNG else svg
    reply = Response(body, mimetype=TYPES[form])
    reply.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    return open_to_all(reply)


def describe(row: IndicatorRow) -> str:
    """The chart in words: every value with its target while they are few, else from when to when."""
    if len(row.figures) > 12:
        first, last = row.figures[0].key.period, row.figures[-1].key.period
        told: str = gettext(
            "%(n)s periods from %(first)s to %(last)s; the table holds every value.",
            n=len(row.figures),
            first=period_name(first),
            last=period_name(last),
        )
        return told
    return "; ".join(f"{one.key.period}: {_described(row, one)}" for one in row.figures) + "."


def _described(row: IndicatorRow, one: Figure) -> str:
    """A value, and beside it what the target line and the area of results that meet it show."""
    unit, none = row.indicator.unit, gettext("no result")
    value = none if one.actual is None else measured(one.actual, unit)
    if one.target is None:
        return value
    said: str = gettext(", ").join([value, target_words(one.target, row.indicator.direction, unit)])
    return said


def notes_of(cited: Edition, sources: Sequence[Release]) -> list[str]:
    """Where it comes from, what may be done with it, and of which edition it is."""
    found = [
        gettext("Source: %(source)s. Licence: %(licence)s.", source=said(one.source), licence=said(one.licence))
        for one in sources
    ]
    at = day(cited.at) if cited.at else "–"
    return [*found, gettext("Gongping 公评, edition %(n)s of %(day)s.", n=cited.n, day=at)]


def _svg(row: IndicatorRow, cited: Edition, address: str, sources: Sequence[Release]) -> str:
    drawing = draw(points_of(row), words_of(row), PICTURE)
    if drawing is None:
        raise NotFound(Message(N_("No value of this indicator is published that could be drawn.")))
    unit = unit_name(row.indicator.unit)
    subtitle = [name(row.body.names), *([unit] if unit else []), str(DIRECTION[row.indicator.direction])]
    if row.body.invented:
        subtitle.insert(0, gettext("Invented for demonstration"))
    words = Sheet(
        lang=lang(),
        title=name(row.indicator.names),
        subtitle=" · ".join(subtitle),
        description=describe(row),
        notes=[*_sentence(legend(drawing)), *notes_of(cited, sources)],
        address=address,
    )
    return chart_sheet(drawing, words)


def _sentence(parts: Sequence[str]) -> list[str]:
    return [gettext("; ").join(parts) + gettext(".")] if parts else []
