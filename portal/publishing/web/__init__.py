"""The pages of publishing: what everybody reads, and the desk where it is prepared."""

from flask import Flask

from portal.publishing.intervals import interval_of
from portal.publishing.web import (
    api,
    catalogue,
    collecting_words,
    data,
    log,
    proofs,
    rating_words,
    structured,
    timegate,
    verifying,
    words,
)
from portal.publishing.web.desk import desk_pages
from portal.publishing.web.history import PublishedHistory
from portal.publishing.web.public import base, drawing, pages, picture, ratings
from portal.web.cache import HISTORY
from portal.web.edge import EXTENSION

blueprints = (
    pages,
    desk_pages,
    *(part.blueprint for part in (data, catalogue, log, proofs, verifying, timegate, api)),
)


def install(app: Flask) -> None:
    """Give every template the words of published figures, and the page cache what acts touch."""
    app.extensions[HISTORY] = PublishedHistory(app.extensions[EXTENSION].database)
    app.jinja_env.filters.update(
        period=words.period_name,
        unit=words.unit_name,
        said=words.said,
        decimal=words.decimal,
        when=words.when_words,
        month=words.month,
    )
    app.jinja_env.globals.update(
        chart_images=drawing.images,
        legend_of=drawing.legend_of,
        describe=picture.describe,
        rating_images=ratings.rating_images,
        rating_part_images=ratings.rating_part_images,
        rating_past=ratings.rating_past,
        rated_part=rating_words.part_name,
        set_aside_words=rating_words.SET_ASIDE,
        rated_ways=rating_words.WAYS,
        answers_came=rating_words.CAME,
        answers_ended=rating_words.ENDED,
        shift_words=rating_words.shift_words,
        part_images=ratings.part_images,
        interval_of=interval_of,
        site_origin=words.site_origin,
        shown_edition=base.edition,
        measured=words.measured,
        percent=words.percent,
        structured=structured,
        file_size=words.file_size,
        office_moment=words.office_moment,
        part_names=words.CHANGED,
        changed_words=words.changed_words,
        break_words=words.BREAK,
        change=words.change,
        target_words=words.target_words,
        past_words=words.past_words,
        status_words=words.STATUS,
        cause_words=words.CAUSE,
        direction_words=words.DIRECTION,
        kind_words=words.KIND,
        level_words=words.LEVEL,
        **collecting_words.TEMPLATE_WORDS,
    )
