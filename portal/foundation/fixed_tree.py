"""A tree of fixed depth with a few secret leaves among random ones, whose root tells nobody how many there are.

The tree has 2²⁰ leaves. Each leaf that matters lies at a random place; all others are random, and since the hash
of random leaves is as random as they are, a subtree in which nothing lies is drawn as one random hash. So the
work grows with what lies in it, and neither root nor path shows whether that is one leaf or ten thousand.

    leaf = SHA-256(0x00 ‖ commitment)      node = SHA-256(0x01 ‖ left ‖ right)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from portal.foundation import ids

DEPTH = 20
LEAVES = 1 << DEPTH
HASH = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf lies, counted from 0, and its siblings from the leaf's own up to below the root."""

    index: int
    path: tuple[bytes, ...]


def leaf(commitment: bytes) -> bytes:
    return sha256(b"\x00" + commitment).digest()


def plant(commitments: Sequence[bytes]) -> tuple[bytes, tuple[Place, ...]]:
    """The root over these commitments and random leaves, and the place of each. Raises ValueError for too many."""
    if len(commitments) > LEAVES:
        raise ValueError(f"a tree holds at most {LEAVES} commitments")
    indexes = _places(len(commitments))
    if not indexes:
        return ids.random_bytes(HASH), ()
    level = {index: leaf(commitment) for index, commitment in zip(indexes, commitments, strict=True)}
    paths: list[list[bytes]] = [[] for _ in indexes]
    for height in range(DEPTH):
        lonely = [index ^ 1 for index in level if index ^ 1 not in level]
        level.update((index, ids.random_bytes(HASH)) for index in lonely)
        for path, index in zip(paths, indexes, strict=True):
            path.append(level[index >> height ^ 1])
        level = {index >> 1: _node(level[index], level[index ^ 1]) for index in level if index % 2 == 0}
    return level[0], tuple(Place(index, tuple(path)) for index, path in zip(indexes, paths, strict=True))


def root_of(commitment: bytes, place: Place) -> bytes:
    """The root that a commitment at its place leads to. Raises ValueError when it is no place in such a tree."""
    if not 0 <= place.index < LEAVES or len(place.path) != DEPTH or any(len(one) != HASH for one in place.path):
        raise ValueError(f"a place in a tree of depth {DEPTH} has {DEPTH} hashes")
    current, index = leaf(commitment), place.index
    for sibling in place.path:
        current = _node(sibling, current) if index % 2 else _node(current, sibling)
        index >>= 1
    return current


def _places(count: int) -> list[int]:
    """So many different places, at random."""
    taken: dict[int, None] = {}
    while len(taken) < count:
        taken.setdefault(int.from_bytes(ids.random_bytes(4), "big") % LEAVES)
    return list(taken)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
