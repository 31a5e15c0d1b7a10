"""Sending mail by the office's own server: one short letter to one address, over a connection kept for a few.

Failures carry no text of the server's, which may quote an address: only whether trying again makes sense.

Exception
└── MailFailed
    ├── ServerAway        no connection, no encryption, or no sign-in: nothing can be sent now
    └── LetterRefused     this letter was not taken; `code` is the server's reply code (RFC 5321, 4.2)
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portal.config import MAIL_ADDRESS, Settings

TIMEOUT = 10.0  # seconds for each step: the runner has other work


class MailFailed(Exception):
    """Something was not sent."""


class ServerAway(MailFailed):
    """The server cannot be used now."""


class LetterRefused(MailFailed):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_final(self) -> bool:
        """Whether the server said that trying again is of no use."""
        return self.code >= 500


def is_mail_address(text: str) -> bool:
    """Whether mail can go there: plain ASCII, nothing that could end a header or name a second address."""
    return MAIL_ADDRESS.fullmatch(text) is not None


class Post:
    """An open connection to the server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def send(self, letter: EmailMessage) -> None:
        """Raises LetterRefused, ServerAway."""
        try:
            self._server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            raise LetterRefused(min(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPServerDisconnected:
            raise ServerAway from None
        except smtplib.SMTPResponseException as error:
            raise LetterRefused(error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise ServerAway from None


@contextmanager
def post_office(settings: Settings) -> Iterator[Post]:
    """A connection as `smtp_url` says: with `starttls` and `smtps` never without encryption. Raises ServerAway."""
    try:
        server = _opened(settings)
    except (smtplib.SMTPException, OSError, ValueError):
        raise ServerAway from None
    try:
        yield Post(server)
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _opened(settings: Settings) -> smtplib.SMTP:
    url = urlsplit(settings.smtp_url)
    host, port = url.hostname or "", url.port or {"smtp": 25, "starttls": 587, "smtps": 465}[url.scheme]
    known_as = urlsplit(settings.origin).hostname or "localhost"  # else smtplib asks the network for a name
    server: smtplib.SMTP
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(host, port, local_hostname=known_as, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, local_hostname=known_as, timeout=TIMEOUT)
    try:
        if url.scheme == "starttls":
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), _password(settings, url.password))
    except BaseException:
        server.close()
        raise
    return server


def _password(settings: Settings, in_url: str | None) -> str:
    if settings.smtp_password_file:
        return Path(settings.smtp_password_file).read_text(encoding="utf-8").strip()
    return unquote(in_url or "")
