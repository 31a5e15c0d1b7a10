"""Encrypting a stream chunk by chunk (libsodium secretstream), so that plain bytes never wait on a disk.

File layout: 24 bytes of header, then frames of at most CHUNK + 17 bytes; the last frame carries the final tag,
so that a shortened file is noticed.
"""

from collections.abc import Iterator
from typing import BinaryIO

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)
from nacl.exceptions import CryptoError

from portal.foundation.crypto import CannotOpen

CHUNK = 64 * 1024
FRAME = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES


class SealingWriter:
    """Takes plain bytes, gives encrypted frames to `target`. Call `finish` exactly once."""

    def __init__(self, target: BinaryIO, key: bytes, aad: bytes = b"") -> None:
        self._target = target
        self._aad = aad
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._pending = bytearray()
        self.size = 0
        target.write(crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def write(self, data: bytes) -> int:
        self._pending += data
        self.size += len(data)
        while len(self._pending) > CHUNK:
            self._push(bytes(self._pending[:CHUNK]), crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
            del self._pending[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._push(bytes(self._pending), crypto_secretstream_xchacha20poly1305_TAG_FINAL)
        self._pending.clear()

    def _push(self, data: bytes, tag: int) -> None:
        self._target.write(crypto_secretstream_xchacha20poly1305_push(self._state, data, self._aad or None, tag))


def open_stream(source: BinaryIO, key: bytes, aad: bytes = b"") -> Iterator[bytes]:
    """Yield the plain chunks. Raises CannotOpen for a wrong key, a changed or a shortened file."""
    state = crypto_secretstream_xchacha20poly1305_state()
    header = source.read(crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    try:
        crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
        while True:
            frame = source.read(FRAME)
            if not frame:
                raise CannotOpen
            data, tag = crypto_secretstream_xchacha20poly1305_pull(state, frame, aad or None)
            yield data
            if tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL:
                break
    except (CryptoError, ValueError, TypeError, RuntimeError):
        raise CannotOpen from None
    if source.read(1):
        raise CannotOpen
