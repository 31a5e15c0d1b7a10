"""`figures import`: a table of figures becomes a draft of a release."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Never

import click
from tqdm import tqdm

from portal.foundation.actor import Actor
from portal.foundation.collector import without_collector
from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.foundation.layouts import PLAIN
from portal.foundation.streams import Numbered, Stream, stream_table
from portal.foundation.tables import SHEET_SUFFIXES, ImportRefused, told
from portal.publishing.cli.told import as_json, changes_told, concerns_told, open_points, refusal_as_json, report
from portal.publishing.errors import NotSettled
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.decisions import CAUSES, Absent, Decisions
from portal.publishing.imports.lines import numbered
from portal.publishing.imports.mapping import Mapping, default_mapping, load_mapping
from portal.publishing.imports.marking import marked_sheet
from portal.publishing.imports.reading import read_mapped
from portal.publishing.imports.review import Sheet
from portal.publishing.services import ReleaseFacts, plan_import, stage_big_import
from portal.publishing.services.imports import ImportPlan
from portal.publishing.services.reviews import KeptImport, keep_review, require_settled, review_import
from portal.publishing.values import Cause
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
@click.option("--cause", type=click.Choice([one.value for one in CAUSES]), help="Why published values change.")
@click.option("--absent", type=click.Choice([one.value for one in Absent]), help="Published figures not in FILE.")
@click.option("--reason", default="", help="Why what looks odd is right; kept for whoever publishes.")
@click.option("--json", "wants_json", is_flag=True, help="Say everything as one JSON document.")
@pass_portal
def import_command(
    portal: Portal,
    /,
    file: Path,
    mapping_file: Path | None,
    dry_run: bool,
    marked: Path | None,
    wants_json: bool,
    **given: str | None,
) -> None:
    """Check FILE (CSV, XLSX, XLS or ODS) and stage it as a draft: all rows or none.

    Nothing is published: one person puts the draft forward at the desk, another one publishes it.
    """
    mapping = default_mapping()
    try:
        mapping = mapping if mapping_file is None else load_mapping(mapping_file)
        with without_collector():
            lines = _import(portal, file, mapping, given, dry_run=dry_run, wants_json=wants_json)
    except ImportRefused as refusal:
        if marked is not None:
            _mark(file, mapping, refusal, marked)
        if wants_json:
            click.echo(refusal_as_json(refusal))
        raise click.ClickException(told(refusal)) from None
    except NotSettled as error:
        raise click.ClickException(open_points(error)) from None
    except PortalError as error:
        raise click.ClickException(f"nothing was imported. {error}") from None
    click.echo("\n".join(lines))


def _import(
    portal: Portal, file: Path, mapping: Mapping, given: dict[str, str | None], *, dry_run: bool, wants_json: bool
) -> list[str]:
    """A dry run shows what would change before anything about it is decided."""
    facts, decided = _facts(file, mapping, given), _decisions(given)
    checked, sheet, mapping = _checked(file, mapping)
    actor, now = Actor.system(), portal.clock.now()
    looking = replace(decided, cause=decided.cause or Cause.SOURCE_CORRECTION) if dry_run else decided
    with portal.database.read() as session:
        planned = plan_import(session, checked, facts, looking)
        review = review_import(
            session, sheet=sheet, mapping=mapping, checked=checked, planned=planned, today=now.date()
        )
        if wants_json:
            lines = [as_json(planned, review, review.changes(), staged=not dry_run and not planned.is_empty)]
        elif dry_run:
            lines = list(changes_told(review.changes()))
        else:
            review.go_through()
            lines = []
    if not dry_run and not planned.is_empty:
        require_settled(planned, review, decided, actor)
        kept = KeptImport.of(file.name, file_digest(file), mapping, decided, review)
        _stage(portal, planned, kept)
    if wants_json:
        return lines
    lines += concerns_told(review.concerns, sheet.left_out)
    return [*lines, *report(file.name, checked, planned, dry_run=dry_run)]


def _decisions(given: dict[str, str | None]) -> Decisions:
    return Decisions(
        Cause(given["cause"]) if given["cause"] else None,
        Absent(given["absent"]) if given["absent"] else None,
        given["reason"] or "",
    )


def file_digest(file: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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


def _checked(file: Path, mapping: Mapping) -> tuple[Checked, Sheet, Mapping]:
    """A plain CSV file is streamed; what has a layout to undo is read whole."""
    form = mapping.file
    if file.suffix.lower() in SHEET_SUFFIXES or form.layout != PLAIN or mapping.unit_line is not None:
        table, mapping = read_mapped(file, mapping)
        lines = tqdm(numbered(table), "Checking", len(table.rows), disable=None)
        return check_table(table, mapping, lines), Sheet.of(table), mapping
    stream = stream_table(file, encoding=form.encoding)
    with tqdm(total=stream.size, desc="Checking", unit="B", unit_scale=True, disable=None) as bar:
        return check_table(stream, mapping, _watched(stream, bar)), Sheet(), mapping


def _watched(stream: Stream, bar: tqdm[Never]) -> Iterator[Numbered]:
    for nth, line in enumerate(stream.lines()):
        if nth % 1000 == 0:
            bar.update(stream.bytes_read - bar.n)
        yield line
    bar.update(stream.size - bar.n)


def _stage(portal: Portal, planned: ImportPlan, kept: KeptImport) -> None:
    total = len(planned.register) + 1 + len(planned.plan.additions)
    with tqdm(total=total, desc="Staging", unit=" statements", disable=None) as bar:
        stage_big_import(
            portal.database,
            planned,
            actor=Actor.system(),
            now=portal.clock.now(),
            progress=bar.update,
            keep=partial(keep_review, slug=planned.facts.slug, kept=kept),
        )
