"""Everybody says for themselves whether and in which language mail tells them that something waits."""

import pytest
from click.testing import CliRunner

from portal.accounts.cli import staff
from portal.accounts.errors import NoSuchLanguage
from portal.accounts.queries import get_person
from portal.accounts.services import choose_mail
from portal.foundation.context import Portal
from tests.accounts.browsing import send
from tests.factories.accounts import SYSTEM, Someone, person, sign_in
from tests.pages import PageClient


def chosen(portal: Portal, someone: Someone) -> str:
    with portal.database.read() as session:
        return get_person(session, someone.id).mail


def test_one_chooses_at_the_desk(client: PageClient, portal: Portal) -> None:
    ada = person(portal)
    sign_in(client, ada)
    page = client.get("/desk/mail")
    assert "This portal sends no mail" in page.text
    for wish, kept in (("zh_Hans", "zh_Hans"), ("none", "none"), ("office", "")):
        answer = send(client, "/desk/mail", mail=wish)
        assert answer.status_code == 303
        assert chosen(portal, ada) == kept
    assert send(client, "/desk/mail", mail="fr").status_code == 422
    assert chosen(portal, ada) == ""


def test_whoever_runs_the_machine_chooses_for_somebody(portal: Portal) -> None:
    ada = person(portal)
    for word, kept in (("zh_Hans", "zh_Hans"), ("none", "none"), ("office", "")):
        result = CliRunner().invoke(staff, ["mail", ada.address, word], obj=portal)
        assert (result.exit_code, chosen(portal, ada)) == (0, kept)
    assert CliRunner().invoke(staff, ["mail", ada.address, "fr"], obj=portal).exit_code == 2


def test_no_other_language_is_kept(portal: Portal) -> None:
    ada = person(portal)
    with portal.database.write() as session, pytest.raises(NoSuchLanguage):
        choose_mail(session, person_id=ada.id, mail="fr", actor=SYSTEM, now=portal.clock.now())
