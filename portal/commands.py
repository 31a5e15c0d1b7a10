"""`python -m portal …`: the rooms' commands and those of the whole house."""

import os
import pwd
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

import click
import structlog
from sqlalchemy.exc import OperationalError

from portal.app import (
    command_named,
    commands,
    create_app,
    create_runner,
    import_models,
    import_rooms,
    open_portal,
)
from portal.backups.place import is_marked
from portal.cases.services import former
from portal.config import Mode, Settings, UnsafeSettings, unknown_settings
from portal.foundation.context import Portal, pass_portal
from portal.foundation.installation import found_mode, require_matching
from portal.foundation.logs import configure_logs
from portal.foundation.migrate import current, downgrade, head, upgrade
from portal.foundation.removals import begin_ledger
from portal.foundation.server_settings import keeping_moments
from portal.serve import give_way, port_is_free, run_runner, serve
from portal.web.limits import kept_on_disk
from portal.web.line import opened, take

log = structlog.get_logger()


class Whole(click.Group):
    """The commands of the whole house, and those of a room once they are asked for: a start loads what it runs."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            if error.statement is not None:
                raise
            # of a connection that never came about; no password is in it
            first = str(error.orig).partition("\n")[0]
            raise click.ClickException(f"The database cannot be opened: {first}") from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(one.name or "" for one in (*commands(), *_of_backups()))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name) or command_named(cmd_name)
        return found or next((one for one in _of_backups() if one.name == cmd_name), None)


def _of_backups() -> tuple[click.Command, ...]:
    from portal.backups.cli import commands as found

    return found


@click.group(cls=Whole)
@click.pass_context
def main(context: click.Context) -> None:
    """Gongping 公评: publish, rate, report, evaluate."""
    configure_logs()
    import_models()
    try:
        context.obj = open_portal()
    except UnsafeSettings as error:
        raise click.ClickException(str(error)) from None
    _require_no_strange_root(context.obj.settings.var)


def _require_no_strange_root(var: Path) -> None:
    """What root writes into the folder of the service's user (a key, the anchors) that user can no longer read."""
    if not var.is_dir() or os.geteuid():
        return
    owner = var.stat().st_uid
    if owner:
        raise click.ClickException(
            f"{var} belongs to {_name_of(owner)}: run this as that user (docs/operating.md says how). What root"
            " writes there, the portal could not read."
        )


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"the user {user}"


@main.group()
def db() -> None:
    """The database schema."""


@db.command("upgrade")
@pass_portal
def db_upgrade(portal: Portal) -> bool:
    """Bring the database to the schema this version expects."""
    changed = current(portal.database) != head()
    portal.keys.create_missing()
    begin_ledger(portal.settings.var)
    former.begin(portal)
    upgrade(portal.database)
    former.finish(portal)
    click.echo(f"Database at {head()}" + ("" if changed else ", as it was") + ".")
    return changed


@db.command("downgrade")
@click.argument("revision")
@pass_portal
def db_downgrade(portal: Portal, revision: str) -> None:
    """Take the schema back to REVISION (or base); data of later tables is lost."""
    downgrade(portal.database, revision)
    click.echo(f"Database at {current(portal.database) or 'base'}.")


@main.command("setup")
@click.pass_context
def setup(context: click.Context) -> bool:
    """Make the installation ready to serve: keys, schema and, in demo mode, the demonstration."""
    portal = context.ensure_object(Portal)
    changed: bool = context.invoke(db_upgrade)
    with portal.database.read() as session:
        empty = found_mode(session) is None
    if portal.settings.mode is Mode.DEMO and empty:
        demo = main.get_command(context, "demo")
        assert isinstance(demo, click.Group)  # noqa: S101  (a fact of this program)
        context.invoke(demo.commands["load"])
        changed = True
    return changed


