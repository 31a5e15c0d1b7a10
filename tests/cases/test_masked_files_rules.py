"""What readers get of files while something is masked: less than there is, wherever nobody said otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases.areas import COLUMNS, ROWS, Area, areas_in, written
from portal.cases.masking import masked_files, shown_of
from portal.cases.values import CleanedCopy, FileMask, Marks, SentFile, Shown
from portal.foundation.personal import MASK

KEY = b"k" * 32
LISTED = SentFile("listed", "Wilhelmina_Quist-list.csv", 9, KEY, "aa")
PHOTO = SentFile("photo", "photo.of.quist", 9, KEY, "bb")
FILES = (LISTED, PHOTO)
TEXT = CleanedCopy("listed", "text", SentFile("t", "Wilhelmina_Quist-list.txt", 9, KEY, "cc"), None)
PICTURE = CleanedCopy("photo", "image", SentFile("p", "photo.of.jpg", 9, KEY, "dd"), None)
LOCKED = CleanedCopy("photo", None, None, "encrypted")
BLACK = SentFile("b", "photo.of.jpg", 9, KEY, "ee")
SOME = Marks(("Quist",))


@pytest.mark.parametrize(
    ("said", "copy", "expected"),
    [
        (None, TEXT, Shown.WORDS),
        (None, PICTURE, Shown.WITHHELD),
        (None, LOCKED, Shown.WITHHELD),
        (None, None, Shown.WITHHELD),
        (FileMask("photo", Shown.WHOLE), PICTURE, Shown.WHOLE),
        (FileMask("photo", Shown.WHOLE), LOCKED, Shown.WITHHELD),
        (FileMask("photo", Shown.WHOLE), None, Shown.WITHHELD),
        (FileMask("photo", Shown.COVERED, copy=BLACK), PICTURE, Shown.COVERED),
        (FileMask("photo", Shown.COVERED), PICTURE, Shown.WITHHELD),
        (FileMask("photo", Shown.WORDS), PICTURE, Shown.WITHHELD),
        (FileMask("photo", Shown.WITHHELD), PICTURE, Shown.WITHHELD),
        (FileMask("listed", Shown.WHOLE), TEXT, Shown.WORDS),
        (FileMask("listed", Shown.WITHHELD), TEXT, Shown.WITHHELD),
    ],
)
def test_a_file_is_shown_whole_only_where_that_was_said(
    said: FileMask | None, copy: CleanedCopy | None, expected: Shown
) -> None:
    of = copy.of if copy else "photo"
    marks = replace(SOME, files=(said,) if said else ())
    assert shown_of(marks, of, copy) is expected
    assert shown_of(Marks(), of, copy) is Shown.WHOLE


def test_what_is_withheld_brings_no_key_along_and_no_original_does() -> None:
    """Whatever a page does by mistake with such a value, it cannot open the file."""
    all_of_it = replace(SOME, files=(FileMask("photo", Shown.WHOLE),))
    assert [one.key for one in masked_files(FILES, (TEXT, PICTURE), all_of_it)[0]] == [b"", b""]
    files, copies = masked_files(FILES, (TEXT, PICTURE), SOME)
    assert [one.key for one in files] == [b"", b""] and [one.sha256 for one in files] == ["", ""]
    text, photo = copies
    assert photo.file is None and photo.shown is Shown.WITHHELD
    assert text.file is not None and text.file.key == KEY and text.shown is Shown.WORDS
    covered = replace(SOME, files=(FileMask("photo", Shown.COVERED, areas=(Area(0, 0, 1, 1),), copy=BLACK),))
    files, (_, photo) = masked_files(FILES, (TEXT, PICTURE), covered)
    assert photo.file is not None and photo.file.id == "b" and files[1].key == b""


def test_words_are_masked_in_names_of_files_too_however_they_are_joined() -> None:
    files, copies = masked_files(FILES, (TEXT, PICTURE), Marks(("Wilhelmina Quist", "Quist")))
    assert [one.name for one in files] == [f"{MASK}-list.csv", f"photo.of.{MASK}"]
    assert copies[0].file is not None and copies[0].file.name == f"{MASK}-list.txt"


def test_a_hidden_name_leaves_the_number_and_a_kind_that_is_no_word() -> None:
    hidden = tuple(FileMask(one.id, Shown.WHOLE, one.name) for one in FILES)
    files, copies = masked_files(FILES, (TEXT, PICTURE), Marks((), hidden))
    assert [(one.name, one.number) for one in files] == [("file-1.csv", 1), ("file-2", 2)]
    assert [one.file.name for one in copies if one.file] == ["file-1.txt", "file-2.jpg"]
    assert Marks((), hidden).every_word == (LISTED.name, PHOTO.name)
    again = masked_files(files, copies, Marks((), hidden))
    assert again == (files, copies), "masked twice is masked once"


def test_nothing_masked_leaves_every_file_as_it_came() -> None:
    nothing = Marks((), (FileMask("photo", Shown.WHOLE), FileMask("listed", Shown.WORDS)))
    assert not nothing and nothing.decides_as(Marks()) and not nothing.decides_as(SOME)
    assert masked_files(FILES, (TEXT,), nothing) == (FILES, (TEXT,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B3:D7", "B3:D7"),
        ("d7 - b3", "B3:D7"),
        ("a1, Z40\nC05", "A1\nZ40\nC5"),
        ("Ｂ３：Ｄ７；c1到c2", "B3:D7\nC1:C2"),
        ("D3:B7", "B3:D7"),
        (" \n", ""),
    ],
)
def test_cells_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert written(areas_in(text)) == expected


@pytest.mark.parametrize("text", ["AA1", "A0", "A41", "3B", "B3:", "B3:D7:E9", "everything", "a1\n-"])
def test_what_names_no_cell_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[A-Za-z0-9-]"):
        areas_in(text)


@given(
    across=st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, COLUMNS - 1)).map(sorted),
    down=st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)).map(sorted),
    size=st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
)
def test_an_area_covers_every_dot_that_its_cells_touch(
    across: list[int], down: list[int], size: tuple[int, int]
) -> None:
    """A strip of a face left between two cells would show who it is."""
    area = Area(across[0], down[0], across[1], down[1])
    left, top, right, bottom = area.pixels(*size)
    assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
    assert left * COLUMNS <= area.left * size[0] and right * COLUMNS >= (area.right + 1) * size[0]
    assert top * ROWS <= area.top * size[1] and bottom * ROWS >= (area.bottom + 1) * size[1]
    assert written(areas_in(str(area))) == str(area)
