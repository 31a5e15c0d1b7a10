"""`figures import`: a table of figures becomes a draft of a release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Never

import click
from tqdm import tqdm

from portal.foundation.actor import Actor
from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.foundation.layouts import PLAIN
from portal.foundation.streams import Numbered, Stream, stream_table
from portal.foundation.tables import SHEET_SUFFIXES, ImportRefused, told
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.lines import numbered
from portal.publishing.imports.mapping import Mapping, default_mapping, load_mapping
from portal.publishing.imports.marking import marked_sheet
from portal.publishing.imports.reading import read_mapped
from portal.publishing.services import ReleaseFacts, plan_import, stage_big_import
from portal.publishing.services.imports import ImportPlan
from portal.registry.queries import slug


@click.group()
def figures() -> None:
    """Figures: targets and actuals of public bodies."""


@figures.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), help="How to read FILE (TOML).")
@click.option("--release", "release_slug", help="Code of the release; from the file's name when not given.")
@click.option("--title", help="Name of the release in English.")
@click.option("--title-zh", help="Name of the release in Chinese.")
@click.option("--source", help="Where the figures come from.")
@click.option("--licence", help="Under which licence they may be used.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@click.option(
    "--marked", type=click.Path(dir_okay=False, path_type=Path), help="Write FILE as XLSX, faults marked."
)
@pass_portal
def import_command(
    portal: Portal,
    /,
    file: Path,
    mapping_file: Path | None,
    dry_run: bool,
    marked: Path | None,
    **given: str | None,
) -> None:
    """Check FILE (CSV, XLSX, XLS or ODS) and stage it as a draft: all rows or none.

    Nothing is published: one person puts the draft forward at the desk, another one publishes it.
    """
    mapping = default_mapping()
    try:
        mapping = mapping if mapping_file is None else load_mapping(mapping_file)
        facts = _facts(file, mapping, given)
        checked = _checked(file, mapping)
        with portal.database.read() as session:
            planned = plan_import(session, checked, facts)
        if not dry_run and not planned.is_empty:
            _stage(portal, planned)
    except ImportRefused as refusal:
        if marked is not None:
            _mark(file, mapping, refusal, marked)
        raise click.ClickException(told(refusal)) from None
    except PortalError as error:
        raise click.ClickException(f"nothing was imported. {error}") from None
    click.echo("\n".join(report(file.name, checked, planned, dry_run=dry_run)))


def report(file: str, checked: Checked, planned: ImportPlan, *, dry_run: bool) -> list[str]:
    """What the import found and did, a sentence a line."""
    counts = planned.counts
    lines = [
        f"{file}: {counts['rows']} rows with {len(checked.figures)} figures of {len(checked.bodies)} bodies"
        f" and {len(checked.indicators)} indicators.",
        f"{counts['added']} figures are new, {counts['completed']} complete or replace a provisional one,"
        f" {counts['unchanged']} are published already.",
        f"{counts['register']} entries of the register are new or changed.",
    ]
    lines += [f"{count} rows were given “{text}”." for text, count in sorted(checked.defaulted.items())]
    if counts["names_kept"]:
        lines.append(f"{counts['names_kept']} names differ from the register, which was left as it is.")
    slug = planned.facts.slug
    if planned.is_empty:
        lines.append("There is nothing to publish, so no draft was made.")
    elif dry_run:
        lines.append(f"Dry run: nothing was changed. The draft would be {slug}.")
    else:
        lines.append(f"Draft {slug} is staged. One person puts it forward at the desk, another publishes it.")
    return lines


def _facts(file: Path, mapping: Mapping, given: dict[str, str | None]) -> ReleaseFacts:
    """What the release says about itself: the options first, else the mapping."""
    titles = {"en": given["title"], "zh_Hans": given["title_zh"]}
    names = {**mapping.release.names, **{locale: text for locale, text in titles.items() if text}}
    source = given["source"] or mapping.release.source
    licence = given["licence"] or mapping.release.licence
    if not source or not licence:
        raise click.UsageError("Say where the figures come from: --source and --licence.")
    return ReleaseFacts(
        slug=slug(given["release_slug"] or file.stem),
        names=names or {"en": file.stem},
        source=source,
        licence=licence,
    )


def _mark(file: Path, mapping: Mapping, refusal: ImportRefused, marked: Path) -> None:
    """Write the sheet with its faults marked; a file that is no table at all has nothing to mark."""
    try:
        marked.write_bytes(marked_sheet(file.name, file.read_bytes(), mapping, refusal))
    except ImportRefused:
        return
    click.echo(f"The faults are marked in {marked}.", err=True)


def _checked(file: Path, mapping: Mapping) -> Checked:
    """A plain CSV file is streamed; what has a layout to undo is read whole."""
    form = mapping.file
    if file.suffix.lower() in SHEET_SUFFIXES or form.layout != PLAIN or mapping.unit_line is not None:
        table, mapping = read_mapped(file, mapping)
        return check_table(table, mapping, tqdm(numbered(table), "Checking", len(table.rows), disable=None))
    stream = stream_table(file, encoding=form.encoding)
    with tqdm(total=stream.size, desc="Checking", unit="B", unit_scale=True, disable=None) as bar:
        return check_table(stream, mapping, _watched(stream, bar))


def _watched(stream: Stream, bar: tqdm[Never]) -> Iterator[Numbered]:
    for nth, line in enumerate(stream.lines()):
        if nth % 1000 == 0:
            bar.update(stream.bytes_read - bar.n)
        yield line
    bar.update(stream.size - bar.n)


def _stage(portal: Portal, planned: ImportPlan) -> None:
    total = len(planned.register) + 1 + len(planned.plan.additions)
    with tqdm(total=total, desc="Staging", unit=" statements", disable=None) as bar:
        stage_big_import(
            portal.database, planned, actor=Actor.system(), now=portal.clock.now(), progress=bar.update
        )
