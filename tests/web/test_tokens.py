"""Tokens of forms: nothing about them can be changed, borrowed or kept for later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web import tokens
from portal.web.tokens import BadToken, OldToken

KEY, AT, LIFE = b"k" * 32, 1_800_000_000.5, 3600.0


def read(token: str, *, key: bytes = KEY, purpose: str = "form|", at: float = AT) -> str:
    return tokens.read(key, purpose, token, at=at, lifetime=LIFE)


def test_token_gives_back_its_value_to_the_last_second() -> None:
    token = tokens.make(KEY, "form|", "a-submission", at=AT)
    assert read(token) == "a-submission"
    assert read(token, at=AT + LIFE) == "a-submission"
    with pytest.raises(OldToken):
        read(token, at=AT + LIFE + 1)
    with pytest.raises(OldToken):
        read(token, at=AT - 1)


def test_token_is_good_for_its_own_key_and_purpose_alone() -> None:
    token = tokens.make(KEY, "form|", "a-submission", at=AT)
    with pytest.raises(BadToken):
        read(token, key=b"l" * 32)
    with pytest.raises(BadToken):
        read(token, purpose="form|of another")


@given(st.integers(0, 200), st.characters())
def test_no_letter_of_a_token_can_be_another(place: int, letter: str) -> None:
    token = tokens.make(KEY, "form|", "a-submission", at=AT)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed == token:
        return
    with pytest.raises(BadToken):
        read(changed)


@given(st.text())
def test_nothing_made_up_is_a_token(text: str) -> None:
    with pytest.raises(BadToken):
        read(text)
