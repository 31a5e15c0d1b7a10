"""Commands about people, for whoever runs the machine. None of them gives access to what reports say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec

import click
from sqlalchemy.orm import Session

from portal.accounts import services
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import find_person_by_address, get_person, list_people
from portal.accounts.values import NO_MAIL, ConnectionKind, Person, PersonKind, StartCode
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError
from portal.foundation.i18n import LOCALES
from portal.foundation.keys import NAMES
from portal.foundation.mail import is_mail_address
from portal.registry.queries import find_body

P = ParamSpec("P")
SYSTEM = Actor.system()
OFFICE_LANGUAGE = "office"
ROTATABLE = tuple(sorted(NAMES - {"log-signing", "files-signing"}))
"""Every server key; those that sign the log are changed by commands of the log, which announce it in public."""


def told(run: Callable[P, None]) -> Callable[P, None]:
    """Say what went wrong in one sentence instead of a traceback."""

    @wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            run(*args, **kwargs)
        except PortalError as error:
            raise click.ClickException(str(error)) from None

    return wrapped


@click.group()
def staff() -> None:
    """People who sign in to the desk."""


@staff.command("add")
@click.argument("address")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, help="May be given several times.")
@click.option("--outside", is_flag=True, help="The outside recipient, not one of the office.")
@pass_portal
@told
def add(portal: Portal, address: str, name: str, roles: tuple[str, ...], outside: bool) -> None:
    """Make an account and print the start phrase to hand over."""
    kind = PersonKind.OUTSIDE if outside else PersonKind.STAFF
    with portal.database.write() as session:
        person = services.create_person(
            session,
            name=name,
            address=address,
            roles=roles,
            kind=kind,
            actor=SYSTEM,
            now=portal.clock.now(),
        )
        code = _start_code(portal, session, person)
        waits = get_person(session, person.id).held_back
    _hand_over(person, code)
    if not is_mail_address(person.address):
        click.echo(f"No mail goes to {person.address!r}: that is no e-mail address.", err=True)
    for role in waits:
        click.echo(f"{role} counts once {person.name} is trained for it (`staff train`).")


@staff.command("list")
@pass_portal
def list_command(portal: Portal) -> None:
    """Everybody with an account, their roles, and whether it is in use."""
    with portal.database.read() as session:
        people = list_people(session)
    for person in people:
        state = "" if person.is_active else "  (disabled)"
        roles = [*person.roles, *(f"{role} (waits for training)" for role in person.held_back)]
        click.echo(f"{person.address}  {person.name}  {', '.join(roles) or 'no role'}{state}")
    click.echo(f"{len(people)} in all.")


@staff.command("reset")
@click.argument("address")
@pass_portal
@told
def reset(portal: Portal, address: str) -> None:
    """Let a person set up anew. Their key is given up: colleagues must sign the new one."""
    with _person(portal, address) as (session, person):
        code = _start_code(portal, session, person)
    _hand_over(person, code)


@staff.command("grant")
@click.argument("address")
@click.argument("role")
@pass_portal
@told
def grant(portal: Portal, address: str, role: str) -> None:
    """Give a person a role."""
    with _person(portal, address) as (session, person):
        services.grant_role(session, person_id=person.id, role=role, actor=SYSTEM, now=portal.clock.now())
        waits = role in get_person(session, person.id).held_back
    click.echo(f"{person.name} holds {role}" + (", once trained for it (`staff train`)." if waits else "."))


@staff.command("revoke")
@click.argument("address")
@click.argument("role")
@pass_portal
@told
def revoke(portal: Portal, address: str, role: str) -> None:
    """Take a role from a person."""
    with _person(portal, address) as (session, person):
        services.revoke_role(session, person_id=person.id, role=role, actor=SYSTEM, now=portal.clock.now())
    click.echo(f"{person.name} no longer holds {role}.")


@staff.command("train")
@click.argument("address")
@click.argument("course")
@click.option("--on", "issued_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The certificate's day.")
@pass_portal
@told
def train(portal: Portal, address: str, course: str, issued_on: datetime) -> None:
    """Record that a person was trained; roles that waited for it count from now."""
    with _person(portal, address) as (session, person):
        services.enter_certificate(
            session,
            person_id=person.id,
            course=course,
            issued_on=issued_on.date(),
            actor=SYSTEM,
            now=portal.clock.now(),
        )
    click.echo(f"{person.name} is trained: {course}.")


@staff.command("disable")
@click.argument("address")
@pass_portal
@told
def disable(portal: Portal, address: str) -> None:
    """End a person's access now; their sessions end."""
    with _person(portal, address) as (session, person):
        services.disable_person(session, person_id=person.id, actor=SYSTEM, now=portal.clock.now())
    click.echo(f"{person.name} can no longer sign in.")


