"""Files made to bring down whoever opens them: each ends within the child's limits, with a reason for the page.

All go through one child, in which the limits hold as they do in work; having refused one, it answers for the next.
"""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

from tests.cases.test_attachments import in_the_child
from tests.cases.test_cleaning import W, package

ANSWERS = """
import base64
from portal.cases.cleaning.kinds import Refused
for line in sys.stdin:
    try:
        print(child.cleaned(base64.b64decode(line))[1])
    except Refused as refused:
        print(refused.why.value)
    except BaseException as error:
        print(repr(error))
"""


def png(width: int, height: int) -> bytes:
    """Says that it is so large, in a hundred bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def gif_of_many() -> bytes:
    out = io.BytesIO()
    one, other = Image.new("P", (2, 2), 0), Image.new("P", (2, 2), 1)
    one.save(out, "GIF", save_all=True, append_images=[other], duration=9, disposal=2)
    data = out.getvalue()
    first = data.index(b"\x21\xf9")
    return data[:-1] + data[first:-1] * 10_000 + b";"


def lying_package() -> bytes:
    """Says that it unpacks to nothing much, and unpacks to 64 megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = bytes(1 << 20)
    packed = b"".join(packer.compress(million) for _ in range(64)) + packer.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr("word/document.xml", packed)
    data = bytearray(out.getvalue())
    for at, size in ((data.index(b"PK\3\4"), 8), (data.index(b"PK\1\2"), 10)):
        data[at + size : at + size + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    return bytes(data)


def deep_xml(levels: int) -> bytes:
    return package(word__document_xml=f"<w:document {W}>" + "<w:p>" * levels + "</w:p>" * levels + "</w:document>")


def entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return package(word__document_xml=f'<!DOCTYPE x [<!ENTITY e0 "ha">{lines}]><w><t>&e9;</t></w>')


def nested_packages() -> bytes:
    inner = package(word__document_xml="<x/>", bomb=bytes(1 << 20))
    for _ in range(20):
        inner = package(word__document_xml=f"<w:document {W}/>", inner=inner)
    return inner


def pdf_of(**objects: bytes) -> bytes:
    body = b"%PDF-1.7\n" + b"".join(number.lstrip("n").encode() + b" 0 obj\n" + content + b"\nendobj\n"
                                    for number, content in objects.items())  # fmt: skip
    return body + b"trailer << /Root 1 0 R /Size 9 >>\n%%EOF\n"


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
PAGES = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"


def deep_pdf(levels: int) -> bytes:
    return pdf_of(
        n1=ROOT, n2=PAGES, n3=PAGE.replace(b">>", b"/Resources " + b"[" * levels + b"]" * levels + b">>")
    )


def round_pdf() -> bytes:
    """A page tree that contains itself, and a field that is its own parent."""
    field = b"<< /Type /Annot /Subtype /Widget /Rect [0 0 9 9] /Parent 4 0 R /Kids [4 0 R] >>"
    pages = b"<< /Type /Pages /Count 2 /Kids [3 0 R 2 0 R] /Parent 2 0 R >>"
    return pdf_of(n1=ROOT, n2=pages, n3=PAGE.replace(b"/Contents 4 0 R", b"/Annots [4 0 R]"), n4=field)


def pdf_of_pages(pages: int) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for _ in range(pages):
            pdf.pages.append(pdf.pages[0])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def pdf_of_a_stream(gigabytes: int) -> bytes:
    """A content of gigabytes, packed twice: one packed piece that is repeated is a packed whole."""
    packer, zeros = zlib.compressobj(9), bytes(1 << 20)
    first, again = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    data = zlib.compress(first + again * (1024 * gigabytes - 1), 9)
    head = f"<< /Length {len(data)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode()
    return pdf_of(n1=ROOT, n2=PAGES, n3=PAGE, n4=head + data + b"\nendstream")


def mail_of_borders(count: int) -> bytes:
    return b"Message-ID: <1>\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * count


CRAFTED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "a picture of 50,000 by 50,000": (lambda: png(50_000, 50_000), {"too-big"}),
    "a picture of 10,000 frames": (gif_of_many, {"png"}),
    "a package that lies of its size": (lying_package, {"too-big", "damaged"}),
    "packages within packages": (nested_packages, {"txt"}),
    "letters that stand for letters": (entities, {"damaged"}),
    "a text of 20,000 levels": (lambda: deep_xml(20_000), {"txt"}),
    "a PDF of 100,000 levels": (lambda: deep_pdf(100_000), {"damaged"}),
    "a PDF with a stream of two gigabytes": (lambda: pdf_of_a_stream(gigabytes=2), {"too-big"}),
    "a PDF that contains itself": (round_pdf, {"damaged"}),
    "a PDF of 300 pages that are one": (lambda: pdf_of_pages(300), {"pdf"}),
    "a mail of nothing but borders": (lambda: mail_of_borders(600), {"damaged"}),
    "an RTF of 20,000 groups": (lambda: b"{\\rtf1 " + b"{\\b " * 20_000 + b"x", {"txt"}),
}


def test_each_crafted_file_ends_with_an_answer_within_the_limits_of_the_child() -> None:
    given = "\n".join(base64.b64encode(make()).decode() for make, _ in CRAFTED.values())
    done = in_the_child(ANSWERS, given)
    said = dict(zip(CRAFTED, done.stdout.split("\n"), strict=False))
    wrong = {name: said.get(name) for name, (_, right) in CRAFTED.items() if said.get(name) not in right}
    assert wrong == {}, done.stderr
