"""A template is compiled once for all processes of a house, and again after any change of the program."""

import marshal
import os
import sys
from pathlib import Path

import pytest
from jinja2 import Environment

from portal.web.compiling.kept import Kept, kept, program_state
from portal.web.edge import EXTENSION
from tests.conftest import new_client
from tests.pages import PageClient

CODE = compile("said = 'kept'", "page.html", "exec")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return Kept(tmp_path / "templates-now")


def test_what_one_process_kept_another_finds(place: Kept, tmp_path: Path) -> None:
    assert place.find("home") is None
    assert place.keep("home", CODE) is CODE
    said: dict[str, str] = {}
    exec(Kept(tmp_path / "templates-now").find("home") or "", said)  # noqa: S102
    assert said["said"] == "kept"
    assert place.find("elsewhere") is None


@pytest.mark.parametrize("broken", [b"", b"\xe3", b"i\x01\x00\x00\x00"], ids=["empty", "cut off", "not code"])
def test_what_is_not_whole_counts_as_nothing(place: Kept, tmp_path: Path, broken: bytes) -> None:
    place.keep("home", CODE)
    [file] = (tmp_path / "templates-now").iterdir()
    file.write_bytes(broken)
    assert place.find("home") is None


def test_a_changed_program_keeps_nothing_of_the_one_before(place: Kept, tmp_path: Path) -> None:
    place.keep("home", CODE)
    Kept(tmp_path / "templates-later").keep("home", CODE)
    assert [folder.name for folder in tmp_path.iterdir()] == ["templates-later"]


def test_nothing_is_written_where_python_writes_nothing(
    place: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert place.keep("home", CODE) is CODE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").write_text("no folder")
    shut = Kept(tmp_path / "file" / "templates-now")
    assert shut.keep("home", CODE) is CODE
    assert shut.find("home") is None


def test_every_change_of_a_file_gives_the_program_another_name(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("one")
    names = [program_state([tmp_path], [])]
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "page.bin").write_text("what is compiled is no part of it")
    assert program_state([tmp_path], []) == names[0]
    page.write_text("three")
    names.append(program_state([tmp_path], []))
    os.utime(page, (0, 0))
    names.append(program_state([tmp_path], []))
    page.rename(tmp_path / "other.html")
    names.append(program_state([tmp_path], []))
    names.append(program_state([tmp_path], ["jinja2 9"]))
    assert len(set(names)) == len(names)


def test_the_house_draws_its_pages_from_what_was_kept(
    shell: PageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    monkeypatch.setattr("portal.web.compiling.environment._COMPILED", {})
    house = shell.application.extensions[EXTENSION]
    kept.cache_clear()
    try:
        page = new_client(house).get("/nowhere").get_data(as_text=True)
        files = [path for path in (tmp_path / "compiled").rglob("templates-*/*") if path.is_file()]
        assert "<h1" in page and len(files) > 3
        for file in files:
            file.write_bytes(marshal.dumps(Environment(autoescape=True).compile("from the shelf")))
        monkeypatch.setattr("portal.web.compiling.environment._COMPILED", {})
        restarted = new_client(house)
        restarted.check_pages = False
        assert restarted.get("/nowhere").get_data(as_text=True) == "from the shelf"
    finally:
        kept.cache_clear()
