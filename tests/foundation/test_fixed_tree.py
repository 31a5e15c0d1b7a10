"""If a root or a path told how many leaves matter, a quiet day would show, and so would a single report."""

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import ids
from portal.foundation.fixed_tree import DEPTH, LEAVES, Place, plant, root_of

HASHES = st.binary(min_size=32, max_size=32)


@given(st.lists(HASHES, unique=True, max_size=40))
def test_every_commitment_leads_to_the_one_root(commitments: list[bytes]) -> None:
    root, places = plant(commitments)
    assert len(root) == 32 and len(places) == len(commitments)
    assert len({place.index for place in places}) == len(places)
    for commitment, place in zip(commitments, places, strict=True):
        assert root_of(commitment, place) == root
        assert root_of(sha256(commitment).digest(), place) != root


@pytest.mark.parametrize("near", [0b0, 0b1, 0b10, 0b1000_0000_0000_0000_0000])
def test_neighbours_at_every_height_share_their_path(near: int) -> None:
    places = iter([0, near] if near else [0, 0, 5])
    rest = random.Random(1)

    def source(count: int) -> bytes:
        return next(places).to_bytes(4, "big") if count == 4 else rest.randbytes(count)

    with ids.use_source(source):
        root, found = plant([b"a" * 32, b"b" * 32])
    assert [root_of(one * 32, place) for one, place in zip((b"a", b"b"), found, strict=True)] == [root, root]


def test_the_path_of_one_leaf_looks_like_that_of_a_hundred() -> None:
    """Every sibling is 32 bytes that do not occur twice: none is a mark for an empty half."""
    alone = plant([b"a" * 32])[1][0]
    among = plant([bytes([at]) * 32 for at in range(100)])[1]
    for place in (alone, *among):
        assert len(place.path) == DEPTH and len(set(place.path)) == DEPTH
        assert all(len(set(one)) > 8 for one in place.path)
    assert plant([])[0] != plant([])[0]


def test_another_place_leads_elsewhere() -> None:
    root, (place,) = plant([b"a" * 32])
    assert root_of(b"a" * 32, Place(place.index ^ 1, place.path)) != root
    assert root_of(b"a" * 32, Place(place.index, (*place.path[:-1], bytes(32)))) != root
    for bad in (
        Place(LEAVES, place.path),
        Place(-1, place.path),
        Place(0, place.path[:-1]),
        Place(0, (b"",) * 20),
    ):
        with pytest.raises(ValueError, match="depth 20"):
            root_of(b"a" * 32, bad)
