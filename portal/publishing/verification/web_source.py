"""A log read from the address of a portal, as anybody can."""

import json
from collections.abc import Iterable, Sequence

from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.entries import Entry
from portal.publishing.values import Statement
from portal.publishing.verification.fetching import Fetcher
from portal.publishing.verification.source import Doubt, Refuted, Unreachable


class WebSource:
    """The log of the portal at `address` (http or https; it may have a path)."""

    def __init__(self, address: str) -> None:
        self._fetcher = Fetcher(address)

    def first_key(self) -> str | None:
        listed = self._text("/log/keys")
        return listed.splitlines()[0].split(" ")[-1] if listed else self._text("/log/key")

    def head(self) -> str | None:
        return self._text("/log/checkpoint")

    def checkpoint(self, n: int) -> str | None:
        return self._text(f"/log/checkpoints/{n}")

    def entry(self, n: int) -> bytes | None:
        return self._fetcher.whole(f"/log/entries/{n}")

    def chunk(self, sha256: str) -> bytes | None:
        return self._fetcher.whole(f"/log/chunks/{sha256}")

    def text(self, digest: str) -> SaltedWords | None:
        path = f"/log/texts/{digest}"
        body = self._fetcher.whole(path)
        if body is None:
            return None
        try:
            given = json.loads(body)
            salt = bytes.fromhex(given["salt"]) if given["salt"] is not None else None
            return SaltedWords(salt, given["text"], given["withdrawn_in"])
        except (ValueError, KeyError, TypeError):
            raise Unreachable(f"{path}: not a text") from None

    def file(self, edition: int, name: str) -> Iterable[bytes] | None:
        return self._fetcher.pieces(f"/data/editions/{edition}/{name}")

    def unkept(self, edition: int, name: str) -> Iterable[bytes] | None:
        return self._fetcher.pieces(f"/data/editions/{edition}/{name}?bom=0")

    def sums(self, edition: int) -> str | None:
        body = self._fetcher.whole(f"/data/editions/{edition}/SHA256SUMS", patient=False)
        return None if body is None else body.decode(errors="replace")

    def doubt_statements(self, entry: Entry, position: int, statements: Sequence[Statement]) -> Doubt | None:
        return None

    def doubt_entry(self, entry: Entry, statements: int) -> Doubt | None:
        return None

    def doubt_end(self, size: int) -> Refuted | None:
        if self.entry(size + 1) is not None:
            return Refuted(size + 1, "it is shown, but the newest signed head does not cover it.")
        return None

    def _text(self, path: str) -> str | None:
        body = self._fetcher.whole(path)
        try:
            return None if body is None else body.decode()
        except UnicodeDecodeError:
            raise Unreachable(f"{path}: not text") from None
