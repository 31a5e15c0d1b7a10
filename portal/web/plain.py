"""Short forms, read before Flask is entered: for layers that answer what nearly everybody sends.

Routing, contexts and request objects take longer than many an act itself. A layer before Flask checks a form
exactly as the view does, gives the very same answer, and leaves to the view whatever is not plain or is to be
refused: so the two never differ in what they accept, and only the view explains.
"""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST_BYTES = 2000
_MOST_DIGITS = 5  # of a length: int() takes no text however long
_FORM = "application/x-www-form-urlencoded"


def plain_form(environ: "WSGIEnvironment") -> dict[str, str] | None:
    """What was sent, where every field is there once and nothing had to be escaped. The view can still read it."""
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE") != _FORM or not length.isdecimal() or len(length) > _MOST_DIGITS:
        return None
    if int(length) > _MOST_BYTES:
        return None
    sent = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(sent)
    if len(sent) != int(length) or b"%" in sent or b"+" in sent or not sent.isascii():
        return None
    pairs = [pair.partition("=")[::2] for pair in sent.decode("ascii").split("&")]
    form = dict(pairs)
    return form if len(form) == len(pairs) else None
