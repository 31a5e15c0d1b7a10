"""The commands of the demonstration: `demo load`, `demo accounts`."""

import click

from portal.config import Mode
from portal.foundation.context import Portal, pass_portal
from portal.foundation.installation import found_mode
from portal.foundation.logs import only_warnings
from portal.front.demo.people import code_now, known_accounts


@click.group()
def demo() -> None:
    """The demonstration: an invented office beside real published figures."""


@demo.command()
@pass_portal
def load(portal: Portal) -> None:
    """Fill an empty database with the demonstration; one that holds it already is left as it is."""
    from portal.front.demo.story import load_demonstration  # heavy: only this command needs it

    _require_demo(portal)
    with portal.database.read() as session:
        mode = found_mode(session)
    if mode is Mode.DEMO:
        click.echo("The demonstration is loaded already.")
        return
    if mode is not None:
        raise click.ClickException("This database is a real installation's; the demonstration needs its own.")
    if known_accounts(portal.settings.var):
        raise click.ClickException(
            f"An earlier loading was interrupted. Remove {portal.settings.var} and its database, then load again."
        )
    with only_warnings():
        load_demonstration(portal, click.echo)


@demo.command()
@pass_portal
def accounts(portal: Portal) -> None:
    """Print each demonstration account's role, address, password and current one-time code."""
    _require_demo(portal)
    found = known_accounts(portal.settings.var)
    if not found:
        raise click.ClickException(
            f"There are no demonstration accounts in {portal.settings.var}. `make run` makes them; where it was"
            " given another PORTAL_VAR, give the same one here."
        )
    click.echo(f"Sign in at {portal.settings.origin}/desk/sign-in. A one-time code is good for one sign-in.")
    for account in found:
        roles = ", ".join(account.roles)
        click.echo(f"\n{account.name}: {account.what}")
        click.echo(f"{roles}\t{account.address}\t{account.phrase}\t{code_now(account, portal)}")


def _require_demo(portal: Portal) -> None:
    if portal.settings.mode is not Mode.DEMO:
        raise click.ClickException("This is for demo mode only: set PORTAL_MODE=demo.")


commands: tuple[click.Command, ...] = (demo,)
