"""Words in the reader's language: the catalogues, and looking something up in that of this request.

`gettext` and `ngettext` translate now; `lazy_gettext` when its text is shown, so that words may stand in tables
that are made once for all languages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from babel.support import Translations
from flask import Flask
from flask_babel.speaklater import LazyString

from portal.foundation.migrate import FOLDER as _MIGRATIONS
from portal.web import edge

FOLDER = _MIGRATIONS.parent / "translations"


class Catalogue(Protocol):
    """The words of a language by the English ones."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


@cache
def catalogue_of(language: str) -> Catalogue:
    found: Catalogue = Translations.load(str(FOLDER), [language])
    return found


def install(app: Flask) -> None:
    """Let templates take what is not compiled into them from the catalogue of the request."""
    plain = (lambda text: _here().gettext(text), lambda one, many, n: _here().ngettext(one, many, n))
    app.jinja_env.install_gettext_callables(*plain, newstyle=True)  # type: ignore[attr-defined]


def gettext(text: str, **params: Any) -> str:
    """The text in the reader's language, its %(parameters)s filled in."""
    found = _here().gettext(text)
    return found % params if params else found


def ngettext(one: str, many: str, num: int, **params: Any) -> str:
    """The text for one or for many in the reader's language; %(num)s is the number."""
    return _here().ngettext(one, many, num) % {"num": num, **params}


def lazy_gettext(text: str, **params: Any) -> LazyString:
    """A text that is looked up each time it is shown."""
    return LazyString(gettext, text, **params)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say everything in another language than the reader's."""
    before = edge.LANGUAGE.set(language)
    try:
        yield
    finally:
        edge.LANGUAGE.reset(before)


def _here() -> Catalogue:
    return catalogue_of(edge.LANGUAGE.get())
