"""If these failed, the size of what is sealed would tell what it holds, or what was sealed would not come back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.foundation.padding import bucket, pad, padme, unpad

SMALLEST = 1024


@given(st.binary(max_size=5000))
@example(b"")
@example(b"\x80" + bytes(20))
@example(bytes(SMALLEST - 1))
@example(bytes(SMALLEST))
def test_padding_comes_off_again(data: bytes) -> None:
    padded = pad(data, SMALLEST)

    assert unpad(padded) == data
    assert len(padded).bit_count() == 1 and len(padded) >= SMALLEST


@pytest.mark.parametrize("padded", [b"", bytes(8), b"data", b"data\x80\0\x01"])
def test_broken_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(ValueError, match="padding"):
        unpad(padded)


@given(st.integers(min_value=0, max_value=10**9))
def test_buckets_are_the_smallest_that_hold_it(length: int) -> None:
    size = bucket(length, SMALLEST)

    assert size >= length and (size == SMALLEST or size < 2 * length)


@given(st.integers(min_value=0, max_value=10**9))
def test_files_grow_by_an_eighth_at_most(length: int) -> None:
    padded = padme(length, SMALLEST)

    assert padded >= length
    assert padded == SMALLEST or padded <= length * 1.13
