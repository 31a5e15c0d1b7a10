"""The shell: request edge, page cache, headers, error pages, layout, components, static files."""

from flask import Flask
from flask_babel import Babel

from portal.config import Mode
from portal.foundation.migrate import FOLDER as _MIGRATIONS
from portal.web import edge, editions, errors, health, limits, templating, wording
from portal.web.accepting import Accepting
from portal.web.cache import CHANGES, EDITION_FILE, POLL_SECONDS, EditionFile, PageCache
from portal.web.metrics import Measured
from portal.web.static import serve_assets


def install(app: Flask) -> None:
    """Put the shell's own parts into the application, before any room's."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_MIGRATIONS.parent / "translations")
    Babel(app, locale_selector=edge.locale)
    wording.install(app)
    templating.install(app)
    errors.install(app)
    editions.install(app)
    limits.install(app)
    app.register_blueprint(health.blueprint)


def wrap(app: Flask) -> None:
    """Put the WSGI layers that stand before Flask around the application, the fastest outside."""
    settings = app.extensions[edge.EXTENSION].settings
    app.wsgi_app = serve_assets(app.wsgi_app, https=settings.https)  # type: ignore[method-assign,assignment]
    every = 0 if settings.mode is Mode.TEST else POLL_SECONDS
    edition = EditionFile(settings.var / EDITION_FILE, every=every)
    cache = PageCache(
        app.wsgi_app,
        app,
        edition,
        budget=settings.page_cache_mb * 1024 * 1024,
        changes=app.extensions.get(CHANGES),
        warms=settings.mode is not Mode.TEST,
    )
    app.wsgi_app = Accepting(cache, app.wsgi_app)  # type: ignore[method-assign]
    if settings.metrics_port:
        app.wsgi_app = Measured(app.wsgi_app)  # type: ignore[method-assign]
