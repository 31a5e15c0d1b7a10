"""Words for searching: the same on both engines, in English and in Chinese.

Text is folded (NFKC, case) and each Chinese character becomes a word of its own, so that a word of two
characters is found inside a longer name by looking for the two side by side.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u3040-\u30ff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_ONLY = re.compile(rf"[{_HAN}]+")
_NAMED = ("body", "service", "indicator")
MOST_TERMS = 12


def _pieces(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _PIECE.findall(folded)


def _spaced(piece: str) -> str:
    return " ".join(piece) if _HAN_ONLY.fullmatch(piece) else piece


def normalised(*texts: str) -> str:
    """The words of the texts between single spaces, with a space at each end."""
    return " " + " ".join(_spaced(piece) for text in texts for piece in _pieces(text)) + " "


def terms(query: str) -> tuple[str, ...]:
    """What must all occur in a normalised text: the start of a word, or Chinese characters side by side."""
    return tuple(" " + _spaced(piece) for piece in dict.fromkeys(_pieces(query)))[:MOST_TERMS]


def searchable(statement: Mapping[str, Any]) -> str | None:
    """The words by which a statement is found; None for statements that have no name to be found by."""
    if statement["t"] not in _NAMED:
        return None
    texts = [statement["code"], *statement["names"].values()]
    return normalised(*texts, *(statement.get("definition") or {}).values())
