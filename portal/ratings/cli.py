"""Commands: `receipts issue`, `ratings fold`, `ratings publish`, `ratings receipts`."""

import os
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.ratings import jobs, queries, services
from portal.ratings.values import month_of


@click.group()
def receipts() -> None:
    """Receipts: single-use rating codes for people who were served."""


@receipts.command()
@click.option("--service", required=True, help="Code of the service.")
@click.option("--count", type=click.IntRange(1, 100_000), required=True, help="How many codes.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the codes to this new file.")
@pass_portal
def issue(portal: Portal, service: str, count: int, out: Path | None) -> None:
    """Make receipt codes and show them once; they cannot be shown again."""
    handle = None if out is None else os.fdopen(_create(out), "w", encoding="utf-8")
    try:
        with portal.database.write() as session:
            codes = services.issue_receipts(
                session, service=service, count=count, keys=portal.keys, now=portal.clock.now()
            )
            if handle is not None:
                handle.write("".join(f"{code}\n" for code in codes))
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
        click.echo("\n".join(codes))
    click.echo(f"{count} receipts for {service}, to be used at {portal.settings.origin}/rate/r/CODE.", err=True)


@click.group()
def ratings() -> None:
    """Ratings: the daily fold and the monthly roll-up."""


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
            acts = jobs.run_publish(portal)
        else:
            with portal.database.write() as session:
                act = services.roll_up(
                    session,
                    period=period,
                    threshold=portal.settings.rating_threshold,
                    now=portal.clock.now(),
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
    month = period or month_of(portal.clock.now())
    with portal.database.read() as session:
        uses = queries.list_receipt_uses(session, month)
    for use in uses:
        click.echo(f"{use.period}  {use.service}  issued {use.issued}  used {use.used}")
    if not uses:
        click.echo(f"No receipt was issued or used in {month}.")


commands: tuple[click.Command, ...] = (receipts, ratings)


def _create(path: Path) -> int:
    """A new file that only its owner reads. Raises ClickException when it exists already."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}.") from None


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, PortalError) else "The codes could not be stored; nothing was changed."
