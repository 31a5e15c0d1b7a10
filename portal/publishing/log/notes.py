"""Signed notes (C2SP signed-note): a text, an empty line, and a signature line for each key.

A verifier key reads ``<name>+<key id in hex>+<base64 of 0x01 ‖ Ed25519 public key>``; the key id is the
first four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ public key).
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from portal.publishing.log import ed25519

try:
    from nacl.exceptions import CryptoError
    from nacl.signing import SigningKey, VerifyKey
except ImportError:  # the standalone verifier on a machine without PyNaCl: it checks, and never signs
    SigningKey = VerifyKey = None  # type: ignore[assignment,misc]

_ED25519 = b"\x01"
_DASH = "— "


class BadNote(ValueError):
    """The note, or the key to check it with, is not well formed, or its signature does not hold."""


@dataclass(frozen=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key. Raises BadNote when its parts do not belong together."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            key = from_base64(encoded)
        except ValueError:
            raise BadNote("the key is not of the form name+id+key") from None
        verifier = cls(name, key[1:])
        if not is_name(name) or key[:1] != _ED25519 or len(key) != 33 or verifier.key_id.hex() != key_id:
            raise BadNote("the key's name, id and bytes do not belong together")
        return verifier


def is_name(name: str) -> bool:
    """Whether `name` can be a key name: not empty, no space, no plus sign."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def verifier_of(name: str, seed: bytes) -> Verifier:
    """The public side of the signing key with this 32-byte seed."""
    return Verifier(name, bytes(SigningKey(seed).verify_key))


def sign_note(text: str, name: str, *seeds: bytes) -> str:
    """Sign `text` (ending in a newline) under `name` with the Ed25519 key of each of these seeds."""
    if not is_name(name) or not _is_text(text) or not seeds:
        raise BadNote("a note needs a name without spaces or plus, a text that ends its last line, and a key")
    lines = []
    for seed in seeds:
        signature = SigningKey(seed).sign(text.encode()).signature
        encoded = base64.b64encode(verifier_of(name, seed).key_id + signature).decode()
        lines.append(f"{_DASH}{name} {encoded}\n")
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note, once its signature by `verifier` holds.

    Signatures by other keys are passed over. Raises BadNote when there is none by this key, or it fails.
    """
    text, signers = open_note_by(note, [verifier])
    if not signers:
        raise BadNote("not signed by the expected key")
    return text


def open_note_by(note: str, verifiers: Iterable[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """The text of a note, and those of `verifiers` that signed it.

    Signatures by other keys are passed over. Raises BadNote when one by a known key does not hold.
    """
    text, gap, signatures = note.rpartition("\n\n")
    text += "\n"
    if not gap or not _is_text(text) or not signatures.endswith("\n"):
        raise BadNote("not a signed note")
    known = {(one.name, one.key_id): one for one in verifiers}
    signers = []
    for name, signature in [_read_signature(line) for line in signatures[:-1].split("\n")]:
        verifier = known.get((name, signature[:4]))
        if verifier is None:
            continue
        if not signature_holds(verifier.public, text.encode(), signature[4:]):
            raise BadNote("the signature does not hold")
        signers.append(verifier)
    return text, tuple(signers)


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature is one by this key: by libsodium where it is there, else by our own code."""
    if VerifyKey is None:
        return ed25519.holds(public, message, signature)
    try:
        VerifyKey(public).verify(message, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True


def from_base64(text: str) -> bytes:
    """Strict base64: one spelling for each value. Raises ValueError for any other."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 with bits left over")
    return data


def _read_signature(line: str) -> tuple[str, bytes]:
    try:
        name, encoded = line.removeprefix(_DASH).split(" ")
        signature = from_base64(encoded)
    except ValueError:
        raise BadNote("a signature line is not well formed") from None
    if not line.startswith(_DASH) or not is_name(name) or len(signature) < 5:
        raise BadNote("a signature line is not well formed")
    return name, signature


def _is_text(text: str) -> bool:
    return text.endswith("\n") and len(text) > 1 and not any(ord(c) < 32 and c != "\n" for c in text)
