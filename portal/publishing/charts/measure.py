"""How much room a text takes, estimated generously: the reader's own font is not known here.

The widths, in ems, are those of Noto Sans rounded up; PingFang, YaHei and Segoe are not wider.
"""

import unicodedata
from functools import lru_cache

from .values import Box, Label, LabelKind

_NARROW = frozenset("iljI.,:;'!|·()[]/ -")
_BROAD = frozenset("mwMW%@—…")
ASCENT = 0.86
DESCENT = 0.26


def text_width(text: str, size: float) -> float:
    """Width of `text` set at `size`, in the same unit."""
    return ems(text) * size


@lru_cache(maxsize=8192)
def ems(text: str) -> float:
    return sum(map(_em, text))


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.02
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW:
        return 0.36
    if character in _BROAD:
        return 0.96
    return 0.7 if character.isupper() else 0.62


def box_at(width: float, x: float, y: float, anchor: str, size: float) -> Box:
    """The box of a text of this width whose baseline is at y."""
    left = x if anchor == "start" else x - width / 2 if anchor == "middle" else x - width
    return Box(left, y - ASCENT * size, left + width, y + DESCENT * size)


def label_at(kind: LabelKind, text: str, x: float, y: float, anchor: str, size: float) -> Label:
    """The label with its baseline at y, and the box it fills."""
    return Label(kind, text, x, y, anchor, box_at(text_width(text, size), x, y, anchor, size))
