"""A file sealed as a stream comes back whole or not at all; a shortened one is noticed."""

import io

import pytest

from portal.foundation.crypto import CannotOpen
from portal.foundation.ids import random_bytes
from portal.foundation.sealing import CHUNK, FRAME, SealingWriter, open_stream

KEY, HEADER = bytes(range(32)), 24


def sealed(data: bytes, *, pieces: int = 1 << 20, aad: bytes = b"") -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, KEY, aad)
    for start in range(0, len(data), pieces):
        writer.write(data[start : start + pieces])
    writer.finish()
    assert writer.size == len(data)
    return target.getvalue()


def opened(data: bytes, *, key: bytes = KEY, aad: bytes = b"") -> bytes:
    return b"".join(open_stream(io.BytesIO(data), key, aad))


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pieces", [7919, CHUNK, CHUNK + 1, 1 << 20])
def test_every_size_around_a_chunk_comes_back_however_it_was_written(size: int, pieces: int) -> None:
    data = random_bytes(size)
    assert opened(sealed(data, pieces=pieces)) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_sealed_file_is_as_long_as_its_layout_says(size: int) -> None:
    frames = max(1, -(-size // CHUNK))
    assert len(sealed(random_bytes(size))) == HEADER + size + frames * (FRAME - CHUNK)


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_cut_anywhere_is_noticed(size: int) -> None:
    whole = sealed(random_bytes(size))
    for kept in {0, 1, HEADER - 1, HEADER, HEADER + 1, HEADER + FRAME, len(whole) - FRAME, len(whole) - 1}:
        if 0 <= kept < len(whole):
            with pytest.raises(CannotOpen):
                opened(whole[:kept])


def test_frames_left_out_swapped_or_repeated_are_noticed() -> None:
    whole = sealed(random_bytes(3 * CHUNK))
    head, frames = whole[:HEADER], [whole[HEADER + FRAME * n : HEADER + FRAME * (n + 1)] for n in range(3)]
    for wrong in ([1, 2], [0, 2], [1, 0, 2], [0, 0, 1, 2], [0, 1]):
        with pytest.raises(CannotOpen):
            opened(head + b"".join(frames[n] for n in wrong))


def test_bytes_after_the_end_are_noticed() -> None:
    with pytest.raises(CannotOpen):
        opened(sealed(b"all of it") + b"x")


def test_another_key_or_another_binding_opens_nothing() -> None:
    whole = sealed(b"text", aad=b"draft 1")
    assert opened(whole, aad=b"draft 1") == b"text"
    for attempt in ({"key": bytes(32), "aad": b"draft 1"}, {"aad": b"draft 2"}, {}):
        with pytest.raises(CannotOpen):
            opened(whole, **attempt)


def test_plain_bytes_never_reach_the_target() -> None:
    data = b"nobody may read this " * 9000
    whole = sealed(data, pieces=100)
    assert b"nobody may read" not in whole
