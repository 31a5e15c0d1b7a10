"""How the content of a case is sealed. Pure: bytes in, bytes out.

A case has numbered *epochs*. Each has one random desk key; the key shared with the reporter is derived from it,
so a handler's wrap opens everything of that epoch while the reporter's opens reports, their own files and messages
but no note, reason or file of an officer's. Everything is XChaCha20-Poly1305 with the case, the item, its kind and
the epoch authenticated: an item moved to another row or case does not open. Lengths are padded to powers of two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.cases.values import HolderKind, ItemKind
from portal.foundation import crypto, ids
from portal.foundation.padding import pad, unpad

KEY_BYTES = 32
SMALLEST_BUCKET = 1024
SMALLEST_FILE = 65536
_SHARED_ALONE = b"s"


@dataclass(frozen=True, slots=True)
class EpochKeys:
    """The opened keys of one epoch; `desk` is None in the reporter's hands, and whoever has it from them."""

    number: int
    desk: bytes | None
    shared: bytes

    def opens(self, kind: ItemKind) -> bool:
        return kind.shared or self.desk is not None

    def key_for(self, kind: ItemKind) -> bytes:
        """Raises ValueError when these hands hold no key for this kind."""
        if kind.shared:
            return self.shared
        if self.desk is None:
            raise ValueError("this key holder opens no internal item")
        return self.desk


def new_epoch(number: int) -> EpochKeys:
    return epoch_of_desk_key(number, ids.random_bytes(KEY_BYTES))


def epoch_of_desk_key(number: int, desk: bytes) -> EpochKeys:
    return EpochKeys(number, desk, crypto.hkdf(desk, "gongping shared with the reporter 1"))


def wrap(keys: EpochKeys, holder: HolderKind, public: bytes) -> bytes:
    """The epoch's key sealed to one public key; the reporter gets the shared key alone.

    From hands that hold no more than that, a handler gets the shared key too, marked as such.
    """
    return crypto.box_seal(public, _told(keys, holder))


def wrap_all(keys: EpochKeys, holders: Iterable[tuple[HolderKind, bytes]]) -> list[bytes]:
    """`wrap` for each of several holders and their public keys."""
    return crypto.box_seal_all([(public, _told(keys, holder)) for holder, public in holders])


def _told(keys: EpochKeys, holder: HolderKind) -> bytes:
    if holder is HolderKind.REPORTER:
        return keys.shared
    return _SHARED_ALONE + keys.shared if keys.desk is None else keys.desk


def unwrap(number: int, holder: HolderKind, private: bytes, sealed: bytes) -> EpochKeys:
    """Raises foundation.crypto.CannotOpen when the wrap is not for this key."""
    return unwrapped(number, holder, crypto.box_open(private, sealed))


def unwrapped(number: int, holder: HolderKind, opened: bytes) -> EpochKeys:
    """What a wrap says to whoever has opened it."""
    if holder is HolderKind.REPORTER:
        return EpochKeys(number, None, opened)
    if len(opened) > KEY_BYTES:
        return EpochKeys(number, None, opened.removeprefix(_SHARED_ALONE))
    return epoch_of_desk_key(number, opened)


def seal_item(keys: EpochKeys, *, case: str, item: str, kind: ItemKind, content: Mapping[str, Any]) -> bytes:
    return crypto.aead_seal(keys.key_for(kind), pack(content), _bound(case, item, kind, keys.number))


def open_item(keys: EpochKeys, *, case: str, item: str, kind: ItemKind, sealed: bytes) -> dict[str, Any]:
    return unpack(crypto.aead_open(keys.key_for(kind), sealed, _bound(case, item, kind, keys.number)))


def pack(content: Mapping[str, Any]) -> bytes:
    """JSON, padded so that its length says little."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return pad(data, SMALLEST_BUCKET)


def unpack(padded: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(unpad(padded).decode("utf-8", "surrogatepass"))
    return content


def _bound(case: str, item: str, kind: ItemKind, epoch: int) -> bytes:
    return f"gongping case item 1|{case}|{item}|{kind.value}|{epoch}".encode()
