"""Mail goes out by the office's server as the settings say, or not at all: never in clear against them."""

import socket
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.config import LANGUAGES, Settings, UnsafeSettings, listed_hours, load_settings
from portal.foundation.i18n import LOCALES
from portal.foundation.mail import LetterRefused, ServerAway, is_mail_address, post_office
from tests.factories.certificates import certificate
from tests.factories.mail import mail_server

FROM = "portal@office.example"


def settings(url: str, **fields: object) -> Settings:
    return Settings(smtp_url=url, mail_from=FROM, origin="https://portal.test", **fields)  # type: ignore[arg-type]


def letter(to: str = "li.na@office.example") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = FROM, to, "Hello"
    made.set_content("Words.")
    return made


def test_a_letter_is_taken_by_a_real_server() -> None:
    with mail_server() as server:
        with post_office(settings(server.url)) as post:
            post.send(letter())
            post.send(letter("chen.wei@office.example"))
        assert server.to == ["li.na@office.example", "chen.wei@office.example"]
        assert server.letters[0].text == "Words.\n"


@pytest.mark.parametrize("code", [451, 550])
def test_a_refusal_says_by_its_code_whether_it_is_final_and_nothing_else(code: int) -> None:
    with mail_server() as server, post_office(settings(server.url)) as post:
        server.refuse("li.na@office.example", code)
        with pytest.raises(LetterRefused) as refused:
            post.send(letter())
        assert refused.value.is_final is (code == 550)
        assert "li.na" not in repr(refused.value)
        post.send(letter("chen.wei@office.example"))
        assert server.to == ["chen.wei@office.example"]


def test_a_server_that_is_not_there_is_away() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServerAway), post_office(settings(url)):
            pass


def test_where_encryption_is_asked_for_and_not_offered_nothing_is_sent() -> None:
    with mail_server() as server:
        with pytest.raises(ServerAway), post_office(settings(server.url.replace("smtp:", "starttls:"))) as post:
            post.send(letter())
        assert server.letters == []


def test_starttls_signs_in_behind_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = certificate(tmp_path, "127.0.0.1")
    (tmp_path / "password").write_text("p@ss/word\n")
    with mail_server(tls=own.for_server, sign_in=True) as server:
        at = server.url.removeprefix("smtp://")
        of_file = settings(f"starttls://portal@{at}", smtp_password_file=str(tmp_path / "password"))
        with pytest.raises(ServerAway), post_office(of_file):
            pass  # nobody vouches for this certificate
        assert server.users == []
        monkeypatch.setenv("SSL_CERT_FILE", str(own.chain))
        for found in (of_file, settings(f"starttls://portal:p%40ss%2Fword@{at}")):
            with post_office(found) as post:
                post.send(letter())
        with pytest.raises(ServerAway), post_office(settings(f"starttls://portal:wrong@{at}")):
            pass
    assert server.users[:2] == [("portal", "p@ss/word")] * 2
    assert [received.encrypted for received in server.letters] == [True, True]


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "li.na",
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "<a@b>",
        "a b@c",
        "a@b@c",
        "é@office.example",
        "a@",
        "a@-b",
        "a@b\n",
        "a..b@office.example",
        ".a@office.example",
        "a.@office.example",
        "a@office..example",
        "a@.example",
        "a@office-.example",
        "=?utf-8?q?a?=@office.example",
        "a" * 65 + "@office.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_what_could_end_a_header_or_name_a_second_address_is_no_address(hostile: str) -> None:
    assert not is_mail_address(hostile)


@settings_of_hypothesis(max_examples=1000)
@given(st.from_regex(r"[aQ=?.+%_-]{1,7}@[a0.-]{1,5}", fullmatch=True))
def test_what_is_taken_for_an_address_can_stand_in_a_letter_as_it_is(text: str) -> None:
    """One that could not would end the work for everybody who is written to after it."""
    if is_mail_address(text):
        assert Address(addr_spec=text).addr_spec == text


@pytest.mark.parametrize("plain", ["li.na@office.example", "a+b@x.cn", "o'brien@office.example", "x@localhost"])
def test_plain_addresses_are_addresses(plain: str) -> None:
    assert is_mail_address(plain)


@pytest.mark.parametrize(
    "fields",
    [
        {"smtp_url": "http://mail.example", "mail_from": FROM},
        {"smtp_url": "smtp://", "mail_from": FROM},
        {"smtp_url": "smtp://mail.example:port", "mail_from": FROM},
        {"smtp_url": "smtps://mail.example/path", "mail_from": FROM},
        {"smtp_url": "smtp://portal:s3cret@mail.example", "mail_from": FROM},
        {"smtp_url": "smtps://portal:s3cret@mail.example"},
        {"smtp_url": "smtps://portal:s3cret@mail.example", "mail_from": "the portal"},
        {"mail_hours": "9,24"},
        {"mail_hours": ""},
        {"mail_language": "fr"},
    ],
)
def test_settings_that_cannot_send_or_would_tell_a_password_stop_the_start(
    fields: dict[str, str],
) -> None:
    with pytest.raises(UnsafeSettings) as stopped:
        load_settings(mode="test", **fields)
    assert "s3cret" not in str(stopped.value)


def test_the_address_of_the_server_is_not_shown_with_the_settings() -> None:
    found = settings("smtps://portal:s3cret@mail.example")
    assert "s3cret" not in repr(found)
    assert found.environment()["PORTAL_SMTP_URL"] == "smtps://portal:s3cret@mail.example"


def test_hours_come_in_order_and_languages_are_those_of_the_pages() -> None:
    assert listed_hours("15, 9,9") == (9, 15)
    assert LANGUAGES == LOCALES
    with pytest.raises(ValidationError):
        Settings(mail_hours="nine")