@main.command("serve")
@click.option("--setup", "first_set_up", is_flag=True, help="Make everything ready first, as `setup` does.")
@click.pass_context
def serve_command(context: click.Context, first_set_up: bool) -> None:
    """Run the web workers and the job runner together, until stopped."""
    portal = context.ensure_object(Portal)
    if first_set_up and context.invoke(setup):
        portal.database.dispose()
        # as a new process: what setting up took into memory is not for a house to keep as long as it stands
        os.execv(sys.executable, [sys.executable, "-m", "portal", "serve"])  # noqa: S606  (ourselves)
    _require_not_restoring(portal)
    if current(portal.database) != head():
        raise click.ClickException("The database is not at this schema: run `python -m portal db upgrade`.")
    try:
        require_matching(portal.database, portal.settings)
    except UnsafeSettings as error:
        raise click.ClickException(str(error)) from None
    _require_anchors(portal)
    settings = portal.settings
    _require_forgetful_redis(settings)
    for name in unknown_settings(os.environ):
        log.warning("not a setting", name=name)
    for name in portal.keys.unusable():
        log.error("server key cannot be used", key=name)
    for name in keeping_moments(portal.database):
        log.warning("the database server keeps when reports come", setting=name)
    if not port_is_free(settings.host, settings.port):
        raise click.ClickException(
            f"Something listens on {settings.host}:{settings.port} already: stop it, or set PORTAL_PORT."
        )
    import_rooms()
    portal.database.dispose()  # the processes that serve are copies of this one, and open their own
    sys.exit(serve(settings, _serve_jobs, _take_marks))


def _require_not_restoring(portal: Portal) -> None:
    if is_marked(portal.settings.var):
        raise click.ClickException(
            f"A backup was being brought back into {portal.settings.var}, and that has not ended well: nothing is"
            " served. Empty the database and run `restore data` again."
        )


def _require_forgetful_redis(settings: Settings) -> None:
    kept = kept_on_disk(settings.redis_url)
    if kept and settings.mode is Mode.PRODUCTION:
        raise click.ClickException(
            f"The Redis of PORTAL_REDIS_URL writes to its disk ({' and '.join(kept)}), where counts of raters'"
            " addresses would outlive midnight: start it with --save '' --appendonly no, or leave the setting out."
        )


def _require_anchors(portal: Portal) -> None:
    from portal.cases.services.anchoring import are_missed

    with portal.database.read() as session:
        if are_missed(session, portal.settings):
            raise click.ClickException(
                f"{portal.settings.var / 'anchors' / 'handlers.json'} is missing or cannot be read, and keys were"
                " trusted by it: nothing is served. Put its copy back (every backup holds one)."
            )


def _serve_jobs(parent: int) -> None:
    run_runner(create_runner(open_portal()), once=False, parent=parent)


def _take_marks(name: str) -> None:
    app = create_app(open_portal())
    give_way()
    take(opened(name), app.wsgi_app)


@main.command("run-jobs")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.option("--parent", type=int, default=0, hidden=True)
@pass_portal
def run_jobs(portal: Portal, once: bool, parent: int) -> None:
    """Run the job runner alone (serve starts one itself)."""
    _require_not_restoring(portal)
    _require_anchors(portal)
    run_runner(create_runner(portal), once=once, parent=parent)


@main.command("draw-pages", hidden=True)
@pass_portal
def draw_pages(portal: Portal) -> None:
    """Draw pages after each edition, until asked to stop (the job runner starts this)."""
    from portal.drawing import keep_warm

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    keep_warm(portal, stop)


@main.command("draw-ahead", hidden=True)
@click.argument("slug")
@click.argument("at")
@pass_portal
def draw_release_ahead(portal: Portal, slug: str, at: str) -> None:
    """Draw the pages of a release that waits, and hand them over when told the state they were drawn for."""
    from portal.drawing import draw_ahead

    ahead = draw_ahead(portal, slug=slug, at=datetime.fromisoformat(at))
    click.echo(f"{len(ahead) if ahead else 0} drawn")
    state = sys.stdin.readline().strip()
    if ahead is not None and state:
        click.echo(f"{ahead.reveal(state)} handed over")
