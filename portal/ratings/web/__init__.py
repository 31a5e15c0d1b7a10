"""The room's pages: rating for everyone, comments for moderators."""

from flask import Flask

from portal.ratings.register import ServiceDirectory
from portal.ratings.web import (
    answer,
    answers,
    comment,
    desk,
    how,
    networks,
    office,
    office_api,
    office_keys,
    own,
    own_answers,
    paper,
    printed,
    public_replies,
    rate,
    receipt,
)
from portal.ratings.web.plain import PlainMarks
from portal.ratings.web.services_known import EXTENSION
from portal.web import edge, limits

blueprints = (
    rate.blueprint,
    receipt.blueprint,
    comment.blueprint,
    desk.blueprint,
    printed.blueprint,
    paper.blueprint,
    office_api.blueprint,
    office_keys.blueprint,
    how.blueprint,
    office.blueprint,
    networks.blueprint,
    own.blueprint,
    own_answers.blueprint,
    answers.blueprint,
    answer.blueprint,
    public_replies.blueprint,
)


def install(app: Flask) -> None:
    directory = app.extensions[EXTENSION] = ServiceDirectory()
    shell, counts = app.extensions[edge.EXTENSION], app.extensions[limits.EXTENSION]
    app.wsgi_app = PlainMarks(app.wsgi_app, shell, counts, directory)  # type: ignore[method-assign]
