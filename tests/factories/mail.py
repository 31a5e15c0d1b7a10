"""A real mail server on loopback that keeps what it is given, or refuses as it is told.

with mail_server() as server: ... server.url, server.letters, server.refuse("li.na@office.example", 550)
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


@dataclass
class Received:
    """One letter as it came in: the envelope's address, whether the line was encrypted, and the letter."""

    to: str
    encrypted: bool
    raw: bytes

    @property
    def letter(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        return str(self.letter.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    letters: list[Received] = field(default_factory=list)
    url: str = ""
    users: list[tuple[str, str]] = field(default_factory=list)
    _replies: dict[str, int] = field(default_factory=dict)

    def refuse(self, address: str, code: int) -> None:
        self._replies[address] = code

    def take(self, address: str) -> None:
        del self._replies[address]

    @property
    def to(self) -> list[str]:
        return [received.to for received in self.letters]

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self._replies:
            return f"{self._replies[address]} not for <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        for address in envelope.rcpt_tos:
            self.letters.append(Received(address, session.ssl is not None, envelope.original_content))
        return "250 OK"

    def authenticate(self, *given: Any) -> AuthResult:
        login = given[-1]
        assert isinstance(login, LoginPassword)
        self.users.append((login.login.decode(), login.password.decode()))
        return AuthResult(success=login.password == b"p@ss/word", handled=False)  # the server answers


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, sign_in: bool = False) -> Iterator[MailServer]:
    """A server on a free port; with `tls` it offers STARTTLS, with `sign_in` it wants a user and a password."""
    kept = MailServer()
    options: dict[str, Any] = {
        "hostname": "mail.test",
        "tls_context": tls,
        "auth_required": sign_in,
        "authenticator": kept.authenticate,
    }
    loop = asyncio.new_event_loop()

    async def open_server() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(kept, loop=loop, **options), "127.0.0.1", 0)

    thread = threading.Thread(target=loop.run_forever)  # the thread of the tests may have a browser's loop running
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(open_server(), loop).result()
        kept.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield kept
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """In the thread that serves; connections that are still open end with the server."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
