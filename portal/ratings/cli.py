"""Commands: `receipts issue|key|keys|revoke` and `ratings import|fold|publish|receipts`."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tqdm import tqdm

from portal.foundation.actor import Actor
from portal.foundation.clock import months_after
from portal.foundation.collector import without_collector
from portal.foundation.context import Portal, pass_portal
from portal.foundation.crypto import sha256
from portal.foundation.errors import PortalError
from portal.foundation.grids import Line
from portal.foundation.tables import ImportRefused, read_table, told
from portal.ratings import jobs, printing, queries, services
from portal.ratings.imports.mapping import load_mapping
from portal.ratings.imports.reading import Collected, read_ratings
from portal.ratings.matters import import_matters
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.values import (
    KEY_MOST_PER_DAY,
    KEY_PER_DAY,
    LEVEL_WORDS,
    RECEIPT_MONTHS,
    Issued,
    KeyUse,
    Level,
    month_of,
)

_KEEPER = Actor("system", "system", frozenset({RatingsPermission.KEEP_OFFICE_KEYS}))


@click.group()
def receipts() -> None:
    """Receipts: single-use rating codes for people who were served."""


@receipts.command()
@click.option("--service", required=True, help="Code of the service.")
@click.option("--count", type=click.IntRange(1, 100_000), required=True, help="How many codes.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the codes to this new file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["codes", "links", "sheet"]),
    default="codes",
    help="Codes or links, one a line; or slips with QR codes on A4, as a page to print (HTML).",
)
@click.option("--language", type=click.Choice(list(printing.LANGUAGES)), default="both", help="Of the slips.")
@pass_portal
def issue(portal: Portal, service: str, count: int, out: Path | None, form: str, language: str) -> None:
    """Make receipt codes and show them once; they cannot be shown again."""
    handle = None if out is None else os.fdopen(_create(out), "w", encoding="utf-8")
    try:
        with portal.database.write() as session:
            codes = services.issue_receipts(
                session, service=service, count=count, keys=portal.keys, now=portal.local_now()
            )
            text = _written(portal, session, service, codes, form, language)
            if handle is not None:
                handle.write(text)
                handle.flush()
                os.fsync(handle.fileno())
    except (PortalError, IntegrityError) as error:
        if out is not None:
            out.unlink(missing_ok=True)
        raise click.ClickException(_why(error)) from None
    finally:
        if handle is not None:
            handle.close()
    if out is None:
        click.echo(text, nl=False)
    click.echo(f"{count} receipts for {service}, to be used at {portal.settings.origin}/rate/r/CODE.", err=True)


@receipts.command()
@click.option("--body", required=True, help="Code of the body whose services the key opens.")
@click.option("--name", required=True, help="What the key is for, such as: window system of the north hall.")
@click.option(
    "--use",
    type=click.Choice([one.value for one in KeyUse]),
    default=KeyUse.BOTH.value,
    help="What it is good for.",
)
@click.option(
    "--per-day",
    type=click.IntRange(1, KEY_MOST_PER_DAY),
    default=KEY_PER_DAY,
    show_default=True,
    help="How many codes and ratings on a day at most.",
)
@pass_portal
def key(portal: Portal, body: str, name: str, use: str, per_day: int) -> None:
    """Make a key for a body's own system and show it once."""
    try:
        with portal.database.write() as session:
            made = services.make_office_key(
                session,
                body=body,
                name=name,
                good_for=KeyUse(use),
                per_day=per_day,
                actor=_KEEPER,
                now=portal.local_now(),
            )
    except PortalError as error:
        raise click.ClickException(str(error)) from None
    click.echo(made)
    click.echo(f"For services of {body} only; end it with: receipts revoke {made.partition('.')[0]}", err=True)


@receipts.command("keys")
@pass_portal
def list_keys(portal: Portal) -> None:
    """List the keys of bodies' own systems."""
    with portal.database.read() as session:
        for one in services.list_office_keys(session):
            end = f"  revoked {one.revoked_on}" if one.revoked_on else ""
            used = f"  last used {one.used_on}" if one.used_on else ""
            good = f"{one.good_for.value}, {one.per_day} a day"
            click.echo(f"{one.id}  {one.body}  {good}  made {one.made_on}{used}{end}  {one.name}")


@receipts.command()
@click.argument("key_id")
@pass_portal
def revoke(portal: Portal, key_id: str) -> None:
    """End a key; it opens nothing from this moment."""
    try:
        with portal.database.write() as session:
            services.revoke_office_key(session, key_id=key_id, actor=_KEEPER, now=portal.local_now())
    except PortalError as error:
        raise click.ClickException(str(error)) from None
    click.echo("Revoked.")


@click.group()
def ratings() -> None:
    """Ratings: the daily fold and the monthly roll-up."""


