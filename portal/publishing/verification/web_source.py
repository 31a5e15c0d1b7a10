"""A log read from the address of a portal, as anybody can."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from portal.publishing.log.digests import SaltedWords
from portal.publishing.log.entries import Entry
from portal.publishing.values import Statement
from portal.publishing.verification.source import Refuted, Unreachable

_TIMEOUT = 60
_BLOCK = 1 << 16
_MOST_WAITS = 20


class WebSource:
    """The log of the portal at `address` (http or https; it may have a path)."""

    def __init__(self, address: str) -> None:
        if urlsplit(address).scheme not in {"http", "https"}:
            raise Unreachable(f"{address} is not an http or https address.")
        self._address = address.rstrip("/")

    def key(self) -> str | None:
        return self._text("/log/key")

    def head(self) -> str | None:
        return self._text("/log/checkpoint")

    def checkpoint(self, n: int) -> str | None:
        return self._text(f"/log/checkpoints/{n}")

    def entry(self, n: int) -> bytes | None:
        return self._bytes(f"/log/entries/{n}")

    def chunk(self, sha256: str) -> bytes | None:
        return self._bytes(f"/log/chunks/{sha256}")

    def text(self, digest: str) -> SaltedWords | None:
        body = self._bytes(f"/log/texts/{digest}")
        if body is None:
            return None
        try:
            given = json.loads(body)
            salt = bytes.fromhex(given["salt"]) if given["salt"] is not None else None
            return SaltedWords(salt, given["text"], given["withdrawn_in"])
        except (ValueError, KeyError, TypeError):
            raise Unreachable(f"the text {digest} cannot be read from {self._address}.") from None

    def file(self, edition: int, name: str) -> Iterable[bytes] | None:
        return self._stream(f"/data/editions/{edition}/{name}")

    def doubt_statements(self, entry: Entry, position: int, statements: Sequence[Statement]) -> str | None:
        return None

    def doubt_entry(self, entry: Entry, statements: int) -> str | None:
        return None

    def doubt_end(self, size: int) -> Refuted | None:
        if self.entry(size + 1) is not None:
            return Refuted(size + 1, "it is shown, but the newest signed head does not cover it.")
        return None

    def _text(self, path: str) -> str | None:
        body = self._bytes(path)
        try:
            return None if body is None else body.decode()
        except UnicodeDecodeError:
            raise Unreachable(f"{self._address}{path} is not text.") from None

    def _bytes(self, path: str) -> bytes | None:
        pieces = self._stream(path)
        return None if pieces is None else b"".join(pieces)

    def _stream(self, path: str) -> Iterable[bytes] | None:
        """The body at `path`, None for 404; a withdrawn text (410) has a body too."""
        for _ in range(_MOST_WAITS):
            # the scheme was checked when the source was made
            request = Request(self._address + path, headers={"User-Agent": "gongping-log-verify"})  # noqa: S310
            try:
                return _pieces(urlopen(request, timeout=_TIMEOUT))  # noqa: S310
            except HTTPError as error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
                if error.code == HTTPStatus.GONE:
                    return _pieces(error)
                if error.code not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
                    raise Unreachable(f"{self._address}{path} answers {error.code}.") from None
                time.sleep(_seconds(error.headers.get("Retry-After")))
            except (OSError, HTTPException) as error:
                raise Unreachable(f"{self._address}{path} cannot be reached: {error}.") from None
        raise Unreachable(f"{self._address}{path} stays busy.")


def _pieces(response: object) -> Iterator[bytes]:
    with response as open_response:  # type: ignore[attr-defined]
        try:
            while block := open_response.read(_BLOCK):
                yield block
        except (OSError, HTTPException) as error:
            raise Unreachable(f"the answer broke off: {error}.") from None


def _seconds(retry_after: str | None) -> int:
    return min(int(retry_after), 60) if retry_after and retry_after.isdecimal() else 1
