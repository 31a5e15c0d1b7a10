"""Between a stranger's file and an officer stands a process that can reach nothing, and a record."""

import base64
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from xlsxwriter import Workbook

from portal.audit.models import AuditEntry
from portal.cases.cleaning import parent
from portal.cases.cleaning.kinds import Kind, Refusal
from portal.cases.files import FileStore
from portal.cases.models import Item
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.cases.test_cleaned_pdfs import PLACES, made
from tests.cases.test_cleaned_samples import samples
from tests.cases.test_cleaned_texts import DOCUMENT, FLAT, MAIL, OPEN_SLIDES, OPEN_TEXT, PAGE, RTF, SLIDES
from tests.cases.test_cleaning import LETTER, OPEN_LETTER, WHO, loud_pdf, photograph, telephone
from tests.cases.test_older_office import DATA
from tests.factories.accounts import person
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report

ROOT = str(Path(__file__).resolve().parents[2])
IN_THE_CHILD = (
    f"import sys; sys.path.insert(0, {ROOT!r});"
    "import os, socket, subprocess, resource;"
    "from portal.cases.cleaning import child, covering, images, pdfs, texts\n"
    "images.ready(); pdfs.ready(); texts.ready(); covering.ready(); child.shut_in()\n"
)


class Kept(io.BytesIO):
    pass


def in_the_child(program: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", IN_THE_CHILD + program]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)


ATTACKS = """
def refused(act):
    try:
        act()
    except (OSError, MemoryError, ValueError, BlockingIOError) as error:
        return
    print("GOT OUT", act)
refused(lambda: open("/etc/passwd"))
refused(lambda: os.open("/tmp", os.O_RDONLY))
refused(lambda: socket.socket())
refused(lambda: socket.socketpair())
refused(lambda: os.pipe())
refused(lambda: bytearray(2 * 1024 ** 3))
refused(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
refused(lambda: subprocess.run(["/bin/true"]))
refused(lambda: os.dup(0))
print("uid", os.getuid())
"""


def test_inside_the_child_no_file_socket_process_or_memory_is_to_be_had() -> None:
    """A flaw in a library that reads pictures must not become a way into the machine."""
    done = in_the_child(ATTACKS)
    assert "GOT OUT" not in done.stdout, done.stdout
    assert "uid 0" not in done.stdout and "uid" in done.stdout, done.stderr


MANY = """
import base64, json
for line in sys.stdin:
    try:
        print(child.cleaned(base64.b64decode(line))[1])
    except Exception as error:
        print(repr(error))
"""


def pictures() -> list[tuple[bytes, str]]:
    """One of each way in which cameras, scanners and programs write a picture."""
    made: list[tuple[bytes, str]] = []
    plain = Image.new("RGB", (20, 10), "red")
    other = Image.new("RGB", (20, 10), "blue")

    def add(picture: Image.Image, kind: str, ending: str, **more: Any) -> None:
        out = io.BytesIO()
        picture.save(out, kind, **more)
        made.append((out.getvalue(), ending))

    add(plain, "MPO", "jpg", save_all=True, append_images=[other])
    add(plain.convert("CMYK"), "JPEG", "jpg")
    add(plain, "JPEG", "jpg", progressive=True)
    add(plain.convert("P"), "PNG", "png", transparency=0)
    add(plain.convert("L"), "PNG", "png")
    add(plain, "GIF", "png", save_all=True, append_images=[other])
    add(plain, "WEBP", "jpg")
    add(Image.new("RGBA", (20, 10), (9, 9, 9, 9)), "WEBP", "png")
    for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "group4"):
        add(plain.convert("1") if compression == "group4" else plain, "TIFF", "jpg", compression=compression)
    add(plain, "BMP", "png")
    add(plain, "AVIF", "jpg")
    add(Image.new("RGBA", (20, 10), (9, 9, 9, 9)), "AVIF", "png")
    return [*made, (telephone(), "jpg"), (telephone(mode="RGBA"), "png")]


def test_the_child_reads_every_kind_without_opening_anything() -> None:
    """What a library asks for only when it meets a certain file must be there before the child is shut in."""
    workbook = io.BytesIO()
    with Workbook(workbook, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, 1)
    files = [*pictures(), (loud_pdf(), "pdf"), (workbook.getvalue(), "txt"), (LETTER, "txt"), (OPEN_LETTER, "txt")]
    files += [("字".encode("gb18030"), "txt"), ("字".encode("utf-16"), "txt")]
    files += [(one, "txt") for one in (DOCUMENT, FLAT, OPEN_TEXT, OPEN_SLIDES, SLIDES, RTF, MAIL, PAGE)]
    files += [((DATA / name).read_bytes(), "txt") for name in ("letter.doc", "slides.ppt")]
    files += [(made(put), "pdf") for put in PLACES.values()]
    given = "\n".join(base64.b64encode(data).decode() for data, _ in files)
    done = in_the_child(MANY, given)
    assert done.stdout.split("\n")[:-1] == [ending for _, ending in files], done.stderr


def test_a_file_goes_through_pipes_in_chunks_and_comes_back_cleaned() -> None:
    data, kept = photograph(), Kept()
    chunks = [data[at : at + 100] for at in range(0, len(data), 100)]
    assert parent.make(chunks, kept) == parent.Made(Kind.IMAGE, "jpg")
    assert kept.getvalue().startswith(b"\xff\xd8") and WHO.encode() not in kept.getvalue()


