"""The words of the interface outside a request: for files that jobs and commands write in every language."""

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "translations"


def translated(msgid: str, locale: str) -> str:
    """The sentence in `locale`; in English where the catalogue lacks it."""
    return _catalogue(locale).gettext(msgid)


@cache
def _catalogue(locale: str) -> NullTranslations:
    return translation("messages", FOLDER, [locale], fallback=True)