@ratings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), required=True, help="TOML.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@pass_portal
def import_command(portal: Portal, file: Path, mapping_file: Path, dry_run: bool) -> None:
    """Take in ratings that were collected elsewhere (CSV, XLSX, XLS or ODS): all rows or none.

    They are counted in the channel "import" and never as verified. Nothing is imported unless the mapping
    says which end of the scale is best.
    """
    now, data = portal.local_now(), file.read_bytes()
    try:
        mapping = load_mapping(mapping_file)
        with portal.database.read() as session:
            known = frozenset(service.code for service in list_services(session))
        with without_collector():
            collected = read_ratings(
                file.name, data, mapping, services=known, current=month_of(now), progress=_watched
            )
        if not dry_run:
            with portal.database.write() as session:
                services.import_ratings(session, collected, digest=sha256(data), now=now)
    except ImportRefused as refusal:
        raise click.ClickException(told(refusal)) from None
    except PortalError as error:
        raise click.ClickException(f"nothing was imported. {error}") from None
    click.echo("\n".join(_collected_told(collected)))
    click.echo("Nothing was changed." if dry_run else "Imported; the numbers are published with their months.")


@ratings.command()
@pass_portal
def fold(portal: Portal) -> None:
    """Fold the held marks into the totals now, instead of waiting for the daily hour."""
    click.echo(f"Folded {jobs.run_fold(portal)} held marks and comments.")


@ratings.command()
@click.option("--period", help="A closed month, such as 2026-01; left out, every closed month.")
@pass_portal
def publish(portal: Portal, period: str | None) -> None:
    """Publish the ratings of closed months, and the approved comments that may appear with them."""
    try:
        if period is None:
            acts = jobs.run_publish(portal, everything=True)
        else:
            with portal.database.write() as session:
                act = services.roll_up(
                    session,
                    period=period,
                    threshold=portal.settings.rating_threshold,
                    now=portal.local_now(),
                )
            acts = (act,) if act else ()
    except PortalError as error:
        raise click.ClickException(str(error)) from None
    if not acts:
        click.echo("Nothing to publish: no closed month has changed by enough marks.")
    for act_id in acts:
        click.echo(f"Proposed act {act_id}; the job runner appends it.")


@ratings.command("receipts")
@click.option("--period", help="A month, such as 2026-01; left out, this month.")
@pass_portal
def receipt_uses(portal: Portal, period: str | None) -> None:
    """Show how many receipts of each service were issued and used in a month."""
    month = period or month_of(portal.local_now())
    with portal.database.read() as session:
        uses = queries.list_receipt_uses(session, month)
    for use in uses:
        expired = f"  expired unused {use.expired}" if use.expired else ""
        click.echo(f"{use.period}  {use.service}  issued {use.issued}  used {use.used}{expired}")
    if not uses:
        click.echo(f"No receipt was issued or used in {month}.")


@ratings.command("matters")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Who counted: another source than the office's own receipts.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@pass_portal
def matters_command(portal: Portal, file: Path, source: str, dry_run: bool) -> None:
    """Tell how many matters were settled, from FILE (service_code, period, way, count): all rows or none."""
    try:
        table = read_table(file)
        with portal.database.write() as session:
            actor = Actor("system", "system", frozenset({RatingsPermission.RECONCILE}))
            read = import_matters(session, table, source=source, actor=actor, now=portal.local_now())
            if dry_run:
                session.rollback()
    except ImportRefused as refusal:
        raise click.ClickException(told(refusal)) from None
    done = "would be" if dry_run else "were"
    click.echo(f"{read.rows} rows of {file.name} {done} taken, about {', '.join(read.periods) or 'no month'}.")


commands: tuple[click.Command, ...] = (receipts, ratings)


def _written(
    portal: Portal, session: Session, service: str, codes: Sequence[str], form: str, language: str
) -> str:
    """The codes in the form asked for."""
    origin = portal.settings.origin
    if form == "sheet":
        expires = months_after(month_of(portal.local_now()), RECEIPT_MONTHS)
        names = next(one.names for one in list_services(session) if one.code == service)
        return printing.sheet(Issued(service, tuple(codes), expires), names, origin=origin, language=language)
    lines = codes if form == "codes" else [printing.receipt_address(origin, code) for code in codes]
    return "".join(f"{line}\n" for line in lines)


def _watched(lines: Iterator[Line]) -> Iterator[Line]:
    """A bar on a terminal, nothing elsewhere."""
    watched: Iterator[Line] = iter(tqdm(lines, unit="row", disable=None, leave=False))
    return watched


def _collected_told(collected: Collected) -> Iterator[str]:
    yield f"{collected.rows} rows: {collected.ratings} ratings, {len(collected.comments)} comments to be read."
    for level in Level:
        count = sum(n for (_, _, given), n in collected.marks.items() if given == level)
        yield f"  {int(level)} {LEVEL_WORDS[level]}: {count}"
    if collected.answers:
        yield f"{collected.answers.total()} answers to further questions."
    if collected.unanswered:
        yield f"{collected.unanswered} rows without a mark were left out."
    if collected.placeholders:
        yield f"{collected.placeholders} texts that say nothing are no comments."
    if collected.hidden:
        yield f"{collected.hidden} rows came with hidden numbers and stay hidden."


def _create(path: Path) -> int:
    """A new file that only its owner reads. Raises ClickException when it exists already."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}.") from None


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, PortalError) else "The codes could not be stored; nothing was changed."
