"""What a reporter typed into a form that we failed to answer, on the page that says so: to send again or to copy.

It stands on that page alone, which is parked under the browser's own secret like every answer there
(`web.parking`), and in no log. Which fields hold words only a room knows; it says so once, to `offer`, and asks
`words_in` where it gives words back itself. Files are not given back: what arrived of them was sealed, and is
gone.

To people at the desk every page that answers a form, and does not do what was asked, shows what they had typed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from portal.web import edge
from portal.web.forms import fields_of_words
from portal.web.headers import surface

SIDE = "report"
DESK = "desk"
_WORDS = "names of fields that hold words"


@dataclass(frozen=True)
class GivenBack:
    """A form as it was sent: its words, all its fields with hidden ones, and whether a file came with it."""

    words: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    has_file: bool


def offer(app: Flask, names: Iterable[str]) -> None:
    """These fields of reporters' forms hold words that somebody typed."""
    app.extensions[_WORDS] = app.extensions.get(_WORDS, frozenset()) | frozenset(names)


def words_in(fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What somebody typed into a form of a reporter, of all its fields; blank words are none."""
    named = edge.application().extensions.get(_WORDS, frozenset())
    return tuple(text for name, text in fields if name in named and text.strip())


def given_back() -> GivenBack | None:
    """What was sent with this request; None for all but a form of a reporter, or where it cannot be read."""
    fields, has_file = _sent(SIDE)
    return GivenBack(words_in(fields), fields, has_file) if fields else None


def typed_at_desk() -> tuple[str, ...]:
    """The words of several lines in a form of the desk that was sent with this request, to be copied."""
    fields, _ = _sent(DESK)
    return tuple(text for name, text in fields if name in fields_of_words() and text.strip())


def chose_file_at_desk() -> bool:
    """Whether a file came with a form of the desk. It is not given back: it has to be chosen again."""
    return _sent(DESK)[1]


def _sent(side: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The fields of a form of this side, and whether a file came with it. Nothing of one that was broken off or is
    too large, nor of one from elsewhere: no other site writes on ours in our name."""
    sent = edge.here()
    if sent.method in edge.SAFE_METHODS or surface(sent.path) != side:
        return (), False
    if not edge.is_from_own_pages(sent.environ, edge.settings()):
        return (), False
    try:
        return tuple(sent.form.items(multi=True)), any(one.filename for one in sent.files.values())
    except Exception:
        return (), False
