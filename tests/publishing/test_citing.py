"""A citation printed in a newspaper must lead to the same figure for ever, and a misprint must never mislead."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.errors import NotFound
from portal.publishing import references
from portal.publishing.citing import Citation, Subject, check, cut, read

codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", fullmatch=True)
ALPHABET = "ABCdefg0123456789.-_~"


@given(codes, codes, st.integers(1, 999_999_999))
def test_every_citation_reads_back_as_itself(body: str, indicator: str, edition: int) -> None:
    citation = Citation(Subject.SERIES, (body, indicator), edition)
    again = read(citation.id)
    assert again.id.startswith(f"s{edition}.")
    assert again.edition == edition
    assert [cut(key) if "~" not in key else key for key in again.keys] == [cut(body), cut(indicator)]


@given(codes, st.integers(1, 9999))
def test_a_citation_is_short_enough_to_print(code: str, edition: int) -> None:
    assert len(Citation(Subject.SERIES, (code, code), edition).id) <= 60


@given(codes, st.data())
def test_every_slip_of_one_letter_and_every_swap_of_neighbours_is_caught(code: str, data: st.DataObject) -> None:
    text = Citation(Subject.BODY, (code,), 14).id.rpartition(".")[0]
    at = data.draw(st.integers(0, len(text) - 1))
    slip = text[:at] + data.draw(st.sampled_from(ALPHABET)) + text[at + 1 :]
    assert slip == text or check(slip) != check(text)
    if at:
        swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        assert swapped == text or check(swapped) != check(text)


@pytest.mark.parametrize(
    "text", ["", "s14", "s14.DPR.clean-parks", "x14.DPR.zz", "s0.a.b.00", "s1.a..00", "../etc"]
)
def test_what_is_no_citation_says_so(text: str) -> None:
    with pytest.raises(NotFound):
        read(text)


def test_a_citation_with_a_slip_says_where_to_look() -> None:
    good = Citation(Subject.FIGURE, ("DPR", "clean-parks", "2022"), 14).id
    with pytest.raises(NotFound, match="slip"):
        read(good.replace("2022", "2023"))


REFERENCE = references.Reference(
    "s14.DPR.clean-parks.zr",
    "Parks & Recreation",
    "Parks rated 100% clean {overall}",
    14,
    date(2026, 2, 3),
    "Gongping 公评",
    "https://portal.test/cite/s14.DPR.clean-parks.zr",
)


def test_references_follow_their_styles() -> None:
    assert references.apa(REFERENCE) == (
        "Parks & Recreation. (2026, February 3). Parks rated 100% clean {overall} (Edition 14) [Data set]. "
        "Gongping 公评. https://portal.test/cite/s14.DPR.clean-parks.zr"
    )
    assert references.gb_t_7714(REFERENCE) == (
        "Parks & Recreation. Parks rated 100% clean {overall}[DS/OL]. 版次 14. Gongping 公评, 2026(2026-02-03). "
        "https://portal.test/cite/s14.DPR.clean-parks.zr."
    )


def test_bibtex_survives_signs_that_mean_something_to_tex() -> None:
    text = references.bibtex(REFERENCE)
    assert r"author = {{Parks \& Recreation}}" in text
    assert r"100\% clean \{overall\}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_csl_json_is_a_data_set_with_a_whole_date() -> None:
    item = references.csl(REFERENCE)
    assert item["type"] == "dataset"
    assert item["issued"] == {"date-parts": [[2026, 2, 3]]}
    assert item["URL"].endswith(REFERENCE.id)
