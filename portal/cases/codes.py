"""The reporter's code: seven words of the EFF long list, about 90 bits, shown once.

The code is looked up by an HMAC whose key lies outside the database; the mailbox key pair comes from the code
and the row's own salt, so that neither a dump nor one guess tried against every row opens anything. At 90 bits
a slow hash would add no safety and would hand floods a lever.
"""

from __future__ import annotations

import unicodedata

from portal.foundation import crypto
from portal.foundation.phrases import new_phrase


def new_code() -> str:
    return new_phrase()


def canonical(code: str) -> bytes:
    """The letters of a typed code alone: capitals, hyphens, commas, line breaks make no difference."""
    text = unicodedata.normalize("NFKC", code).lower()
    return "".join(c for c in text if "a" <= c <= "z").encode()


def lookup(code: str, lookup_key: bytes) -> bytes:
    """What the row of a mailbox is found by."""
    return crypto.hmac_digest(lookup_key, b"mailbox\0" + canonical(code))


def filing_nonce(code: str) -> bytes:
    """What salts the commitment to a report in the public log; it does not lead back to the code."""
    return crypto.hkdf(canonical(code), "gongping proof of filing 1")


def mailbox_keys(code: str, salt: bytes) -> crypto.BoxKeys:
    """The X25519 key pair of the mailbox, from the code and the row's salt."""
    return crypto.box_keys(crypto.hkdf(canonical(code), "gongping mailbox key 1", salt))
