"""Which comments say nearly the same in nearly the same words, in any language and without a dictionary.

A text is the set of its pieces, each of so many signs in a row without case, width, spaces and punctuation; a
Chinese character counts for two signs, for it says as much. Two texts are as alike as the share of pieces they
have in common (Jaccard). That share is estimated from *sketches* of a fixed size, the least values of the pieces
under several hash functions (A. Broder, 1997, "On the resemblance and containment of documents"), and texts are
compared only where some stretch of their sketches is the same: so it takes little room and never every pair.
"""

from __future__ import annotations

import random
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from portal.ratings.rules.integrity import Fired, Rule

PIECE = 4  # signs
FEWEST_SIGNS = 20
"""Shorter texts ("Very good.", 很好) are alike among honest people too, and are not looked at."""
ALIKE = 0.5
"""Two texts are nearly the same from this share of common pieces on."""
FEWEST_ALIKE = 10
MOST_READ = 20_000
"""Of the comments of one service and month; sketches of so many take some megabytes."""
SHOWN = 5
_HASHES, _STRETCH = 60, 3
_PRIME = (1 << 61) - 1
_MASK = (1 << 32) - 1
_seeded = random.Random(1997)  # noqa: S311  (hash functions that everybody can repeat, no secret)
_FUNCTIONS = tuple((_seeded.randrange(1, _PRIME), _seeded.randrange(_PRIME)) for _ in range(_HASHES))
_MOST_COMPARED = 8  # texts with the same stretch of a sketch


@dataclass(frozen=True)
class Said:
    """A comment as the rule reads it."""

    id: str
    channel: str
    level: int
    text: str


@dataclass
class _Text:
    """Comments whose texts read the very same."""

    sketch: array[int]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)


def signs_of(text: str) -> str:
    """The signs that count: without case, width, spaces and punctuation, each Chinese character twice."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign * 2 if _is_wide(sign) else sign for sign in plain if sign.isalnum())


def pieces_of(signs: str) -> set[int]:
    return {crc32(signs[at : at + PIECE].encode()) for at in range(len(signs) - PIECE + 1)}


def sketch_of(pieces: set[int]) -> array[int]:
    """The least value of the pieces under each hash function."""
    return array("I", (min((a * piece + b) % _PRIME & _MASK for piece in pieces) for a, b in _FUNCTIONS))


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """An estimate of the share of pieces that two texts have in common, from their sketches."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


@dataclass(frozen=True)
class Group:
    """Comments that are nearly the same: their ids, how many texts they are, and with which answers they came."""

    ids: list[str]
    texts: int
    answers: Counter[tuple[str, int]]


def alike_among(comments: Iterable[Said]) -> Iterator[Group]:
    """Groups of comments of one service and month that are nearly the same, however many there were."""
    for group in _groups(_texts(comments)):
        ids = [each for one in group for each in one.ids]
        if len(ids) >= FEWEST_ALIKE:
            yield Group(ids, len(group), sum((one.answers for one in group), Counter[tuple[str, int]]()))


def judge_texts(comments: Iterable[Said]) -> Iterator[Fired]:
    """The rule fires on each such group."""
    for group in alike_among(comments):
        sample = random.Random(group.ids[0]).sample(sorted(group.ids), SHOWN)  # noqa: S311  (drawn, and no secret)
        facts: dict[str, int | str | list[str]] = {
            "alike": len(group.ids),
            "different": group.texts,
            "sample": sample,
        }
        yield Fired(Rule.ALIKE_TEXTS, facts, answers=group.answers)


def _texts(comments: Iterable[Said]) -> list[_Text]:
    found: dict[str, _Text] = {}
    for comment, _ in zip(comments, range(MOST_READ), strict=False):
        signs = signs_of(comment.text)
        if len(signs) < FEWEST_SIGNS:
            continue
        text = found.get(signs)
        if text is None:
            text = found[signs] = _Text(sketch_of(pieces_of(signs)))
        text.answers[comment.channel, comment.level] += 1
        text.ids.append(comment.id)
    return list(found.values())


def _groups(texts: Sequence[_Text]) -> Iterator[list[_Text]]:
    """Texts that are joined by a chain of alike ones."""
    parent = list(range(len(texts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for start in range(0, _HASHES, _STRETCH):
        same: dict[bytes, list[int]] = defaultdict(list)
        for at, text in enumerate(texts):
            met = same[text.sketch[start : start + _STRETCH].tobytes()]
            for other in met:
                if root(at) != root(other) and likeness(text.sketch, texts[other].sketch) >= ALIKE:
                    parent[root(at)] = root(other)
            if len(met) < _MOST_COMPARED:
                met.append(at)
    joined: dict[int, list[_Text]] = defaultdict(list)
    for at, text in enumerate(texts):
        joined[root(at)].append(text)
    yield from joined.values()


def _is_wide(sign: str) -> bool:
    """Whether it is a character of which each is a word or a part of one (Chinese, Japanese, Korean)."""
    return "\u2e80" <= sign <= "\ud7ff" or sign >= "\U00020000"
