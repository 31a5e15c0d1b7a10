"""Short forms, read before Flask is entered: for layers that answer what nearly everybody sends.

Routing, contexts and request objects take longer than many an act itself. A layer before Flask checks a form
exactly as the view does, gives the very same answer, and leaves to the view whatever is not plain or is to be
refused: so the two never differ in what they accept, and only the view explains.
"""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_MOST_BYTES = 2000
_MOST_DIGITS = 5  # of a length: int() takes no text however long
FORM = "application/x-www-form-urlencoded"


def length_of(environ: "WSGIEnvironment", *, most: int) -> int | None:
    """How many bytes were announced; None where that is not said, or more than `most`."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > most:
        return None
    return int(length)


def see_other(
    environ: "WSGIEnvironment", start_response: "StartResponse", path: str, headers: Iterable[tuple[str, str]]
) -> Iterable[bytes]:
    """The answer of a view that leads on to `path`, in the language of the form."""
    own = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Location", environ.get("SCRIPT_NAME", "") + path),
        ("Content-Length", "0"),
    ]
    start_response("303 SEE OTHER", [*own, *headers])
    return ()


def page(start_response: "StartResponse", words: str, headers: Iterable[tuple[str, str]]) -> Iterable[bytes]:
    """The answer of a view that gives a page."""
    body = words.encode()
    own = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", [*own, *headers])
    return (body,)


def plain_form(environ: "WSGIEnvironment") -> dict[str, str] | None:
    """What was sent, where every field is there once and nothing had to be escaped. The view can still read it."""
    length = length_of(environ, most=_MOST_BYTES)
    if environ.get("CONTENT_TYPE") != FORM or length is None:
        return None
    sent = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(sent)
    if len(sent) != length or b"%" in sent or b"+" in sent or not sent.isascii():
        return None
    pairs = [pair.partition("=")[::2] for pair in sent.decode("ascii").split("&")]
    form = dict(pairs)
    return form if len(form) == len(pairs) else None
