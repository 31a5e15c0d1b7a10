"""The commands `log verify`, `log recover` and `log rebuild`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

from portal.foundation.context import Portal, pass_portal
from portal.foundation.keys import KeyMissing
from portal.publishing.cli.keys import announce_keys, rotate_key
from portal.publishing.errors import LogDamaged
from portal.publishing.services.rebuilding import mirror, rebuild
from portal.publishing.services.recovery import recover
from portal.publishing.store import LogStore
from portal.publishing.verification import report
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.remembering import read_remembered, write_remembered
from portal.publishing.verification.source import Refuted, Unreachable
from portal.publishing.verification.verify import Remembered, Verified, verify
from portal.publishing.verification.web_source import WebSource


@click.group("log")
def log_group() -> None:
    """The transparency log of all publications."""


@log_group.command("verify")
@click.option("--url", help="Check the portal at this address instead of the own database.")
@click.option("--key", help="The log's public key, if you know it from elsewhere.")
@click.option(
    "--remember",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Check that what FILE remembers still stands, then remember what is found now.",
)
@pass_portal
def log_verify(portal: Portal, url: str | None, key: str | None, file: Path | None) -> None:
    """Recompute the whole log, check its signatures, rebuild the data files and compare them.

    Exit code 1, with the first bad entry, when anything does not hold; 2 when the log cannot be read; 3 when
    there are statements of kinds this version does not know, and files that it cannot rebuild for that.
    """
    try:
        remembered = read_remembered(file) if file else None
        found = _verify(portal, url, key, remembered)
    except Refuted as refuted:
        click.echo(f"FAILED. {refuted}", err=True)
        raise SystemExit(1) from None
    except Unreachable as error:
        click.echo(f"Not checked: {error}", err=True)
        raise SystemExit(2) from None
    for line in report.of_log(found):
        click.echo(line)
    if file is None:
        click.echo(report.CANNOT_TELL)
    elif found.head.size:
        write_remembered(file, found.remembered)
        click.echo(f"It extends what {file} remembered." if remembered else f"Remembered in {file}.")
    raise SystemExit(report.exit_code(found))


@log_group.command("recover")
@pass_portal
def log_recover(portal: Portal) -> None:
    """Complete the database or the files under var/log, whichever came back from a backup.

    The portal must not be serving meanwhile.
    """
    try:
        done = recover(portal)
    except (LogDamaged, KeyMissing) as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"Entries brought into the database: {done.entered}. Entries written under var/log: {done.written}."
    )
    if done.lost_texts:
        click.echo(f"Texts that are lost: {done.lost_texts}. Bring them back from a backup, or withdraw them.")


@log_group.command("rebuild")
@click.option("--from", "url", help="First bring what var/log lacks from the mirror at this address.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_portal
def log_rebuild(portal: Portal, url: str | None, yes: bool) -> None:
    """Throw away all tables of published facts and make them again from the log outside the database.

    The portal must not be serving meanwhile. Pages and files come out byte for byte as before.
    """
    if not yes:
        click.confirm("Throw away the tables of published facts and make them again from var/log?", abort=True)
    try:
        with _bar() as progress:
            if url:
                mirror(portal, WebSource(url), progress=progress)
        with _bar() as progress:
            done = rebuild(portal, progress=progress)
    except (LogDamaged, KeyMissing, Refuted, Unreachable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Rebuilt from the log: {done.entries} entries.")
    if done.lost_texts:
        click.echo(f"Texts that are lost: {done.lost_texts}. Bring them back from a backup, or withdraw them.")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar in entries, on a terminal."""
    with tqdm(unit=" entries", disable=None, leave=False) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield progress


def _verify(portal: Portal, url: str | None, key: str | None, remembered: Remembered | None) -> Verified:
    with _bar() as progress:
        if url:
            return verify(WebSource(url), key=key, remembered=remembered, progress=progress)
        with portal.database.read() as session:
            own = OwnSource(session, LogStore(portal.settings.var))
            return verify(own, key=key, remembered=remembered, progress=progress)


log_group.add_command(rotate_key)
log_group.add_command(announce_keys)
