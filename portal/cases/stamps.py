"""What shows that a lock of a case was made by the portal. Pure: keys and names in, digests out.

Public keys and numbers of epochs lie in the database, and whoever can write there could add an epoch of their
own, or put their key in the place of a reporter's, and read what is written from then on. So each epoch bears a
stamp over its case, its number and its key, and each mailbox one over its case and its public key: an HMAC under
a server key outside the database. A key that was moved to another case or epoch does not bear its stamp.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.cases.sealing import EpochKeys
from portal.foundation import crypto

KEY = "locks"
"""The server key that stamps."""


def of_epoch(server_key: bytes, case: str, keys: EpochKeys) -> bytes:
    """Desk and reporter stamp alike: the shared key follows from the desk key, which nobody finds to fit it."""
    return crypto.hmac_digest(server_key, f"gongping epoch 1|{case}|{keys.number}|".encode() + keys.shared)


def of_former_epoch(server_key: bytes, case: str, number: int) -> bytes:
    """For an epoch from before, whose key the server cannot know: it opens what there is and takes nothing new."""
    return crypto.hmac_digest(server_key, f"gongping epoch from before 1|{case}|{number}".encode())


def of_mailbox(server_key: bytes, case: str, public: bytes) -> bytes:
    return crypto.hmac_digest(server_key, f"gongping mailbox 1|{case}|".encode() + public)


def fits(stamp: bytes | None, stamps: Iterable[bytes]) -> bool:
    """Whether it is one of those that this house's keys make."""
    return stamp is not None and any(crypto.same(stamp, one) for one in stamps)
