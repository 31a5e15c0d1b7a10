"""The web worker's side of the line: it hands forms on, and gives each answer to whoever waits for it."""

import io
import itertools
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from portal.web.headers import surface
from portal.web.line import messages
from portal.web.locale import split_locale
from portal.web.plain import FORM, length_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FULL = "portal.line-full"
"""Under this name the environment of a request says that it found no place in the line, or lost it."""
PLACES = 250
"""So many wait in each web worker, at most; two thousand are taken in a second."""

_MOST_BYTES = 32 * 1024  # a comment of any length that is taken, each character escaped


class Sending(Protocol):
    """What an answer is given to; the server has one for each request."""

    def response_bytes(self, status: int, headers: messages.Headers, body: bytes) -> None: ...


class Line:
    """Those who wait in one process for the one of `name`. `views` answers whoever does not wait, at once."""

    def __init__(
        self, name: str, views: Callable[[Sending, "WSGIEnvironment"], object], places: int = PLACES
    ) -> None:
        self._name = name
        self._views = views
        self._places = places
        self._numbers = itertools.count()
        self._waiting: dict[int, tuple[Sending, WSGIEnvironment]] = {}
        self._door = threading.Lock()
        self._peer: socket.socket | None = None

    def __call__(self, sending: Sending, sent: "WSGIEnvironment") -> None:
        """Have a request answered: a mark when its turn has come, anything else now."""
        if sent["REQUEST_METHOD"] != "POST" or not _is_mark(sent) or not self._stands(sending, sent):
            self._views(sending, sent)

    def _stands(self, sending: Sending, sent: "WSGIEnvironment") -> bool:
        """Give a form its place; False leaves it to the views, who are told when there was none."""
        peer = self._peer or self._connected()
        if peer is None:
            return False
        length = int(sent["CONTENT_LENGTH"])
        try:
            body = sent["wsgi.input"].read(length)
        except Exception:  # whoever sent it is gone; the views say so to nobody, and write down nothing of it
            return False
        sent["wsgi.input"] = io.BytesIO(body)  # the views may want to read it, too
        number = next(self._numbers)
        message = messages.form(number, sent, body)
        if len(body) != length or len(message) > messages.LONGEST:
            return False
        if len(self._waiting) >= self._places:
            sent[FULL] = True
            return False
        self._waiting[number] = sending, sent
        try:
            peer.send(message, socket.MSG_DONTWAIT)
        except OSError:  # it takes in no more, or it is gone and everybody has been told
            if self._waiting.pop(number, None) is not None:
                sent[FULL] = True
                return False
        return True

    def _connected(self) -> socket.socket | None:
        with self._door:
            if self._peer is None:
                peer = messages.new_socket()
                try:
                    peer.connect(messages.address(self._name))
                except OSError:
                    peer.close()
                    return None
                self._peer = peer
                threading.Thread(target=self._hear, args=(peer,), daemon=True).start()
            return self._peer

    def _hear(self, peer: socket.socket) -> None:
        """Give the answers on, until there will be none."""
        for message in messages.received(peer):
            number, status, headers, body = messages.read_answer(message)
            sending, _ = self._waiting.pop(number)
            sending.response_bytes(status, headers, body)
        with self._door:
            self._peer = None
            peer.close()
        while self._waiting:  # nobody knows what became of theirs: to send it again changes nothing
            _, (sending, sent) = self._waiting.popitem()
            sent[FULL] = True
            self._views(sending, sent)


def _is_mark(sent: "WSGIEnvironment") -> bool:
    """Whether it is a form of those who rate, and a small one."""
    return (
        surface(split_locale(sent["PATH_INFO"])[1]) == "rate"
        and sent.get("CONTENT_TYPE", "").startswith(FORM)
        and length_of(sent, most=_MOST_BYTES) is not None
    )
