"""If these failed, people would be turned away with a good code, or a mistyped one would hit another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ratings.codes import LENGTH, SYMBOLS, Slip, code_of, find_slip, grouped, new_code, read_code

positions = st.integers(0, LENGTH - 1)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.upper(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')}\n",
        lambda code: code.replace("-", "—"),
        lambda code: "".join(chr(ord(symbol) + 0xFEE0) for symbol in code),
        lambda code: code.replace("1", "l").replace("0", "O").replace("v", "u").replace("2", "z"),
    ],
)
def test_a_code_is_read_however_a_phone_writes_it(typed) -> None:  # type: ignore[no-untyped-def]
    for _ in range(50):
        code = new_code()
        assert read_code(typed(code)) == code.replace("-", "")


@given(position=positions, symbol=st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_noticed(position: int, symbol: str) -> None:
    code = read_code(new_code()) or ""
    wrong = code[:position] + symbol + code[position + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(position=positions, symbol=st.sampled_from(SYMBOLS), secret=st.binary(min_size=32, max_size=32))
def test_the_place_of_one_wrong_symbol_is_named(position: int, symbol: str, secret: bytes) -> None:
    code = read_code(code_of(secret)) or ""
    wrong = code[:position] + symbol + code[position + 1 :]
    assert find_slip(wrong) == (None if wrong == code else Slip(LENGTH, (position + 1,)))


@given(position=st.integers(0, LENGTH - 2), secret=st.binary(min_size=32, max_size=32))
def test_swapped_neighbours_are_named_or_at_least_noticed(position: int, secret: bytes) -> None:
    code = read_code(code_of(secret)) or ""
    wrong = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    slip = find_slip(wrong)
    if wrong == code:
        assert slip is None
    else:
        assert slip is not None and slip.places in ((), (position + 1, position + 2))


@pytest.mark.parametrize(
    ("typed", "slip"),
    [("0000-0000-000", Slip(11)), ("", Slip(0)), ("0000-00!0-0000", Slip(12, (7,))), ("0000-0000-0000", None)],
)
def test_a_slip_says_what_is_wrong(typed: str, slip: Slip | None) -> None:
    assert find_slip(typed) == slip


def test_a_secret_always_gives_the_same_code() -> None:
    assert code_of(b"s" * 32) == code_of(b"s" * 32) != code_of(b"t" * 32)


@given(first=positions, second=positions)
def test_two_swapped_symbols_are_noticed(first: int, second: int) -> None:
    code = read_code(new_code()) or ""
    symbols = list(code)
    symbols[first], symbols[second] = symbols[second], symbols[first]
    wrong = "".join(symbols)
    assert read_code(wrong) == (code if wrong == code else None)


@given(st.text(max_size=200))
def test_any_other_text_is_no_code_and_does_no_harm(typed: str) -> None:
    found = read_code(typed)
    assert found is None or len(found) == LENGTH


def test_codes_are_grouped_and_never_repeat() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(grouped(code.replace("-", "")) == code and len(code) == 14 for code in codes)


def test_every_symbol_is_drawn_evenly() -> None:
    drawn = "".join(new_code().replace("-", "")[:-2] for _ in range(3000))
    expected = len(drawn) / len(SYMBOLS)
    assert all(abs(drawn.count(symbol) - expected) < 6 * expected**0.5 for symbol in SYMBOLS)
