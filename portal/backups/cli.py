"""The commands `backup` and `restore`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from portal.backups.contents import KEPT, KEYS
from portal.backups.errors import BackupRefused, RestoreRefused
from portal.backups.heads import Outside
from portal.backups.making import back_up_keys, make_backup, remove_expired
from portal.backups.restoring import Wanted, restore
from portal.backups.returning_keys import return_keys
from portal.foundation.archive import identities_in
from portal.foundation.context import Portal, pass_portal
from portal.foundation.keys import KeyMissing
from portal.foundation.removals import ledger_file

P = ParamSpec("P")
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _told(run: Callable[P, None]) -> Callable[P, None]:
    """Say what went wrong in one sentence instead of a traceback."""

    @wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        with _in_one_sentence():
            run(*args, **kwargs)

    return wrapped


@contextlib.contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except (BackupRefused, RestoreRefused, KeyMissing, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None


_to = click.option(
    "--recipient",
    "recipients",
    multiple=True,
    required=True,
    help="A public key of age (age1…) or SSH; may be given several times.",
)
_from = click.option("--identity", type=FILE, required=True, help="The file of a private key of age or SSH.")


@click.group()
def backup() -> None:
    """Backups, encrypted to whoever holds a private key of age or SSH."""


@backup.command("make")
@click.argument("folder", type=FOLDER)
@_to
@pass_portal
@_told
def make(portal: Portal, folder: Path, recipients: tuple[str, ...]) -> None:
    """Write a backup of this moment into FOLDER, also while the portal serves, and delete expired ones there.

    It holds no server key: see `backup keys`.
    """
    made = make_backup(portal, folder, recipients=recipients)
    click.echo(f"{made.path}: {made.rows} rows, {made.size} bytes. It is good for {KEPT.days} days.")
    for path in remove_expired(folder, portal.clock.now()):
        click.echo(f"{path}: expired, deleted.")


@backup.command("keys")
@click.argument("folder", type=FOLDER)
@_to
@pass_portal
@_told
def keys(portal: Portal, folder: Path, recipients: tuple[str, ...]) -> None:
    """Write the server keys alone into FOLDER: for other hands than those that hold backups."""
    path = back_up_keys(portal, folder, recipients=recipients)
    click.echo(f"{path}: keep it apart from backups. Whoever has both has what each alone keeps safe.")


@click.group("restore")
def restore_group() -> None:
    """Bringing back what was backed up."""


@restore_group.command("keys")
@click.argument("file", type=FILE)
@_from
@pass_portal
@_told
def restore_keys(portal: Portal, file: Path, identity: Path) -> None:
    """Put server keys back under PORTAL_VAR/keys, where there are none yet."""
    names = return_keys(portal.settings.var / KEYS, file, identities_in(identity))
    click.echo(f"Server keys that are back: {', '.join(names)}.")


@restore_group.command("data")
@click.argument("file", type=FILE)
@_from
@click.option("--head", type=FILE, help="What `log verify --remember` kept elsewhere of the public log.")
@click.option("--mirror", help="The address of whoever has a copy of the public log.")
@click.option("--without-head", is_flag=True, help="There is neither: a log rolled back would not be noticed.")
@click.option("--ledger", type=FILE, help="A copy of PORTAL_VAR/ledger/removals, when it is not there.")
@click.option("--without-ledger", is_flag=True, help="There is none: what was deleted since comes back.")
@click.option("--even-expired", is_flag=True, help="Take a backup although its days are over.")
@pass_portal
@_told
def restore_data(portal: Portal, /, file: Path, identity: Path, **said: Any) -> None:
    """Bring the backup in FILE back into an empty database; its keys must be under PORTAL_VAR/keys already.

    Serving is refused until log and audit record have been verified.
    """
    ledger = None if said["without_ledger"] else said["ledger"] or ledger_file(portal.settings.var)
    outside = Outside(said["head"], said["mirror"], said["without_head"])
    wanted = Wanted(identities_in(identity), ledger, outside, said["even_expired"])
    done = restore(portal, file, wanted)
    click.echo(
        f"Back as of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC: {done.rows} rows. All sessions have ended."
    )
    click.echo(f"Public acts since then, entered again: {done.recovered.entered}. Log and audit record verify.")
    if done.recovered.lost_texts:
        click.echo(f"Texts that are lost: {done.recovered.lost_texts}. Withdraw them.")
    for kind, count in sorted(done.removed.items()):
        click.echo(f"Removed again, as the ledger says: {kind} ({count}).")
    if done.audit_lost is not None:
        click.echo(f"Rows of the audit record are lost, up to row {done.audit_lost}; the record says so.")
    if done.missing_keys:
        click.echo(f"Server keys that are not those of the backup: {', '.join(done.missing_keys)}.", err=True)


commands = (backup, restore_group)
