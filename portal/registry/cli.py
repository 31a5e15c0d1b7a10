"""`registry import`: the register from a table."""

from __future__ import annotations

from pathlib import Path

import click
from tqdm import tqdm

from portal.foundation.actor import Actor
from portal.foundation.context import Portal, pass_portal
from portal.foundation.tables import ImportRefused, Table, read_table
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
        shown = Table(table.file, table.headers, tqdm(table.rows, unit=" rows", disable=None))
        with portal.database.write() as session:
            report = import_register(session, shown, actor=Actor.system(), now=portal.clock.now())
            if dry_run:
                session.rollback()
    except ImportRefused as refusal:
        raise click.ClickException(told(refusal)) from None
    done = "would be" if dry_run else "were"
    click.echo(
        f"{report.table.value} in {file.name}: {report.rows} rows read, {report.changed} {done} added or changed."
    )


def told(refusal: ImportRefused) -> str:
    """The faults of a refused import, and that nothing was imported."""
    hidden = refusal.total - len(refusal.faults)
    lines = [str(fault) for fault in refusal.faults]
    if hidden > 0:
        lines.append(f"… and {hidden} more.")
    return "\n".join(["nothing was imported.", *lines])


commands = (registry,)
