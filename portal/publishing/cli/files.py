"""The command `files write`."""

import os
import resource
import sys
import threading
import time
from datetime import datetime

import click

from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.publishing.services.rehearsing import rehearse
from portal.publishing.services.shelving import sign_made

_MOST_MEMORY = 4 << 30
_NICE = 10


@click.group("files")
def files_group() -> None:
    """The data files of every edition."""


@files_group.command("write")
@click.option("--quiet", is_flag=True, help="Say nothing, and leave the signing to the job runner.")
@click.option("--parent", type=int, default=0, hidden=True)
@pass_portal
def write(portal: Portal, quiet: bool, parent: int) -> None:
    """Make the workbooks, Parquet files and descriptions that are missing, the newest edition first.

    The job runner does this by itself after each publication.
    """
    # xlsxwriter and duckdb are loaded here, because every web process imports this module for its commands
    from portal.publishing.services.filing import make_missing

    _be_modest()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        count = make_missing(
            portal, made=(lambda _n: None) if quiet else lambda n: click.echo(f"Edition {n} made.")
        )
    except PortalError as error:
        raise click.ClickException(str(error)) from None
    if not quiet:
        signed = sign_made(portal)
        click.echo(f"Editions made: {count}. Lists of digests signed: {signed}.")


@click.command("files-ahead", hidden=True)
@click.argument("slug")
@click.argument("at")
@pass_portal
def files_ahead(portal: Portal, slug: str, at: str) -> None:
    """Make the files of a release that waits, and hand them over when told the state they were made for."""
    from portal.publishing.services.filing import FilesAhead

    _be_modest()
    ahead = FilesAhead(portal, rehearse(portal, slug=slug, at=datetime.fromisoformat(at)))
    try:
        click.echo("made")
        state = sys.stdin.readline().strip()
        if state:
            click.echo("handed over" if ahead.reveal(state) else "of no use")
    finally:
        ahead.discard()


def _be_modest() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def _end_with(parent: int) -> None:
    """What was begun is made again next time; nobody waits for it any more."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
