"""An authenticator in software: what a phone or a security key answers, made the way WebAuthn describes.

key = Authenticator()
text = key.create(options)      options: as the page gives them, JSON
text = key.get(options)
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from portal.accounts.passkeys import written
from portal.foundation.ids import random_bytes
from tests.conftest import ORIGIN

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def options_on(page: str) -> dict[str, Any]:
    """What the page's script would ask the browser with."""
    said: dict[str, Any] = json.loads(unescape(page.split('data-passkey-options="')[1].split('"')[0]))
    return said


@dataclass
class Authenticator:
    origin: str = ORIGIN
    id: bytes = field(default_factory=lambda: random_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def create(self, options: dict[str, Any]) -> str:
        client = self._client("webauthn.create", options)
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(self._cose())
        data = self._data(options["rp"]["id"], PRESENT | VERIFIED | WITH_KEY) + about
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=attested)

    def get(self, options: dict[str, Any]) -> str:
        self.count += 1
        client = self._client("webauthn.get", options)
        data = self._data(options["rpId"], PRESENT | VERIFIED)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, party: str, flags: int) -> bytes:
        return sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> dict[int, Any]:
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    def _answer(self, **response: bytes) -> str:
        said = {name: written(data) for name, data in response.items()}
        return json.dumps(
            {
                "id": written(self.id),
                "rawId": written(self.id),
                "type": "public-key",
                "response": said,
                "clientExtensionResults": {},
            }
        )
