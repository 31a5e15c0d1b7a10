"""`release list`: what is being prepared. Publishing needs two people, so it happens at the desk."""

from __future__ import annotations

import click

from portal.foundation.context import Portal, pass_portal
from portal.foundation.i18n import pick
from portal.publishing.queries import list_drafts


@click.group()
def release() -> None:
    """Releases of figures."""


@release.command("list")
@pass_portal
def list_command(portal: Portal) -> None:
    """List every release made here with its state, the latest first."""
    with portal.database.read() as session:
        drafts = list_drafts(session)
    for draft in drafts:
        click.echo(f"{draft.state.value:<10} {draft.slug}  {draft.period}  {pick(draft.names, 'en')}")
    if not drafts:
        click.echo("There are no releases yet.")
