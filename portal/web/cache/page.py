"""One published reply as the cache keeps it: compressed once, tagged with the digest of its bytes."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
SMALLEST_COMPRESSED = 512
KEPT_LEVEL = 6
ONCE_LEVEL = 1
"""What is sent once only is compressed quickly, and only for who takes it; level 0 is not at all."""
_ENTRY_OVERHEAD = 1024
_TEXT = ("text/", "application/json", "image/svg+xml", "application/atom+xml")


@dataclass(frozen=True)
class Page:
    """One reply, ready to send: plain and, where it helps, compressed, each with its own tag."""

    plain: bytes
    headers: Headers
    packed: bytes | None
    packed_headers: Headers
    tags: frozenset[str]
    carried: bool

    @classmethod
    def of(cls, body: bytes, headers: Headers, *, carried: bool = False, level: int = KEPT_LEVEL) -> "Page":
        """The page that Flask answered with this body and these headers."""
        kept = [(name, value) for name, value in headers if name.lower() not in _OWN]
        kept.append(("Vary", _vary(headers)))
        if not any(name.lower() == "cache-control" for name, _ in kept):
            kept.append(("Cache-Control", "public, max-age=0, must-revalidate"))
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        packed = None
        if level and len(body) >= SMALLEST_COMPRESSED and kind.startswith(_TEXT):
            packed = gzip.compress(body, level, mtime=0)
        return cls.ready(body, packed, kept, carried=carried)

    @classmethod
    def ready(cls, plain: bytes, packed: bytes | None, kept: Headers, *, carried: bool) -> "Page":
        """The page of these bytes; `kept` are the headers that do not depend on how it is sent."""
        digest = digest_of(plain)
        tag, packed_tag = f'"{digest}"', f'"{digest}-gzip"'
        length = ("Content-Length", str(len(plain)))
        packed_length = ("Content-Length", str(len(packed or b"")))
        return cls(
            plain,
            [*kept, length, ("ETag", tag)],
            packed,
            [*kept, packed_length, ("ETag", packed_tag), ("Content-Encoding", "gzip")],
            frozenset({tag, packed_tag}),
            carried,
        )

    @property
    def kept_headers(self) -> Headers:
        """What `ready` was given."""
        return [pair for pair in self.headers if pair[0] not in _SENT]

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed or b"") + _ENTRY_OVERHEAD

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        use_packed = self.packed is not None and accepts_gzip(environ)
        headers = self.packed_headers if use_packed else self.headers
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted and (wanted == "*" or not self.tags.isdisjoint(_tags_in(wanted))):
            start_response("304 Not Modified", [pair for pair in headers if pair[0] not in _OF_THE_BODY])
            return ()
        start_response("200 OK", list(headers))
        if environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return (self.packed if use_packed and self.packed is not None else self.plain,)


_OWN = frozenset({"content-length", "etag", "vary", "content-encoding"})
_SENT = frozenset({"Content-Length", "ETag"})
_OF_THE_BODY = frozenset({"Content-Length", "Content-Type", "Content-Encoding"})


def digest_of(data: bytes) -> str:
    """128 bits of SHA-256: what tags show of a page's bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def accepts_gzip(environ: "WSGIEnvironment") -> bool:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and not _refuses_gzip(accepted)


def _vary(headers: Headers) -> str:
    """What the view varies by, and the encoding, which is chosen here."""
    said = [part.strip() for name, value in headers if name.lower() == "vary" for part in value.split(",")]
    return ", ".join(dict.fromkeys([*(part for part in said if part), "Accept-Encoding"]))


def _tags_in(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def _refuses_gzip(accepted: str) -> bool:
    if "q=0" not in accepted:
        return False
    for part in accepted.split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") == "" and weight != ""
    return False
