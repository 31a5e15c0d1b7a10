"""If a fact had two spellings, or 0.10 became 0.1, a figure could change without the log noticing."""

import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.log.canonical import NotCanonical, canonical, parse_canonical
from portal.publishing.log.chunks import ChunkRef, read_chunk, write_chunk
from portal.publishing.log.digests import cited, salted_digest
from portal.publishing.log.entries import Entry, parse_entry
from portal.publishing.log.statements import fault, place

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)
ENTRY = Entry(
    14,
    "7w0c",
    "release",
    datetime(2026, 2, 3, 9, 30, tzinfo=UTC),
    "gongping.example/log",
    (ChunkRef("ab" * 32, 3),),
)
FIGURE = {
    "t": "figure",
    "body": "NYPD",
    "indicator": "crime",
    "period": "2023",
    "target": None,
    "actual": "0.10",
    "numerator": None,
    "denominator": None,
    "obs_status": None,
    "note": None,
    "cause": "scheduled",
    "replaces": None,
}


@given(values)
def test_canonical_bytes_come_back_as_the_same_value(value: object):
    assert parse_canonical(canonical(value)) == value


@given(values)
def test_the_quick_writer_and_the_library_of_the_rfc_give_the_same_bytes(value: object):
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_no_other_spelling_of_a_value_is_read(value: object):
    for spelling in (json.dumps(value, indent=1).encode(), canonical(value) + b"\n", b" " + canonical(value)):
        if spelling != canonical(value):
            with pytest.raises(NotCanonical):
                parse_canonical(spelling)


@given(values)
def test_canonical_bytes_are_those_of_another_implementation(value: object):
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_are_sorted_by_utf_16_as_in_the_rfc():
    text = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew",
        "1": "One",
        "\U0001f600": "Smiley",
        "\u0080": "Control",
        "\u00f6": "o",
    }
    assert list(json.loads(canonical(text))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize("value", [0.1, {"share": 1.0}, [float("nan")], 2**53, "\ud800", {1: "x"}, object()])
def test_numbers_that_could_change_their_digits_are_refused(value: object):
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "text", [b"0.10", b'{"a":1e2}', b"NaN", b'{"a":1,"a":2}', b'{"b":1,"a":2}', b"{", b"[" * 100_000]
)
def test_what_is_not_canonical_is_not_read(text: bytes):
    with pytest.raises(NotCanonical):
        parse_canonical(text)


def test_an_entry_is_the_document_agreed_on():
    assert ENTRY.document == (
        b'{"act":"7w0c","at":"2026-02-03T09:30:00Z","chunks":[{"sha256":"' + b"ab" * 32 + b'","statements":3}],'
        b'"kind":"release","n":14,"origin":"gongping.example/log","v":1}'
    )
    assert parse_entry(ENTRY.document) == ENTRY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b"14", b'"14"'),
        (b"09:30:00Z", b"09:30Z"),
        (b":3}", b":0}"),
        (b'"act":"7w0c",', b""),
        (b"abab", b"ABAB"),
        (b'"n"', b' "n"'),
    ],
)
def test_an_entry_of_another_form_is_refused(old: bytes, new: bytes):
    with pytest.raises(NotCanonical):
        parse_entry(ENTRY.document.replace(old, new))


def test_a_chunk_keeps_the_digits_given():
    chunk = write_chunk([FIGURE])
    assert b'"actual":"0.10"' in chunk.body
    assert list(read_chunk(chunk.body, chunk.ref)) == [FIGURE]


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_a_chunk_with_one_bit_changed_is_refused(place: int, bit: int):
    chunk = write_chunk([FIGURE, FIGURE | {"period": "2024"}])
    body = bytearray(chunk.body)
    body[place % len(body)] ^= 1 << bit
    with pytest.raises(NotCanonical):
        list(read_chunk(bytes(body), chunk.ref))


def test_a_chunk_with_another_number_of_lines_is_refused():
    chunk = write_chunk([FIGURE])
    with pytest.raises(NotCanonical, match="2 lines"):
        list(read_chunk(chunk.body, ChunkRef(chunk.sha256, 2)))


@pytest.mark.parametrize("number", [1, "1e3", "+1", "01", ".5", "1.", "", "−5", "1,000", "NaN"])
def test_a_figure_takes_only_decimal_strings(number: object):
    assert "decimal" in str(fault(FIGURE | {"actual": number}))


@pytest.mark.parametrize("number", ["0", "-5", "0.10", "1000000000000000000000.5", "-0.0"])
def test_a_decimal_string_of_any_length_is_taken(number: str):
    assert fault(FIGURE | {"actual": number}) is None


def test_a_statement_of_unknown_type_or_without_a_field_is_refused():
    assert "unknown type" in str(fault({"t": "gossip"}))
    assert fault({"t": "service", "code": "A", "names": {}}) == "lacks body"
    assert "note" in str(fault(FIGURE | {"note": "text in clear"}))


def test_a_statement_knows_what_it_is_about():
    assert place(FIGURE) == ("NYPD/crime/2023", "NYPD")
    assert place({"t": "rating", "service": "S", "body": "B", "period": "2023-04"}) == ("S/2023-04", "B")


def test_a_digest_needs_its_salt():
    assert salted_digest(bytes(32), "") == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
    assert salted_digest(bytes(32), "text") != salted_digest(b"\x01" * 32, "text")
    with pytest.raises(ValueError, match="32 bytes"):
        salted_digest(b"short", "text")


def test_cited_texts_are_found_wherever_they_stand():
    one, two = "a" * 64, "b" * 64
    assert list(cited({"note": {"digest": one}, "parts": [{"reason": {"digest": two}}]})) == [one, two]
    assert list(cited({"digest": one, "t": "withdrawal", "ground": "x"})) == []
