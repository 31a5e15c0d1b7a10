"""`registry import`: the register from a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from portal.foundation.actor import Actor
from portal.foundation.context import Portal, pass_portal
from portal.foundation.tables import ImportRefused, Row, read_table, told
from portal.registry.imports import import_register


@click.group()
def registry() -> None:
    """The register of public bodies, services and indicators."""


@registry.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@pass_portal
def import_command(portal: Portal, file: Path, dry_run: bool) -> None:
    """Add or change bodies, services or indicators from FILE (CSV, XLSX, XLS or ODS): all rows or none."""
    try:
        table = read_table(file)
        with portal.database.write() as session:
            report = import_register(session, table, actor=Actor.system(), now=portal.clock.now(), progress=_bar)
            if dry_run:
                session.rollback()
    except ImportRefused as refusal:
        raise click.ClickException(told(refusal)) from None
    done = "would be" if dry_run else "were"
    click.echo(
        f"{report.table.value} in {file.name}: {report.rows} rows read, {report.changed} {done} added or changed."
    )


def _bar(rows: Sequence[Row]) -> Iterable[Row]:
    """A progress bar on a terminal, and nothing elsewhere."""
    return tqdm(rows, unit=" rows", disable=None)


commands = (registry,)
