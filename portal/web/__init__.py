"""The shell: request edge, page cache, headers, error pages, layout, components, static files."""

from flask import Flask
from flask_babel import Babel

from portal.foundation.migrate import FOLDER as _MIGRATIONS
from portal.web import edge


def install(app: Flask) -> None:
    """Put the shell's own parts into the application, before any room's."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_MIGRATIONS.parent / "translations")
    Babel(app, locale_selector=edge.locale)


def wrap(app: Flask) -> None:
    """Put the WSGI layers that stand before Flask around the application."""
