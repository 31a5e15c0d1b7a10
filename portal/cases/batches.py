"""What may be dismissed together, and how much of it is read first. Pure: facts in, decisions out."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

from portal.cases import drawing

MOST = 2000
"""Reports that one act covers; a greater flood takes several."""
LEAST_READ = 10
"""So many are drawn where the share would come to fewer."""
_PIECE = 4
_ALIKE = 0.6


def sample(seed: bytes, marks: Mapping[str, bytes], *, percent: int, part: int) -> frozenset[str]:
    """Which of these reports the second officer has to open, by the seed a quarter's commitment fixed.

    Each is drawn or not by itself, for as long as the quarter lasts: to propose it again, with others, or without
    those that were drawn, draws nothing anew.
    """
    return drawing.draw(
        drawing.seed_of_batches(seed), marks, percent=percent, part=part, least=min(LEAST_READ, len(marks))
    )


def unread(drawn: Collection[str], read_by: Mapping[str, str | None], *, signer: str) -> frozenset[str]:
    """The drawn reports that this officer has not opened; what others opened counts for them alone."""
    return frozenset(one for one in drawn if read_by.get(one) != signer)


def are_alike(one: str, other: str) -> bool:
    """Whether two texts are nearly the same: of the pieces of four letters in either, most are in both.

    Capitals, spaces and signs do not count, so that a number or a greeting changed in each makes no difference.
    """
    first, second = _pieces(one), _pieces(other)
    if not first or not second:
        return first == second
    return len(first & second) >= _ALIKE * len(first | second)


def _pieces(text: str) -> frozenset[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
    return frozenset(plain[at : at + _PIECE] for at in range(max(len(plain) - _PIECE + 1, 1)) if plain)
