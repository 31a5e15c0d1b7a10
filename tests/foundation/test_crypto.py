"""What a stolen database opens depends on these primitives: known answers, and refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import crypto

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.mark.parametrize(
    ("key", "salt", "info", "length", "expected"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_derived_as_rfc_5869_appendix_a_says(
    key: str, salt: str, info: str, length: int, expected: str
) -> None:
    derived = crypto.hkdf(bytes.fromhex(key), bytes.fromhex(info), bytes.fromhex(salt), length)
    assert derived.hex() == expected


def test_purposes_and_salts_give_keys_that_have_nothing_in_common() -> None:
    assert len({crypto.hkdf(KEY, "a"), crypto.hkdf(KEY, "b"), crypto.hkdf(KEY, "a", b"salt"), KEY}) == 4
    assert crypto.hkdf(KEY, "a") == crypto.hkdf(KEY, b"a")


def test_no_more_is_derived_than_hkdf_can_give() -> None:
    assert len(crypto.hkdf(KEY, "a", length=255 * 32)) == 255 * 32
    with pytest.raises(ValueError):  # noqa: PT011  (which one does not matter: nothing is derived)
        crypto.hkdf(KEY, "a", length=255 * 32 + 1)


@given(data=st.binary(max_size=300), aad=st.binary(max_size=40))
def test_what_was_sealed_opens_with_its_key_and_its_binding_only(data: bytes, aad: bytes) -> None:
    sealed = crypto.aead_seal(KEY, data, aad)
    assert crypto.aead_open(KEY, sealed, aad) == data
    for key, bytes_, binding in ((OTHER, sealed, aad), (KEY, sealed, aad + b"x"), (KEY, sealed[:-1], aad)):
        with pytest.raises(crypto.CannotOpen):
            crypto.aead_open(key, bytes_, binding)


@given(data=st.binary(max_size=60), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_noticed(data: bytes, place: int, bit: int) -> None:
    sealed = bytearray(crypto.aead_seal(KEY, data, b"row 1"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(crypto.CannotOpen):
        crypto.aead_open(KEY, bytes(sealed), b"row 1")


def test_the_same_text_sealed_twice_looks_different() -> None:
    assert crypto.aead_seal(KEY, b"text", b"") != crypto.aead_seal(KEY, b"text", b"")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(24), bytes(39), bytes(40)])
def test_what_is_no_sealed_data_cannot_be_opened(sealed: bytes) -> None:
    with pytest.raises(crypto.CannotOpen):
        crypto.aead_open(KEY, sealed, b"")
    with pytest.raises(crypto.CannotOpen):
        crypto.box_open(KEY, sealed)


def test_a_key_of_the_wrong_length_opens_nothing() -> None:
    with pytest.raises(crypto.CannotOpen):
        crypto.aead_open(b"short", crypto.aead_seal(KEY, b"x", b""), b"")


def test_a_box_opens_for_its_holder_only() -> None:
    holder, stranger = crypto.box_keys(), crypto.box_keys()
    sealed = crypto.box_seal(holder.public, b"the case key")
    assert crypto.box_open(holder.private, sealed) == b"the case key"
    for private, box in ((stranger.private, sealed), (holder.private, sealed[:-1]), (holder.public, sealed)):
        with pytest.raises(crypto.CannotOpen):
            crypto.box_open(private, box)


def test_boxes_made_together_open_each_for_its_own_holder_only() -> None:
    holders = [crypto.box_keys() for _ in range(4)]
    boxes = crypto.box_seal_all([(one.public, b"for %d" % at) for at, one in enumerate(holders)])
    for at, box in enumerate(boxes):
        for other, holder in enumerate(holders):
            if other == at:
                assert crypto.box_open(holder.private, box) == b"for %d" % at
            else:
                with pytest.raises(crypto.CannotOpen):
                    crypto.box_open(holder.private, box)


def test_two_boxes_for_one_holder_never_share_a_key_and_a_nonce() -> None:
    """Their difference would be that of what is in them."""
    holder, other = crypto.box_keys(), crypto.box_keys()
    words = [(holder.public, b"a" * 32), (other.public, b"b" * 32), (holder.public, b"c" * 32)]
    boxes = crypto.box_seal_all(words)
    assert [
        crypto.box_open(key.private, box) for key, box in zip((holder, other, holder), boxes, strict=True)
    ] == [said for _, said in words]
    assert len({box[:32] for box in boxes}) == 3
    again = crypto.box_seal_all(words[:2])
    assert again[0][:32] == again[1][:32], "one passing key for different holders"
    assert again[0][:32] not in {box[:32] for box in boxes}, "and another each time"


def test_a_box_key_pair_can_be_derived_again_from_its_seed() -> None:
    assert crypto.box_keys(KEY) == crypto.box_keys(KEY)
    assert crypto.box_keys(KEY) != crypto.box_keys(OTHER)


def test_signatures_are_ed25519_as_rfc_8032_says() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    assert crypto.signing_public(seed) == public
    assert crypto.sign(seed, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_a_signature_holds_for_its_text_and_its_key_only() -> None:
    public, signature = crypto.signing_public(KEY), crypto.sign(KEY, b"head 14")
    assert crypto.signature_holds(public, b"head 14", signature)
    assert not crypto.signature_holds(public, b"head 15", signature)
    assert not crypto.signature_holds(crypto.signing_public(OTHER), b"head 14", signature)
    assert not crypto.signature_holds(public, b"head 14", signature[:-1])
    assert not crypto.signature_holds(b"no key", b"head 14", signature)
