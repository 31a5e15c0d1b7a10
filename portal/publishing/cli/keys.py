"""The commands about the keys of the log: `log rotate-key`, `log announce-keys`."""

from pathlib import Path

import click

from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.foundation.ids import random_bytes
from portal.foundation.keys import KeyMissing
from portal.foundation.storage import write_durably
from portal.publishing.log.keys import KeyRole
from portal.publishing.services import keys

_File = click.Path(dir_okay=False, path_type=Path)


@click.command("rotate-key")
@click.option("--role", type=click.Choice([role.value for role in KeyRole]), default="log", show_default=True)
@click.option("--finish", is_flag=True, help="Retire the old key: from then on only the new one signs.")
@click.option("--standby", type=_File, help="Make a key that waits, write it to this new FILE, and announce it.")
@click.option("--lost", type=_File, help="Take up the key that waited in FILE, in place of one that is gone.")
@pass_portal
def rotate_key(portal: Portal, role: str, finish: bool, standby: Path | None, lost: Path | None) -> None:
    """Give the log a new key, announced in the log itself under the old one.

    Run it once to begin: both keys sign. Run it with --finish when those who check have had time to see it.
    """
    if sum(map(bool, (finish, standby, lost))) > 1:
        raise click.UsageError("Give one of --finish, --standby and --lost at a time.")
    try:
        now = _change(portal, KeyRole(role), finish, standby, lost)
    except (PortalError, KeyMissing) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Said in entry {now.entry} of the log.")
    for key in now.active:
        click.echo(f"Signs: {key}")
    for key in now.standby:
        click.echo(f"Waits: {key}")
    if standby:
        click.echo(f"Take {standby} off this machine now, and keep two copies apart.")
    elif not finish and not lost and len(now.active) > 1:
        click.echo(f"Both sign from the next entry on. Later: {keys.finishing(KeyRole(role))}")


@click.command("announce-keys")
@pass_portal
def announce_keys(portal: Portal) -> None:
    """Say in the log which key signs the notes beside it (SHA256SUMS). Said already, nothing is done."""
    try:
        now = keys.announce_files_key(portal)
    except (PortalError, KeyMissing) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Said in entry {now.entry} of the log: {now.active[0]}")


def _change(portal: Portal, role: KeyRole, finish: bool, standby: Path | None, lost: Path | None) -> keys.KeysNow:
    if finish:
        return keys.retire_key(portal, role)
    if standby:
        return _make_standby(portal, role, standby)
    return keys.replace_lost(portal, role, _read(lost)) if lost else keys.add_key(portal, role)


def _make_standby(portal: Portal, role: KeyRole, file: Path) -> keys.KeysNow:
    """The file is there before the log names its key: a key that is announced and then lost would be of no use."""
    if not file.exists():
        write_durably(file, random_bytes(32).hex().encode() + b"\n", mode=0o600)
    return keys.announce_standby(portal, role, _read(file))


def _read(file: Path) -> bytes:
    try:
        seed = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError):
        raise click.ClickException(f"{file} holds no key.") from None
    if len(seed) != 32:
        raise click.ClickException(f"{file} holds no key.")
    return seed
