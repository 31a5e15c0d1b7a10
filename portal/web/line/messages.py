"""What a web worker and the process that takes marks tell each other: one message a form, one an answer.

A message is a line of JSON, then the bytes of the form or of the answer. Its socket keeps messages whole and
apart, has a name that no file system knows (an abstract address of Linux), and is for processes of one user.
"""

import json
import os
import socket
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LONGEST = 256 * 1024
"""Bytes of a message, at most; the kernel takes no longer one."""

Headers = list[tuple[str, str]]

_ASKED = frozenset(
    {
        *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH"),
        *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "wsgi.url_scheme"),
    }
)
_CREDENTIALS = struct.Struct("3i")  # process, user, group: struct ucred


def address(name: str) -> str:
    return f"\0{name}"


def new_socket() -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
    return found


def received(peer: socket.socket) -> Iterator[bytes]:
    """Each message, until the other end is gone."""
    room = bytearray(LONGEST)
    view = memoryview(room)
    while size := _receive(peer, room):
        yield bytes(view[:size])


def _receive(peer: socket.socket, room: bytearray) -> int:
    try:
        return peer.recv_into(room)
    except OSError:
        return 0


def is_ours(peer: socket.socket) -> bool:
    """Whether the process at the other end belongs to the user we run as."""
    sent = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    user: int = _CREDENTIALS.unpack(sent)[1]
    return user == os.geteuid()


def form(number: int, sent: "WSGIEnvironment", body: bytes) -> bytes:
    """What was sent, and nothing that is the server's own; the answer will have the same number."""
    said = {name: value for name, value in sent.items() if name in _ASKED or name.startswith("HTTP_")}
    return _packed([number, said], body)


def read_form(message: bytes) -> tuple[int, "WSGIEnvironment", bytes]:
    (number, said), body = _unpacked(message)
    return number, said, body


def answer(number: int, status: int, headers: Headers, body: bytes) -> bytes:
    return _packed([number, status, headers], body)


def read_answer(message: bytes) -> tuple[int, int, Headers, bytes]:
    (number, status, headers), body = _unpacked(message)
    return number, status, [(name, value) for name, value in headers], body


def _packed(said: Any, body: bytes) -> bytes:
    return json.dumps(said).encode() + b"\n" + body


def _unpacked(message: bytes) -> tuple[Any, bytes]:
    said, _, body = message.partition(b"\n")
    return json.loads(said), body
