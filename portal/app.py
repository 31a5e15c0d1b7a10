"""The only assembly: settings, rooms, surfaces, commands. Nothing imports it but wsgi, commands and migrations."""

import importlib
import importlib.util
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader, StrictUndefined

from portal import web
from portal.accounts.services import install_policy
from portal.accounts.values import Policy
from portal.config import Settings, load_settings
from portal.foundation import removals
from portal.foundation.clock import Clock, SystemClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.jobs import Handler, Punctual, Runner, Schedule
from portal.foundation.keys import KeyRing
from portal.foundation.logs import configure_logs
from portal.roles import COURSES, INCOMPATIBLE, ROLES, TRAINING
from portal.web.edge import EXTENSION, PortalFlask
from portal.web.locale import LocaleMiddleware

#: The rooms, from the ground up. What a room has of models, web, jobs and cli is found by these names.
ROOMS = (
    "audit",
    "registry",
    "accounts",
    "duties",
    "publishing",
    "ratings",
    "cases",
    "evaluation",
    "front",
)


def open_portal(settings: Settings | None = None, clock: Clock | None = None) -> Portal:
    """Open the installation the settings describe. Raises UnsafeSettings."""
    found = settings or load_settings()
    install_roles(found)
    return Portal(
        settings=found,
        database=Database(found.database_url),
        keys=KeyRing(found.var),
        clock=clock or SystemClock(),
    )


def install_roles(settings: Settings) -> None:
    """Tell the room of accounts who may do what, and how long a connection outlasts its end."""
    lasts = timedelta(days=365 * settings.connection_years_after)
    install_policy(
        Policy(
            roles=ROLES,
            incompatible=INCOMPATIBLE,
            connection_lasts=lasts,
            training=TRAINING,
            courses=COURSES,
        )
    )


def create_app(portal: Portal | None = None) -> Flask:
    """Build the web application with every room's surfaces and commands."""
    configure_logs()
    portal = portal or open_portal()
    install_roles(portal.settings)
    app = PortalFlask("portal", static_folder=None, template_folder=None)
    app.extensions[EXTENSION] = portal
    app.config.update(
        SECRET_KEY=None,  # Flask's readable signed session is used for nothing
        MAX_CONTENT_LENGTH=portal.settings.upload_limit_mb * 1024 * 1024 + 64 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
    )
    import_models()
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "cache_size": -1,  # every template stays: there are a few hundred
    }
    app.jinja_loader = _templates()
    web.install(app)
    for module in _parts("web"):
        for blueprint in getattr(module, "blueprints", ()):
            app.register_blueprint(blueprint)
        install = getattr(module, "install", None)
        if install is not None:
            install(app)
    for command in commands():
        app.cli.add_command(_bound(command, portal))
    app.wsgi_app = LocaleMiddleware(app.wsgi_app)  # type: ignore[method-assign]
    web.wrap(app)
    return app


def create_runner(portal: Portal) -> Runner:
    """The job runner with every room's handlers and schedules."""
    import_models()
    handlers: dict[str, Handler] = dict(removals.HANDLERS)
    schedules: list[Schedule] = []
    punctual: list[Punctual] = []
    for module in _parts("jobs"):
        handlers.update(getattr(module, "HANDLERS", {}))
        schedules.extend(getattr(module, "SCHEDULES", ()))
        punctual.extend(getattr(module, "PUNCTUAL", ()))
    return Runner(portal, handlers, schedules, punctual)


#: Which room has a command, for a start that loads one room's commands only; a name not here is asked of all.
COMMANDS = {
    "audit": "audit",
    "registry": "registry",
    "staff": "accounts",
    "figures": "publishing",
    "release": "publishing",
    "files": "publishing",
    "files-ahead": "publishing",
    "log": "publishing",
    "receipts": "ratings",
    "ratings": "ratings",
    "evaluation": "evaluation",
    "demo": "front",
}


def commands() -> tuple[click.Command, ...]:
    """Every room's commands."""
    return tuple(command for module in _parts("cli") for command in module.commands)


def command_named(name: str) -> click.Command | None:
    """A room's command; no other room's commands are loaded for it. None when there is no such command."""
    room = COMMANDS.get(name)
    found = importlib.import_module(f"portal.{room}.cli").commands if room else commands()
    return next((one for one in found if one.name == name), None)


def import_models() -> None:
    """Make every room's tables known to the one MetaData."""
    importlib.import_module("portal.foundation.installation")
    for _ in _parts("models"):
        pass


def import_rooms() -> None:
    """Load all that an application or a runner will be made of, so that copies of this process have it."""
    import_models()
    for name in ("web", "jobs"):
        for _ in _parts(name):
            pass


def _parts(name: str) -> Iterator[ModuleType]:
    for room in ROOMS:
        if importlib.util.find_spec(f"portal.{room}.{name}"):
            yield importlib.import_module(f"portal.{room}.{name}")


def _templates() -> ChoiceLoader:
    loaders: list[Any] = [
        PackageLoader(f"portal.{room}.web", "templates")
        for room in ROOMS
        if (Path(__file__).parent / room / "web" / "templates").is_dir()
    ]
    return ChoiceLoader(
        [
            *loaders,
            PackageLoader("portal.web", "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )


def _bound(command: click.Command, portal: Portal) -> click.Command:
    """The command as `flask --app wsgi` runs it: with the portal as its object, like `python -m portal`."""
    command = copy(command)  # the original stays free for other installations
    run = command.invoke

    def invoke(context: click.Context) -> Any:
        context.obj = portal
        return run(context)

    command.invoke = invoke  # type: ignore[method-assign,assignment]
    return command