@staff.command("enable")
@click.argument("address")
@pass_portal
@told
def enable(portal: Portal, address: str) -> None:
    """Give a disabled person access again."""
    with _person(portal, address) as (session, person):
        services.enable_person(session, person_id=person.id, actor=SYSTEM, now=portal.clock.now())
    click.echo(f"{person.name} can sign in again.")


@staff.command("sign-out")
@click.argument("address")
@pass_portal
@told
def sign_out(portal: Portal, address: str) -> None:
    """End all sessions of a person (a device was lost); they sign in again as before."""
    with _person(portal, address) as (session, person):
        services.sign_out_everywhere(session, person_id=person.id, actor=SYSTEM, now=portal.clock.now())
    click.echo(f"{person.name} is signed out everywhere.")


@staff.command("mail")
@click.argument("address")
@click.argument("choice", type=click.Choice([OFFICE_LANGUAGE, *LOCALES, NO_MAIL]))
@pass_portal
@told
def mail(portal: Portal, address: str, choice: str) -> None:
    """In which language a person is told that something waits: the office's, their own, or none at all."""
    wish = "" if choice == OFFICE_LANGUAGE else choice
    with _person(portal, address) as (session, person):
        services.choose_mail(session, person_id=person.id, mail=wish, actor=SYSTEM, now=portal.clock.now())
    click.echo(f"{person.name} gets no mail." if wish == NO_MAIL else f"Mail to {person.name}: {choice}.")


@staff.command("connect")
@click.argument("address")
@click.argument("body_code")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ConnectionKind if kind.lasts_while_open]),
    default=ConnectionKind.EMPLOYED.value,
    show_default=True,
)
@pass_portal
@told
def connect(portal: Portal, address: str, body_code: str, kind: str) -> None:
    """Note that a person is connected to a body, so that its reports do not exist for them."""
    with _person(portal, address) as (session, person):
        if find_body(session, body_code) is None:
            raise click.ClickException(f"There is no body with the code {body_code}.")
        services.connect(
            session,
            person_id=person.id,
            body_code=body_code,
            kind=ConnectionKind(kind),
            now=portal.clock.now(),
        )
    click.echo(f"{person.name} is connected to {body_code} ({kind}).")


@staff.command("enrol-first")
@click.argument("addresses", nargs=-1, required=True)
@pass_portal
@told
def enrol_first(portal: Portal, addresses: tuple[str, ...]) -> None:
    """Anchor the keys of the first handlers (two or more) in a file outside the database, once."""
    if len(set(addresses)) < 2:
        raise click.ClickException("Name at least two people: every later key needs two signatures.")
    with portal.database.write() as session:
        people = [_found(session, address) for address in addresses]
        fingerprints = services.enrol_first(
            session,
            people=[person.id for person in people],
            var=portal.settings.var,
            actor=SYSTEM,
            now=portal.clock.now(),
        )
    for person, fingerprint in zip(people, fingerprints, strict=True):
        spaced = " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
        click.echo(f"{person.name}: {spaced}")
    click.echo("Compare each with what its owner sees at /desk/keys before anybody reports anything.")


@staff.command("rotate-key")
@click.argument("name", type=click.Choice(ROTATABLE))
@pass_portal
def rotate_key(portal: Portal, name: str) -> None:
    """Put a new server key before the old ones, which go on opening what was made with them.

    What people have is sealed anew under the new one as they sign in.
    """
    with portal.database.write() as session:
        record(session, actor=SYSTEM, act="accounts.rotate-key", subject=name, now=portal.clock.now())
        session.flush()
        portal.keys.rotate(name)
    click.echo(
        f"The server key {name} has been rotated. Restart the portal to use it, and make a new `backup keys`."
    )


@contextmanager
def _person(portal: Portal, address: str) -> Iterator[tuple[Session, Person]]:
    with portal.database.write() as session:
        yield session, _found(session, address)


def _found(session: Session, address: str) -> Person:
    person = find_person_by_address(session, address)
    if person is None:
        raise click.ClickException(f"Nobody has the address {address}.")
    return person


def _start_code(portal: Portal, session: Session, person: Person) -> StartCode:
    return services.issue_start_code(
        session,
        person_id=person.id,
        stretcher=Stretcher.of(portal.settings),
        actor=SYSTEM,
        now=portal.clock.now(),
    )


def _hand_over(person: Person, code: StartCode) -> None:
    click.echo(f"{person.name} ({person.address})")
    click.echo(f"Start phrase: {code.phrase}")
    click.echo(f"Good once, until {code.expires_at:%Y-%m-%d}. It is not shown again: hand it over in person.")


commands = (staff,)
