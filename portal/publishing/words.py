"""Words for searching: the same on both engines, in English and in Chinese.

Text is folded (width, case, accents) and each Chinese character becomes a word of its own, so that a word of
two characters is found inside a longer name by looking for the two side by side.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3040-\u30ff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_ONLY = re.compile(rf"[{_HAN}]+")
SEARCHED = ("body", "service", "indicator", "release")
"""The kinds of statements that are found by words."""
PARTS = " | "
"""What stands between the codes and names in a title; the engines take it for no word."""
MOST_TERMS = 12
_MOST_LETTERS = 20_000


@dataclass(frozen=True)
class Term:
    """One thing to look for: the beginning of a word, or Chinese characters side by side."""

    words: tuple[str, ...]

    @property
    def is_chinese(self) -> bool:
        return _HAN_ONLY.fullmatch(self.words[0]) is not None

    def __str__(self) -> str:
        return " ".join(self.words)


def folded(text: str) -> str:
    """The text without differences of width, case and accents."""
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def normalised(*texts: str) -> str:
    """The words of the texts between single spaces, with a space at each end."""
    return " " + " ".join(_spaced(piece) for text in texts for piece in _pieces(text)) + " "


def terms(query: str) -> tuple[Term, ...]:
    """What must all occur: at most twelve terms, each once."""
    return tuple(Term(tuple(_spaced(piece).split())) for piece in dict.fromkeys(_pieces(query)))[:MOST_TERMS]


def title(statement: Mapping[str, Any]) -> str | None:
    """The codes and names by which a statement is found first; None for what is not searched."""
    if statement["t"] not in SEARCHED:
        return None
    return PARTS.join(" ".join(_pieces_spaced(text)) for text in _titles(statement) if _pieces(text))


def searchable(statement: Mapping[str, Any]) -> str | None:
    """All the words by which a statement is found; None for what is not searched."""
    if statement["t"] not in SEARCHED:
        return None
    more = _texts(statement.get("definition")), _texts(statement.get("source")), _former(statement)
    return normalised(*_titles(statement), *(text for found in more for text in found))[:_MOST_LETTERS]


def _titles(statement: Mapping[str, Any]) -> Iterator[str]:
    yield statement["slug"] if statement["t"] == "release" else statement["code"]
    yield from _texts(statement["names"])
    yield from _texts(statement.get("codes"))


def _former(statement: Mapping[str, Any]) -> list[str]:
    """The names that a body had before."""
    return [text for one in statement.get("former") or () for text in _texts(one["names"])]


def _texts(said: Any) -> list[str]:
    """A text, or the texts of a mapping."""
    if isinstance(said, Mapping):
        return [text for text in said.values() if isinstance(text, str)]
    return [said] if isinstance(said, str) else []


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(folded(text))


def _pieces_spaced(text: str) -> list[str]:
    return [_spaced(piece) for piece in _pieces(text)]


def _spaced(piece: str) -> str:
    return " ".join(piece) if _HAN_ONLY.fullmatch(piece) else piece
