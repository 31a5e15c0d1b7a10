"""If these failed, what waits for one browser would be lost, or found by another."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import parked

DAY = date(2026, 2, 9)


@given(data=st.binary(max_size=100_000))
def test_what_was_parked_comes_back_bit_for_bit_as_often_as_asked(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    var = tmp_path_factory.getbasetemp()
    secret = parked.park(var, data, day=DAY)
    assert parked.find(var, secret) == parked.find(var, secret) == data
    parked.forget(var, secret)
    assert parked.find(var, secret) is None


@pytest.mark.parametrize("size", [0, 1, 32 * 1024 - 1, 32 * 1024, 64 * 1024])
def test_lengths_are_powers_of_two_and_a_seal(tmp_path: Path, size: int) -> None:
    parked.park(tmp_path, bytes(size), day=DAY)
    [path] = (tmp_path / parked.FOLDER).iterdir()
    padded = path.stat().st_size - 24 - 16
    assert padded >= 32 * 1024 and padded & (padded - 1) == 0


def test_a_file_in_the_place_of_another_does_not_open(tmp_path: Path) -> None:
    first, second = parked.park(tmp_path, b"first", day=DAY), parked.park(tmp_path, b"second", day=DAY)
    one, other = (tmp_path / parked.FOLDER).iterdir()
    one.write_bytes(other.read_bytes())
    assert {parked.find(tmp_path, first), parked.find(tmp_path, second)} in ({b"first", None}, {b"second", None})


def test_nothing_is_left_of_what_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too much"):
        parked.park(tmp_path, bytes(parked.MOST_BYTES + 1), day=DAY)
    assert not (tmp_path / parked.FOLDER).exists()


def test_days_before_are_cleared_away(tmp_path: Path) -> None:
    parked.forget_before(tmp_path, DAY)  # nothing was ever parked
    old = parked.park(tmp_path, b"old", day=date(2026, 2, 8))
    new = parked.park(tmp_path, b"new", day=DAY)
    parked.forget_before(tmp_path, DAY)
    assert parked.find(tmp_path, old) is None and parked.find(tmp_path, new) == b"new"
