"""The commands of whoever runs the machine."""

import pytest
from click.testing import CliRunner, Result

from portal.accounts.cli import staff
from portal.accounts.queries import find_person_by_address, trusted_keys
from portal.accounts.services import load_anchors
from portal.foundation.context import Portal
from tests.accounts.browsing import try_sign_in
from tests.factories.accounts import person
from tests.pages import PageClient


def run(portal: Portal, *words: str) -> Result:
    return CliRunner().invoke(staff, list(words), obj=portal)


def test_add_prints_a_start_phrase_once_and_list_shows_the_person(portal: Portal) -> None:
    made = run(portal, "add", "Li.Na@office.example", "--name", "Li Na", "--role", "case-officer")
    assert made.exit_code == 0, made.output
    assert "Start phrase: " in made.output
    phrase = made.output.split("Start phrase: ")[1].splitlines()[0]
    listed = run(portal, "list").output
    assert "li.na@office.example  Li Na  case-officer" in listed
    assert phrase not in listed


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("add", "a@b.c", "--name", "A", "--role", "emperor"),
            "no role called emperor. Roles are: administrator, ",
        ),
        (("reset", "nobody@b.c"), "Nobody has the address nobody@b.c."),
        (("enrol-first", "nobody@b.c"), "Name at least two people"),
        (
            ("add", "a@b.c", "--name", "A", "--role", "administrator", "--role", "case-officer"),
            "One person must not hold both",
        ),
        (("add", "a@b.c", "--name", "A", "--outside", "--role", "moderator"), "One person must not hold both"),
    ],
)
def test_mistake_is_one_sentence(portal: Portal, words: tuple[str, ...], says: str) -> None:
    reply = run(portal, *words)
    assert reply.exit_code == 1
    assert says in reply.output
    assert "Traceback" not in reply.output


def test_an_address_to_which_no_mail_can_go_is_pointed_out(portal: Portal) -> None:
    """It may be meant as a name to sign in with; a slip of the keyboard would be found months later."""
    assert (
        "No mail goes to 'li.na': that is no e-mail address." in run(portal, "add", "Li.Na", "--name", "L").output
    )
    assert "No mail" not in run(portal, "add", "li.na@office.example", "--name", "Li Na").output


def test_whoever_waits_for_training_or_has_no_key_is_named(portal: Portal) -> None:
    made = run(portal, "add", "a@b.c", "--name", "Ada", "--role", "case-officer", "--role", "moderator")
    assert "case-officer counts once Ada is trained for it (`staff train`)." in made.output
    assert "moderator counts" not in made.output
    course = run(portal, "train", "a@b.c", "report", "--on", "2026-02-09").output
    assert "There is no course called report. Courses are: evaluation, reports." in course
    other = person(portal, roles=["case-officer"], trusted=False)
    assert "Ada has no key yet" in run(portal, "enrol-first", other.address, "a@b.c").output


def test_same_address_twice_is_refused_whatever_its_case(portal: Portal) -> None:
    run(portal, "add", "a@b.c", "--name", "A")
    assert "Another person has this address." in run(portal, "add", "A@B.c", "--name", "B").output


def test_first_handlers_are_enrolled_and_everybody_else_needs_signatures(portal: Portal) -> None:
    people = [person(portal, roles=["case-officer"], trusted=False) for _ in range(3)]
    reply = run(portal, "enrol-first", people[0].address, people[1].address)
    assert reply.exit_code == 0, reply.output
    with portal.database.read() as session:
        found = trusted_keys(session, "cases.intake", load_anchors(portal.settings.var))
    assert {key.person_id for key in found} == {people[0].id, people[1].id}
    again = run(portal, "enrol-first", people[1].address, people[2].address)
    assert "enrolled before" in again.output


def test_grant_revoke_disable_enable(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    for words in (("grant", someone.address, "moderator"), ("revoke", someone.address, "moderator")):
        assert run(portal, *words).exit_code == 0
    run(portal, "disable", someone.address)
    assert try_sign_in(client, someone).status_code == 422
    run(portal, "enable", someone.address)
    assert try_sign_in(client, someone).status_code == 303
    with portal.database.read() as session:
        found = find_person_by_address(session, someone.address)
    assert found is not None and found.roles == ()
