"""The shell: request edge, page cache, headers, error pages, layout, components, static files."""

from flask import Flask
from flask_babel import Babel

from portal.config import Mode, Settings
from portal.web import edge, editions, errors, health, limits, templating, wording
from portal.web.accepting import Accepting
from portal.web.cache import EDITION_FILE, HISTORY, PAGES, POLL_SECONDS, EditionFile, History, PageCache
from portal.web.cache.shared import open_shared
from portal.web.compiling import WordedEnvironment
from portal.web.line import LineFull
from portal.web.metrics import Measured
from portal.web.static import serve_assets
from portal.web.unfailing import Unfailing


def install(app: Flask) -> None:
    """Put the shell's own parts into the application, before any room's."""
    app.jinja_environment = WordedEnvironment
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(wording.FOLDER)
    Babel(app, locale_selector=edge.locale)
    wording.install(app)
    templating.install(app)
    errors.install(app)
    editions.install(app)
    limits.install(app)
    app.register_blueprint(health.blueprint)


def wrap(app: Flask) -> None:
    """Put the WSGI layers that stand before Flask around the application, the fastest outside but for
    the one that answers when another fails."""
    settings = app.extensions[edge.EXTENSION].settings
    app.wsgi_app = LineFull(app.wsgi_app, app, https=settings.https)  # type: ignore[method-assign]
    app.wsgi_app = serve_assets(app.wsgi_app, https=settings.https)  # type: ignore[method-assign,assignment]
    history: History | None = app.extensions.get(HISTORY)
    cache = app.extensions[PAGES] = PageCache(
        app.wsgi_app,
        app,
        edition_file(settings),
        budget=settings.page_cache_mb * 1024 * 1024,
        changes=history.touched if history else None,
        shared=open_shared(settings, history),
        warms=settings.mode is not Mode.TEST,
    )
    app.wsgi_app = Accepting(cache, app.wsgi_app)  # type: ignore[method-assign]
    if settings.metrics_port:
        app.wsgi_app = Measured(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = Unfailing(app.wsgi_app, app, https=settings.https)  # type: ignore[method-assign]


def edition_file(settings: Settings) -> EditionFile:
    """The file from which this process learns of new editions; a test looks at it with every request."""
    return EditionFile(settings.var / EDITION_FILE, every=0 if settings.mode is Mode.TEST else POLL_SECONDS)
