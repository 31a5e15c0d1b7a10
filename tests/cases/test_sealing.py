"""What is sealed opens for its holders, in its place, and for nobody and nowhere else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases import codes, sealing
from portal.cases.values import HolderKind, ItemKind
from portal.foundation import crypto
from portal.foundation.phrases import word_list

OFFICER = crypto.box_keys()
REPORTER = crypto.box_keys()


def test_officer_opens_what_the_reporter_sent() -> None:
    keys = sealing.new_epoch(1)
    sealed = sealing.seal_item(keys, case="c", item="i", kind=ItemKind.REPORT, content={"what": "数字是假的"})
    opened = sealing.unwrap(
        1, HolderKind.HANDLER, OFFICER.private, sealing.wrap(keys, HolderKind.HANDLER, OFFICER.public)
    )

    assert sealing.open_item(opened, case="c", item="i", kind=ItemKind.REPORT, sealed=sealed) == {
        "what": "数字是假的"
    }


def test_reporter_opens_messages_but_neither_notes_nor_reasons() -> None:
    keys = sealing.new_epoch(1)
    theirs = sealing.unwrap(
        1, HolderKind.REPORTER, REPORTER.private, sealing.wrap(keys, HolderKind.REPORTER, REPORTER.public)
    )
    message = sealing.seal_item(keys, case="c", item="i", kind=ItemKind.TO_REPORTER, content={"text": "hello"})

    assert sealing.open_item(theirs, case="c", item="i", kind=ItemKind.TO_REPORTER, sealed=message)
    for kind in (ItemKind.NOTE, ItemKind.REASON, ItemKind.COPY, ItemKind.INSPECTION_FILE):
        note = sealing.seal_item(keys, case="c", item="i", kind=kind, content={"text": "internal"})
        with pytest.raises(ValueError, match="no internal item"):
            sealing.open_item(theirs, case="c", item="i", kind=kind, sealed=note)
        with pytest.raises(crypto.CannotOpen):
            crypto.aead_open(theirs.shared, note, f"gongping case item 1|c|i|{kind}|1".encode())


@pytest.mark.parametrize(
    "moved", [{"case": "other"}, {"item": "other"}, {"kind": ItemKind.TO_REPORTER}, {"number": 2}]
)
def test_item_moved_elsewhere_does_not_open(moved: dict[str, object]) -> None:
    keys = sealing.new_epoch(1)
    sealed = sealing.seal_item(keys, case="c", item="i", kind=ItemKind.REPORT, content={"what": "x"})
    keys = sealing.EpochKeys(int(str(moved.pop("number", 1))), keys.desk, keys.shared)
    place = {"case": "c", "item": "i", "kind": ItemKind.REPORT} | moved

    with pytest.raises(crypto.CannotOpen):
        sealing.open_item(keys, sealed=sealed, **place)  # type: ignore[arg-type]


def test_key_of_one_epoch_opens_nothing_of_the_next() -> None:
    first, second = sealing.new_epoch(1), sealing.new_epoch(2)
    sealed = sealing.seal_item(second, case="c", item="i", kind=ItemKind.NOTE, content={"text": "x"})

    with pytest.raises(crypto.CannotOpen):
        sealing.open_item(
            sealing.EpochKeys(2, first.desk, first.shared), case="c", item="i", kind=ItemKind.NOTE, sealed=sealed
        )


@given(st.text(max_size=900))
def test_short_texts_all_have_one_length(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) < 400:
        assert len(sealing.pack({"text": text})) == sealing.SMALLEST_BUCKET


def test_code_has_seven_words_of_about_90_bits() -> None:
    assert len(codes.new_code().split()) == 7
    assert 7 * math.log2(len(word_list())) > 90


def test_code_is_read_however_it_was_written_down() -> None:
    assert codes.canonical("Drop-Down  yo-yo\nZebra") == codes.canonical("drop-down yo-yo zebra")
    assert codes.canonical("ｄrop down, yoyo; ZEBRA.") == codes.canonical("drop-down yo-yo zebra")


def test_mailbox_keys_need_code_and_salt_and_lookup_needs_the_server_key() -> None:
    assert codes.mailbox_keys("a b", b"1" * 16) == codes.mailbox_keys("A  B", b"1" * 16)
    assert codes.mailbox_keys("a b", b"1" * 16) != codes.mailbox_keys("a b", b"2" * 16)
    assert codes.lookup("a b", b"k" * 32) != codes.lookup("a b", b"q" * 32)