def test_a_child_that_dies_is_an_answer_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "_START", "import os; os.read(0, 1); os.kill(os.getpid(), 9)")
    before = set(os.listdir("/proc/self/fd"))
    kept = Kept()
    assert parent.make([b"x" * 300_000] * 5, kept) is Refusal.TOO_BIG
    assert kept.getvalue() == b"" and set(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b'{"kind": "image", "ending": "html", "size": 5}', b'{"kind": "x", "ending": "jpg", "size": 5}'],
)
def test_what_a_taken_over_child_says_is_not_believed(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    program = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r} + b'\\n<html')"
    monkeypatch.setattr(parent, "_START", program)
    assert parent.make([b"x"], Kept()) is Refusal.TOO_BIG


def file_pages(client: Any, report: Filed) -> list[str]:
    page = client.get(report.address).get_data(as_text=True)
    return [str(one) for one in re.findall(rf'href="({re.escape(report.address)}/files/[0-9a-z]+)"', page)]


def file_page(client: Any, report: Filed) -> str:
    (address,) = file_pages(client, report)
    return address


def test_the_copy_is_made_when_first_asked_for_and_once(portal: Portal, office: Office) -> None:
    report = filed_report(portal, file=("holiday.jpg", photograph()))
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    address = file_page(ada, report)
    assert ada.get(f"{address}/copy").status_code == 404
    answer(ada, address)
    copy = ben.get(f"{address}/copy")
    assert copy.data.startswith(b"\xff\xd8") and WHO.encode() not in copy.data
    assert copy.headers["Content-Disposition"] == "attachment; filename=holiday.jpg"
    assert copy.headers["Content-Type"] == "application/octet-stream"
    assert "cleaned copy made" in ben.get(report.address).get_data(as_text=True)
    ben.post(address, data={})
    with portal.database.read() as session:
        assert list(session.scalars(select(Item.kind).where(Item.kind == "copy"))) == ["copy"]
    assert len(list(FileStore(portal.settings.var).folder.iterdir())) == 2
    stored = everything_stored(portal)
    for trace in (WHO.encode(), b"holiday.jpg", b"image/jpeg", copy.data[200:260]):
        assert trace not in stored


def test_what_offices_and_telephones_send_every_day_comes_down_cleaned(portal: Portal, office: Office) -> None:
    """Officers would otherwise open a stranger's original, or read nothing of the report's best evidence."""
    names = {"第一季度.wps": "letter.doc", "slides.dps": "slides.ppt"}
    files = [(name, (DATA / held).read_bytes()) for name, held in names.items()] + [("IMG_1.HEIC", telephone())]
    ada = desk_of(portal, office.officer)
    copies = []
    for address in file_pages(ada, filed_report(portal, files=files)):
        answer(ada, address)
        copies.append(ada.get(f"{address}/copy"))
    letter, slides, picture = (copy.data for copy in copies)
    assert (
        "指标\t\t91.5" in letter.decode()
        and "say this 备注" in slides.decode()
        and picture.startswith(b"\xff\xd8")
    )
    assert not any(
        trace in copy.data for copy in copies for trace in (WHO.encode(), b"WeiC", b"Canon", b"was removed")
    )
    assert [copy.headers["Content-Disposition"].rpartition(".")[2].strip('"') for copy in copies] == [
        "txt",
        "txt",
        "jpg",
    ]


def test_originals_come_bit_for_bit_and_on_record(portal: Portal, office: Office) -> None:
    """Pictures and PDFs alike, those of real cameras and programs where they lie beside the project."""
    found = [path for kind in (("exif", "jpg"), ("pdf", "pdf")) for path in samples(*kind)[-1:]]
    files = [(path.name, path.read_bytes()) for path in found if isinstance(path, Path)]
    files += [("holiday.jpg", photograph()), ("letter.pdf", loud_pdf())]
    report = filed_report(portal, files=files)
    ada = desk_of(portal, office.officer)
    addresses = file_pages(ada, report)
    assert "Tick the box" in str(answer(ada, f"{addresses[0]}/original", expect=422).get_data(as_text=True))
    taken = [answer(ada, f"{address}/original", expect=200, sure="y") for address in addresses]
    assert [one.data for one in taken] == [data for _, data in files]
    assert all(one.headers["Content-Disposition"].startswith("attachment") for one in taken)
    with portal.database.read() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == report.case_id)).all()
    assert list(acts).count("cases.take-original") == len(files)
    for someone in (office.connected, person(portal, roles=["case-officer"], name="Lia Later")):
        other = desk_of(portal, someone)
        for address in addresses:
            for part in ("", "/copy", "/original"):
                assert other.get(address + part).status_code == 404
                assert other.post(address + part).status_code in (404, 405)


def test_a_file_that_cannot_be_cleaned_says_why(portal: Portal, office: Office) -> None:
    report = filed_report(portal, file=("setup.exe", b"MZ\x90\0" + bytes(5_000)))
    ada = desk_of(portal, office.officer)
    address = file_page(ada, report)
    answer(ada, address)
    page = ada.get(address).get_data(as_text=True)
    assert "no cleaned copy" in page and "do not know how to clean" in page
    assert len(list(FileStore(portal.settings.var).folder.iterdir())) == 1


def test_a_stored_file_that_was_changed_is_not_shown(portal: Portal, office: Office) -> None:
    report = filed_report(portal, file=("a.jpg", photograph()))
    ada = desk_of(portal, office.officer)
    address = file_page(ada, report)
    (path,) = FileStore(portal.settings.var).folder.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    page = answer(ada, address, expect=409).get_data(as_text=True)
    assert "not as it was received" in page
    assert [one.name for one in path.parent.iterdir()] == [path.name]
