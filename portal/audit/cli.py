"""Commands of the audit record."""

from __future__ import annotations

import click

from portal.audit.heads import recall
from portal.audit.verifying import verify
from portal.foundation.context import Portal, pass_portal


@click.group()
def audit() -> None:
    """The record of what staff did."""


@audit.command("verify")
@pass_portal
def verify_command(portal: Portal) -> None:
    """Check that no sealed row was changed, removed, added or moved."""
    remembered = recall(portal.settings.var)
    with portal.database.read() as session:
        verdict = verify(session, remembered)
    if verdict.passed:
        click.echo("The audit record verifies.")
        return
    where = f"{verdict.bad_row}: " if verdict.bad_row else ""
    raise click.ClickException(f"The audit record does not verify. {where}{verdict.reason}.")


commands = (audit,)
