"""The other side of the line: the process that takes marks, so many at a time, first come, first served."""

import contextlib
import io
import socket
import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, NoReturn

import structlog

from portal.web.cache.asking import Reply
from portal.web.line import messages

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

AT_ONCE = 16
"""So many are worked on at the same time: those that come to their commit together share it."""

Form = tuple[socket.socket, bytes]

log = structlog.get_logger()


def opened(name: str) -> socket.socket:
    """Where those who stand in lines of this name will knock."""
    door = messages.new_socket()
    door.bind(messages.address(name))
    door.listen()
    return door


def take(door: socket.socket, app: "WSGIApplication", *, at_once: int = AT_ONCE) -> NoReturn:
    """Answer what comes through the door, until the main thread is interrupted; those who stand in a line then are
    still answered, for this process outlives their ends of it."""
    forms: SimpleQueue[Form] = SimpleQueue()
    for _ in range(at_once):
        threading.Thread(target=_work, args=(forms, app), daemon=True).start()
    with door:
        while True:
            peer, _ = door.accept()
            if messages.is_ours(peer):
                threading.Thread(target=_hear, args=(peer, forms)).start()
            else:
                peer.close()


def _hear(peer: socket.socket, forms: "SimpleQueue[Form]") -> None:
    with peer:
        for message in messages.received(peer):
            forms.put((peer, message))


def _work(forms: "SimpleQueue[Form]", app: "WSGIApplication") -> None:
    while True:
        peer, message = forms.get()
        number, sent, body = messages.read_form(message)
        said = _answered(app, number, sent, body)
        with contextlib.suppress(OSError):  # who asked is gone
            peer.send(said)


def _answered(app: "WSGIApplication", number: int, sent: "WSGIEnvironment", body: bytes) -> bytes:
    try:
        said = messages.answer(number, *_ask(app, sent, body))
        if len(said) > messages.LONGEST:
            raise ValueError("the answer is longer than a message")
    except Exception as error:
        log.error("mark not taken", kind=type(error).__name__)
        return messages.answer(number, 500, [], b"")
    return said


def _ask(app: "WSGIApplication", sent: "WSGIEnvironment", body: bytes) -> tuple[int, messages.Headers, bytes]:
    """What the application answers, whole."""
    reply = Reply()
    parts = app(
        {
            **sent,
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        },
        reply,
    )
    try:
        return int(reply.status.partition(" ")[0]), reply.headers, b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
