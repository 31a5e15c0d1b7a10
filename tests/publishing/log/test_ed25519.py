"""If our own check of signatures took what libsodium refuses, a forged log would pass on a stranger's machine."""

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from portal.publishing.log.ed25519 import holds

# RFC 8032, 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


def by_libsodium(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public).verify(message, signature)
    except (CryptoError, ValueError):
        return False
    return True


def test_the_vectors_of_the_rfc_hold():
    for public, message, signature in VECTORS:
        assert holds(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


def test_a_scalar_beyond_the_order_is_refused():
    """Otherwise each signature had a second spelling."""
    public, message, signature = (bytes.fromhex(text) for text in VECTORS[1])
    larger = int.from_bytes(signature[32:], "little") + ORDER
    assert not holds(public, message, signature[:32] + larger.to_bytes(32, "little"))


def test_a_key_of_small_order_signs_nothing():
    for text in SMALL_ORDER:
        key = bytes.fromhex(text)
        signature = key + bytes(32)
        assert not holds(key, b"anything", signature)
        assert not by_libsodium(key, b"anything", signature)


def test_what_is_no_key_or_no_signature_is_refused():
    public, message, signature = (bytes.fromhex(text) for text in VECTORS[1])
    for key in (b"", public[:31], b"\xff" * 32, bytes.fromhex("02" + "00" * 31)):
        assert not holds(key, message, signature)
    for other in (b"", signature[:63], signature + b"\x00", b"\xff" * 64, bytes(64)):
        assert not holds(public, message, other)


@settings(max_examples=25)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511), st.booleans())
def test_it_says_what_libsodium_says(seed: bytes, message: bytes, bit: int, change: bool):
    key = SigningKey(seed)
    public, signature = bytes(key.verify_key), bytearray(key.sign(message).signature)
    if change:
        signature[bit // 8] ^= 1 << bit % 8
    assert holds(public, message, bytes(signature)) is not change
    assert holds(public, message, bytes(signature)) == by_libsodium(public, message, bytes(signature))
