"""Masked words are found however somebody wrote them, and nothing else is taken out of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases.masking import cleaned, left_in, mask_for
from portal.foundation.personal import MASK


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["Mary Smith"], "I saw Mary  Smith, then MARY\nSMITH.", f"I saw {MASK}, then {MASK}."),
        (["Lee"], "Lee did not sleep; Lee's desk, leeward", f"{MASK} did not sleep; {MASK}'s desk, leeward"),
        (["José"], "Jose, JOSÉ and Jose\u0301 are one", f"{MASK}, {MASK} and {MASK} are one"),
        (["Smith"], "S\u200bmi\u00adth signed", f"{MASK} signed"),
        (["张伟"], "是张伟主任说的", f"是{MASK}主任说的"),
        (["13800138000"], "电话１３８００１３８０００。", f"电话{MASK}。"),
        (["Ann", "Ann Bell"], "Ann Bell and Ann", f"{MASK} and {MASK}"),
        (["a.b@c.example"], "to a.b@c.example!", f"to {MASK}!"),
        ([], "nothing to mask", "nothing to mask"),
    ],
)
def test_words_are_masked_as_they_are_written(words: list[str], text: str, expected: str) -> None:
    assert mask_for(words)(text) == expected


def test_what_holds_no_letter_masks_nothing() -> None:
    """A mask of a full stop would take a case apart."""
    assert cleaned(["  Mary   Smith ", "Mary Smith", ".", "", " \u200b "]) == ("Mary Smith",)
    assert left_in(["Mary", "Smith"], "It was smith.") == ("Smith",)


_NAMES = st.text(alphabet="abÉß张伟 -'", min_size=1, max_size=12)


@given(words=st.lists(_NAMES, max_size=4), text=st.text(alphabet="abÉß张伟 -'\n.", max_size=60))
def test_no_masked_word_is_left_and_the_rest_stays(words: list[str], text: str) -> None:
    given_words = cleaned(words)
    shown = mask_for(given_words)(text)
    assert left_in(given_words, shown.replace(MASK, "\n▮\n")) == ()
    kept = [part for part in shown.split(MASK) if part]
    at = 0
    for part in kept:
        at = text.index(part, at) + len(part)
    assert unicodedata.normalize("NFC", mask_for(given_words)(shown)) == unicodedata.normalize("NFC", shown)
