"""The room's pages: rating for everyone, comments for moderators."""

from flask import Flask

from portal.ratings.register import ServiceDirectory
from portal.ratings.web import comment, desk, rate, receipt
from portal.ratings.web.services_known import EXTENSION

blueprints = (rate.blueprint, receipt.blueprint, comment.blueprint, desk.blueprint)


def install(app: Flask) -> None:
    app.extensions[EXTENSION] = ServiceDirectory()
