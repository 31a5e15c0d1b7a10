"""A lost server key stops the start; a new one in its place would lock people out of their mailboxes."""

from pathlib import Path

import pytest

from portal.foundation.keys import NAMES, KeyMissing, KeyRing


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    made = KeyRing(tmp_path)
    made.create_missing()
    return made


def test_a_new_installation_gets_one_key_per_purpose(ring: KeyRing) -> None:
    assert ring.missing() == []
    assert len({ring.get(name) for name in NAMES}) == len(NAMES)
    assert all(len(ring.get(name)) == 32 for name in NAMES)


def test_only_the_owner_can_read_a_key_file(ring: KeyRing) -> None:
    for path in ring.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} can be read by others"


def test_no_half_written_file_is_left_beside_the_keys(ring: KeyRing) -> None:
    assert {path.name for path in ring.folder.iterdir()} == {f"{name}.key" for name in NAMES}


def test_a_second_start_keeps_the_keys(ring: KeyRing, tmp_path: Path) -> None:
    again = KeyRing(tmp_path)
    again.create_missing()
    assert {name: again.get(name) for name in NAMES} == {name: ring.get(name) for name in NAMES}


def test_a_missing_key_is_named_and_nothing_takes_its_place(ring: KeyRing, tmp_path: Path) -> None:
    (ring.folder / "lookup.key").unlink()
    again = KeyRing(tmp_path)
    assert again.missing() == ["lookup"]
    with pytest.raises(KeyMissing, match="lookup"):
        again.get("lookup")
    assert again.missing() == ["lookup"]


@pytest.mark.parametrize("damage", [b"", b"zz" * 32, b"ab" * 31, b"ab" * 33, b"\xff\xfe\x00", b"not a key"])
def test_a_damaged_key_is_refused_and_never_replaced(ring: KeyRing, tmp_path: Path, damage: bytes) -> None:
    path = ring.folder / "totp.key"
    path.write_bytes(damage)
    again = KeyRing(tmp_path)
    again.create_missing()
    assert path.read_bytes() == damage
    with pytest.raises(KeyMissing, match="totp"):
        again.get("totp")


@pytest.mark.parametrize("spoilt", ["gone", "damaged", "a folder"])
def test_a_key_that_could_not_be_read_at_the_next_start_is_told_now(ring: KeyRing, spoilt: str) -> None:
    """The process knows its keys by heart, and so would be well until it is started again."""
    assert ring.get("lookup") and ring.unusable() == []
    path = ring.folder / "lookup.key"
    path.unlink()
    if spoilt == "damaged":
        path.write_bytes(b"no key")
    elif spoilt == "a folder":
        path.mkdir()
    assert ring.unusable() == ["lookup"]


def test_the_refusal_never_quotes_what_the_file_holds(ring: KeyRing, tmp_path: Path) -> None:
    (ring.folder / "totp.key").write_text("5ec2e7" * 11)
    with pytest.raises(KeyMissing) as refusal:
        KeyRing(tmp_path).get("totp")
    assert "5ec2e7" not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "../secret", "lookup.key", "LOOKUP"])
def test_a_key_nobody_declared_does_not_exist(ring: KeyRing, name: str) -> None:
    with pytest.raises(KeyMissing):
        ring.get(name)
