"""The Merkle tree of RFC 6962 §2.1, grown one leaf at a time, with proofs (verified as in RFC 9162 §2.1).

Only complete subtrees are stored: node (level, idx) covers the leaves idx·2^level … (idx+1)·2^level − 1.
They never change once written, so appending a leaf writes 1 + (trailing ones of the old size) nodes.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Nodes = Callable[[int, int], bytes]
"""Gives the stored hash of the complete subtree (level, idx)."""

Node = tuple[int, int, bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(document: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + document).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(size: int, leaf: bytes, nodes: Nodes) -> list[Node]:
    """The nodes that a tree of `size` leaves gains by one more leaf (hash `leaf`), the leaf itself first."""
    gained = [(0, size, leaf)]
    level, idx, current = 0, size, leaf
    while idx % 2 == 1:
        current = node_hash(nodes(level, idx - 1), current)
        level, idx = level + 1, idx // 2
        gained.append((level, idx, current))
    return gained


def root(size: int, nodes: Nodes) -> bytes:
    """The root hash of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _range_hash(0, size, nodes)


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of the first `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    return _path(index, 0, size, nodes)


def consistency_proof(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """Proof that the tree of `second` leaves extends the tree of `first` (RFC 6962 §2.1.2)."""
    if not 0 < first <= second:
        raise ValueError("sizes must be 0 < first <= second")
    return _subproof(first, 0, second, True, nodes)


def inclusion_holds(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            current = node_hash(sibling, current)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            current = node_hash(current, sibling)
        at, last = at // 2, last // 2
    return last == 0 and current == root


@dataclass(frozen=True)
class Step:
    """One step up an audit path: the hash so far joined with its sibling, which stands to one side."""

    sibling: bytes
    sibling_is_left: bool
    result: bytes


def climb(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> Iterator[Step]:
    """The steps from a leaf's hash to the root, as `inclusion_holds` takes them."""
    at, last, current = index, size - 1, leaf
    for sibling in proof:
        left = at % 2 == 1 or at == last
        current = node_hash(sibling, current) if left else node_hash(current, sibling)
        yield Step(sibling, left, current)
        while left and at % 2 == 0 and at != 0:
            at, last = at // 2, last // 2
        at, last = at // 2, last // 2


def consistency_holds(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 §2.1.4.2; a tree is consistent with itself by an empty proof."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    at, last = first - 1, second - 1
    while at % 2 == 1:
        at, last = at // 2, last // 2
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, sibling)
        at, last = at // 2, last // 2
    return last == 0 and old == first_root and new == second_root


class Growing:
    """A tree of which only the right edge is kept: enough to know its root after every leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        current, at = leaf, self.size
        while at % 2 == 1:
            current, at = node_hash(self._edge.pop(), current), at // 2
        self._edge.append(current)
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return EMPTY_ROOT
        current = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            current = node_hash(left, current)
        return current


def _split(count: int) -> int:
    """The largest power of two below `count` (k of RFC 6962 §2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """The hash over the leaves start … end − 1, where start is a multiple of the range's split."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, nodes), _range_hash(middle, end, nodes))


def _path(index: int, start: int, end: int, nodes: Nodes) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, nodes), _range_hash(middle, end, nodes)]
    return [*_path(index, middle, end, nodes), _range_hash(start, middle, nodes)]


def _subproof(first: int, start: int, end: int, whole: bool, nodes: Nodes) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2; `first` counts leaves from 0, `whole` is the flag b."""
    if first == end:
        return [] if whole else [_range_hash(start, end, nodes)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(first, start, middle, whole, nodes), _range_hash(middle, end, nodes)]
    return [*_subproof(first, middle, end, False, nodes), _range_hash(start, middle, nodes)]
