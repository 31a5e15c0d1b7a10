"""Ids say nothing, and all randomness comes from one source that tests can seed."""

import re
from itertools import count

from portal.foundation import crypto, ids


def test_an_id_is_26_letters_that_cannot_be_misread() -> None:
    made = {ids.new_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", one) for one in made)


def test_an_id_carries_all_its_bits() -> None:
    with ids.use_source(lambda size: bytes(size)):
        assert ids.new_id() == "0" * 26
    with ids.use_source(lambda size: b"\xff" * size):
        assert ids.new_id() == "z" * 25 + "w"


def test_a_secret_fits_into_an_address_and_has_256_bits() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ids.secret_token())


def test_two_systems_with_the_same_seed_make_the_same_ids_and_seals() -> None:
    def run() -> tuple[str, str, bytes, crypto.BoxKeys]:
        turn = count()
        with ids.use_source(lambda size: crypto.sha256(bytes([next(turn)]))[:size]):
            return ids.new_id(), ids.secret_token(), crypto.aead_seal(bytes(32), b"x", b""), crypto.box_keys()

    assert run() == run()


def test_the_source_comes_back_after_a_failure() -> None:
    try:
        with ids.use_source(lambda size: bytes(size)):
            raise RuntimeError
    except RuntimeError:
        pass
    assert ids.random_bytes(16) != bytes(16)
