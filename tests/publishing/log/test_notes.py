"""If signed heads were not C2SP notes, nobody else's tools could check or witness the log."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.log.checkpoint import Head, open_head, parse_head, sign_head
from portal.publishing.log.notes import BadNote, Verifier, open_note, sign_note, verifier_of

# the example of the signed note's reference implementation (Go, sumdb/note)
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
SEED = bytes(range(32))
HEAD = Head("gongping.example/log", 14, bytes(reversed(range(32))))


def test_signing_gives_the_bytes_of_the_reference_implementation():
    assert str(verifier_of("PeterNeumann", PETER_SEED)) == PETER
    assert sign_note(TEXT, "PeterNeumann", PETER_SEED) == TEXT + "\n" + PETER_LINE


def test_a_note_signed_by_two_opens_with_either_key():
    note = TEXT + "\n" + PETER_LINE + ENOCH_LINE
    assert open_note(note, Verifier.parse(PETER)) == TEXT
    assert open_note(note, Verifier.parse(ENOCH)) == TEXT


def test_the_example_of_the_specification_opens():
    note = (
        "This is an example message.\n\n— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    key = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert open_note(note, key) == "This is an example message.\n"


@pytest.mark.parametrize(
    "note",
    [
        TEXT + "\n" + ENOCH_LINE,
        TEXT + PETER_LINE,
        TEXT.replace("answer", "question") + "\n" + PETER_LINE,
        TEXT + "\n" + PETER_LINE.replace("—", "-"),
        TEXT + "\n" + PETER_LINE.rstrip("\n"),
        TEXT + "\n" + PETER_LINE + "no signature\n",
        "",
    ],
    ids=["another key", "no gap", "changed text", "a hyphen", "cut off", "rubbish after it", "nothing"],
)
def test_a_note_that_is_not_signed_by_the_key_does_not_open(note: str):
    with pytest.raises(BadNote):
        open_note(note, Verifier.parse(PETER))


@pytest.mark.parametrize(
    "key", ["", "a+b", PETER.replace("c74f", "c74e"), PETER[:-4], PETER.replace("+AR", "+Ag")]
)
def test_a_key_whose_parts_do_not_belong_together_is_refused(key: str):
    with pytest.raises(BadNote):
        Verifier.parse(key)


def test_a_head_is_a_checkpoint_of_three_lines():
    assert HEAD.text == "gongping.example/log\n14\nHx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=\n"
    note = sign_head(HEAD, SEED)
    assert note.startswith(HEAD.text + "\n— gongping.example/log ")
    assert open_head(note, verifier_of("gongping.example/log", SEED)) == HEAD


def test_extension_lines_of_a_checkpoint_are_passed_over():
    head = parse_head(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextra\n"
    )
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)


def test_a_checkpoint_of_another_log_is_refused_even_when_the_key_signed_it():
    note = sign_note(HEAD.text.replace("gongping", "other"), HEAD.origin, SEED)
    with pytest.raises(BadNote, match="another log"):
        open_head(note, verifier_of(HEAD.origin, SEED))


def test_a_signature_has_one_spelling():
    with pytest.raises(BadNote):
        open_note(TEXT + "\n" + PETER_LINE.replace("nAM=", "nAN="), Verifier.parse(PETER))


@given(st.integers(0, 200), st.integers(0, 7))
def test_a_head_with_one_bit_changed_does_not_open(place: int, bit: int):
    note = bytearray(sign_head(HEAD, SEED).encode())
    place %= len(note)
    note[place] ^= 1 << bit
    try:
        text = note.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(BadNote):
        open_head(text, verifier_of(HEAD.origin, SEED))
