"""Pass phrases: long, shown once, one slow run split in two halves that do not tell of each other."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from portal.accounts.cli import ROTATABLE, staff
from portal.accounts.codes import current_code
from portal.accounts.errors import TooBusy
from portal.accounts.key_pairs import generate, open_private, seal_private
from portal.accounts.passwords import Cost, Stretcher
from portal.accounts.queries import trusted_keys
from portal.accounts.services import issue_start_code, load_anchors
from portal.config import Settings
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.crypto import CannotOpen
from portal.foundation.phrases import WORDS, new_phrase, normalise, word_list
from tests.accounts.browsing import is_signed_in, send, try_sign_in
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.pages import PageClient

CHEAP = Stretcher(Cost(64, 1, 1), 2)


def later(portal: Portal, **how_much: Any) -> None:
    portal.clock.at += timedelta(**how_much)  # type: ignore[attr-defined]


def test_full_cost_is_the_default_and_works() -> None:
    """64 MiB, four passes, two lanes: the only test that pays for it."""
    full = Stretcher.of(Settings())
    assert full.cost == Cost(65536, 4, 2)
    one = full.stretch("seven words", salt=bytes(16))
    assert one == full.stretch(" Seven-words ", salt=bytes(16))
    assert len(one.verifier) == len(one.opener) == 32
    assert one.verifier != one.opener


def test_phrase_has_seven_words_of_a_list_that_gives_ninety_bits() -> None:
    phrase = new_phrase()
    assert len(phrase.split()) == WORDS == 7
    assert len(word_list()) ** WORDS > 2**90
    assert normalise(phrase.upper().replace(" ", "  - ")) == phrase


def test_private_keys_need_phrase_and_server_key_both() -> None:
    _, private = generate("p" * 26)
    opener = CHEAP.stretch("phrase", salt=bytes(16)).opener
    sealed = seal_private(private, person_id="p" * 26, opener=opener, server_key=b"s" * 32)

    def opened(person_id: str = "p" * 26, opener: bytes = opener, key: bytes = b"s" * 32) -> object:
        return open_private(sealed, key_id=private.key_id, person_id=person_id, opener=opener, server_keys=[key])

    assert opened() == private
    verifier = CHEAP.stretch("phrase", salt=bytes(16)).verifier
    for wrong in ({"opener": verifier}, {"opener": bytes(32)}, {"key": bytes(32)}, {"person_id": "q" * 26}):
        with pytest.raises(CannotOpen):
            opened(**wrong)  # type: ignore[arg-type]


def test_too_many_runs_at_once_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.accounts import passwords

    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.01)
    lone = Stretcher(CHEAP.cost, 1)
    with passwords._turn(1, False), pytest.raises(TooBusy):
        lone.stretch("phrase", salt=bytes(16))
    assert lone.stretch("phrase", salt=bytes(16))


def start(portal: Portal, someone: Someone) -> str:
    with portal.database.write() as session:
        return issue_start_code(
            session,
            person_id=someone.id,
            stretcher=Stretcher.of(portal.settings),
            actor=Actor.system(),
            now=portal.clock.now(),
        ).phrase


def shown(page: str) -> tuple[str, str]:
    phrase = page.split('class="gp-secret">')[1].split("<")[0]
    secret = page.split('class="govuk-body gp-code">')[1].split("<")[0].replace(" ", "")
    return phrase, secret


def test_setting_up_with_a_start_phrase(portal: Portal, client: PageClient) -> None:
    someone = person(portal, roles=["case-officer"])
    begun = start(portal, someone)
    reply = try_sign_in(client, someone, phrase=begun, code="")
    assert reply.headers["Location"] == "/desk/set-up"
    assert client.get("/desk").headers["Location"] == "/desk/set-up"  # nothing else is open yet
    phrase, secret = shown(client.get("/desk/set-up").get_data(as_text=True))
    assert phrase != begun
    wrong = send(client, "/desk/set-up", phrase="other words", code="000000")
    assert wrong.status_code == 422
    code = current_code(secret, portal.clock.now())
    assert send(client, "/desk/set-up", phrase=phrase, code=code).status_code == 303
    assert not is_signed_in(client)
    assert try_sign_in(client, someone, phrase=begun, code="").status_code == 422  # good once
    assert try_sign_in(client, someone, phrase=phrase, code=code).status_code == 422  # this code was used
    later(portal, seconds=30)
    code = current_code(secret, portal.clock.now())
    assert try_sign_in(client, someone, phrase=phrase, code=code).status_code == 303
    assert is_signed_in(client)


def test_reset_ends_sessions_and_takes_the_old_phrase_away(portal: Portal, client: PageClient) -> None:
    someone = person(portal, roles=["case-officer"])
    sign_in(client, someone)
    start(portal, someone)
    assert not is_signed_in(client)
    assert try_sign_in(client, someone).status_code == 422
    with portal.database.read() as session:
        assert trusted_keys(session, "cases.intake", load_anchors(portal.settings.var)) == ()


def test_start_phrase_expires_after_a_week(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    begun = start(portal, someone)
    later(portal, days=7)
    assert try_sign_in(client, someone, phrase=begun, code="").status_code == 422


def test_changing_the_phrase_keeps_the_key_and_ends_other_sessions(portal: Portal, client: PageClient) -> None:
    someone, elsewhere = person(portal, roles=["case-officer"]), new_client(portal)
    sign_in(elsewhere, someone)
    sign_in(client, someone)
    assert send(client, "/desk/phrase", phrase="wrong words").status_code == 422
    assert send(client, "/desk/phrase", phrase=someone.phrase).status_code == 303
    page = client.get("/desk/phrase/new").get_data(as_text=True)
    phrase = page.split('class="gp-secret">')[1].split("<")[0]
    assert send(client, "/desk/phrase/new", phrase="not it").status_code == 422
    assert send(client, "/desk/phrase/new", phrase=phrase).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    fresh = new_client(portal)
    assert try_sign_in(fresh, someone).status_code == 422
    later(portal, seconds=61)
    assert try_sign_in(fresh, someone, phrase=phrase).status_code == 303
    with portal.database.read() as session:
        keys = trusted_keys(session, "cases.intake", load_anchors(portal.settings.var))
    assert [key.key_id for key in keys] == [someone.private.key_id]


def test_rotated_server_keys_lock_nobody_out(portal: Portal, client: PageClient) -> None:
    someone = person(portal, roles=["case-officer"])
    for name in ROTATABLE:
        done = CliRunner().invoke(staff, ["rotate-key", name], obj=portal)
        assert done.exit_code == 0 and len(portal.keys.every(name)) == 2
    assert try_sign_in(client, someone).status_code == 303
    assert client.get("/desk/phrase").status_code == 200
    assert send(client, "/desk/phrase", phrase=someone.phrase).status_code == 303  # the keys were opened
