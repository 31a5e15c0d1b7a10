"""Real pictures and PDFs, where they lie beside the project: what they told is gone."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from defusedxml import ElementTree
from PIL import Image

from portal.cases.cleaning import child
from portal.cases.cleaning.kinds import Refusal, Refused
from portal.cases.files import FileStore
from tests.cases.test_cleaned_pdfs import everything_in
from tests.foundation.corpora import shared_data

_PARTS = {"exif": 0x8769, "gps": 0x8825, "interop": 0xA005}
_MARKERS = {0xC0, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
_LOUD = (
    b"/JavaScript",
    b"/JS",
    b"/EmbeddedFile",
    b"/Filespec",
    b"/Metadata",
    b"/Info",
    b"/OpenAction",
    b"/AA",
    b"/URI",
)
_LOUD += (
    b"/Author",
    b"/Producer",
    b"/Creator",
    b"/ModDate",
    b"/CreationDate",
    b"/StructTreeRoot",
    b"/OutputIntents",
)


def samples(folder: str, ending: str) -> list[Any]:
    try:
        return sorted((path for path in (shared_data() / folder).glob(f"*.{ending}")), key=str)
    except pytest.skip.Exception as missing:
        return [pytest.param(None, marks=pytest.mark.skip(reason=str(missing)))]


def named(path: Path | None) -> str:
    return path.name if path else "none"


def sealed_and_opened(data: bytes, folder: Path) -> bytes:
    store = FileStore(folder)
    sink = store.sink(limit=len(data))
    sink.write(data)
    sink.keep(date(2026, 2, 9))
    return b"".join(store.open(sink.id, key=sink.key, size=len(data)))


def words_in(value: object) -> Iterator[bytes]:
    """Runs of letters, long enough that no picture holds them by chance."""
    if isinstance(value, str | bytes):
        data = value.encode("latin-1", "replace") if isinstance(value, str) else value
        yield from (run for run in re.findall(rb"[ -~]{6,}", data) if len(set(run)) > 3)
    elif isinstance(value, dict):
        for one in value.values():
            yield from words_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from words_in(one)


def told_by_picture(data: bytes) -> set[bytes]:
    """What the camera and its programs wrote beside the dots: every text in every tag."""
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        parts: list[object] = [dict(exif), *(dict(exif.get_ifd(number)) for number in _PARTS.values())]
        beside = [value for key, value in picture.info.items() if key in ("comment", "photoshop", "xmp", "exif")]
    plain = io.BytesIO()
    Image.new("RGB", (16, 16)).save(plain, "JPEG", quality=92)
    return {word for word in words_in([*parts, *beside]) if word not in plain.getvalue()}


def markers(jpeg: bytes) -> Iterator[int]:
    at = 2
    while jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    yield jpeg[at + 1]


@pytest.mark.parametrize("path", samples("exif", "jpg"), ids=named)
def test_nothing_a_camera_wrote_is_in_the_copy(path: Path, tmp_path: Path) -> None:
    original = path.read_bytes()
    assert sealed_and_opened(original, tmp_path) == original
    _, ending, copy = child.cleaned(original)
    assert ending == "jpg" and set(markers(copy)) <= _MARKERS
    assert [word for word in told_by_picture(original) if word in copy] == []
    with Image.open(io.BytesIO(copy)) as picture, Image.open(io.BytesIO(original)) as before:
        assert not picture.getexif() and not set(picture.info) - {
            *("jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"),
        }
        assert sorted(picture.size) == sorted(before.size)


def test_the_samples_of_cameras_tell_something() -> None:
    """Otherwise the test above would find nothing in anything."""
    told = [told_by_picture(path.read_bytes()) for path in samples("exif", "jpg") if isinstance(path, Path)]
    if not told:
        pytest.skip("the pictures are not here")
    assert sum(bool(one) for one in told) > len(told) / 2
    assert {b"NIKON", b"Canon"} & {word[:5] for one in told for word in one}


def told_by_pdf(pdf: pikepdf.Pdf) -> Iterator[bytes]:
    """Its information, its XMP, what is attached to it, and who wrote its notes."""
    for value in pdf.docinfo.values():
        yield from words_in(str(value))
    if "/Metadata" in pdf.Root:
        for text in ElementTree.fromstring(pdf.Root.Metadata.read_bytes()).itertext():
            yield from words_in(text.strip())
    for name, held in pdf.attachments.items():
        yield from words_in(name)
        yield from words_in(held.get_file().read_bytes())
    for page in pdf.pages:
        for note in page.obj.get("/Annots", []):
            yield from words_in([str(note.get(key, "")) for key in ("/T", "/M", "/NM", "/TU", "/RC")])


@pytest.mark.parametrize("path", samples("pdf", "pdf"), ids=named)
def test_nothing_a_program_wrote_beside_the_pages_is_in_the_copy(path: Path, tmp_path: Path) -> None:
    original = path.read_bytes()
    assert sealed_and_opened(original, tmp_path) == original
    if "password" in path.name:
        with pytest.raises(Refused) as refused:
            child.cleaned(original)
        assert refused.value.why is Refusal.ENCRYPTED
        return
    _, ending, copy = child.cleaned(original)
    left = everything_in(copy)
    with pikepdf.open(io.BytesIO(original)) as before, pikepdf.open(io.BytesIO(copy)) as after:
        told = set(told_by_pdf(before))
        assert told and [word for word in told if word in left or word.decode() in str(left)] == []
        assert len(after.pages) == len(before.pages) and ending == "pdf"
        keys = b" ".join(item.unparse() for item in after.objects if not isinstance(item, pikepdf.Stream))
        keys += b" ".join(item.stream_dict.unparse() for item in after.objects if isinstance(item, pikepdf.Stream))
    names = set(re.findall(rb"/[A-Za-z0-9.]+", keys))
    assert not names & set(_LOUD)
