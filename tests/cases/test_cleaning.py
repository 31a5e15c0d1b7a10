"""What officers are shown tells nothing of who made it and does nothing; what attacks them gets nowhere.

Cleaning is tested in this process; that it happens in one without files, network or time, in the child's tests.
"""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pillow_heif
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal import cases
from portal.cases.cleaning import child, images, pdfs, texts
from portal.cases.cleaning.kinds import Kind, Refusal, Refused, kind_of
from tests.factories.older_office import compound

WHO, WHERE = "Wei Chen", "N31.2304"


def photograph(size: tuple[int, int] = (40, 20), orientation: int = 6, kind: str = "JPEG") -> bytes:
    """A picture that says who took it where, lying on its side, red above and blue below."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010F] = orientation, WHO, "Canon"
    exif.get_ifd(0x8825)[1] = WHERE
    out = io.BytesIO()
    more = {"comment": WHO.encode()} if kind == "JPEG" else {}
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()


def telephone(size: tuple[int, int] = (200, 100), mode: str = "RGB") -> bytes:
    """The same in pieces, as telephones keep it (HEIC)."""
    picture = Image.new(mode, size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    with Image.open(io.BytesIO(photograph())) as told:
        picture.info["exif"] = told.getexif().tobytes()
    picture.info["xmp"] = f"<x>{WHO}</x>".encode()
    out = io.BytesIO()
    pillow_heif.register_heif_opener()
    picture.save(out, "HEIF", quality=60, tile_size=64)
    return out.getvalue()


def png_with_text() -> bytes:
    words = PngInfo()
    words.add_text("Author", WHO)
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def loud_pdf() -> bytes:
    """Everything a PDF can do or tell that its pages do not show."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        page = pdf.pages[0].obj
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        call = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://tracker.example/x")
        pdf.Root.OpenAction = pdf.make_indirect(script)
        page.AA = pikepdf.Dictionary(O=script)
        pdf.docinfo["/Author"] = WHO
        pdf.Root.Metadata = pdf.make_stream(f"<x>{WHO}</x>".encode())
        pdf.attachments["secret.txt"] = pikepdf.AttachedFileSpec(pdf, WHO.encode(), filename="secret.txt")
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents="Look at row 7", T=WHO
        )
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=pdf.make_indirect(call)
        )
        sound = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Sound, Rect=[0, 0, 9, 9])
        page.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(one) for one in (note, link, sound)]))
        camera = pdf.make_stream(
            photograph(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=40,
            Height=20,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=camera))
        page.Contents = pdf.make_stream(b"q 40 0 0 20 0 0 cm /Im0 Do Q")
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def package(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LETTER = package(
    word__document_xml=f"<w:document {W}><w:p><w:r><w:t>The sheets </w:t></w:r>"
    "<w:r><w:t>were swapped</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>第二段</w:t></w:r></w:p></w:document>",
    docProps__core_xml=f"<creator>{WHO}</creator>",
)
OPEN_LETTER = package(
    mimetype="application/vnd.oasis.opendocument.text",
    content_xml='<o xmlns:t="urn:t"><t:p>one <t:span>two</t:span> three</t:p><t:p>four</t:p></o>',
    meta_xml=f"<creator>{WHO}</creator>",
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_drawn_anew_upright_and_tells_nothing(kind: str) -> None:
    original = photograph(kind=kind)
    found, ending, copy = child.cleaned(original)
    assert found is Kind.IMAGE and WHO.encode() in original
    assert WHO.encode() not in copy and WHERE.encode() not in copy and b"Exif" not in copy and b"Canon" not in copy
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.format == {"jpg": "JPEG", "png": "PNG"}[ending]
        assert picture.size == (20, 40) and not picture.getexif()
        red, _, blue = picture.convert("RGB").getpixel((2, 20))
        assert blue > red
        red, _, blue = picture.convert("RGB").getpixel((17, 20))
        assert red > blue


def test_a_picture_of_a_telephone_is_drawn_anew_upright_and_tells_nothing() -> None:
    """HEIC says itself how it is turned; what the camera wrote of that is not asked."""
    original = telephone()
    found, ending, copy = child.cleaned(original)
    assert (found, ending) == (Kind.IMAGE, "jpg")
    for trace in (WHO.encode(), b"Canon", WHERE.encode()):
        assert trace in original and trace not in copy
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.format == "JPEG" and picture.size == (100, 200) and not picture.getexif()
        (red, _, blue), (more, _, less) = picture.getpixel((9, 100)), picture.getpixel((90, 100))
        assert blue > 200 > 50 > red and more > 200 > 50 > less


def test_a_picture_of_a_telephone_that_lets_shine_through_still_does() -> None:
    found, ending, copy = child.cleaned(telephone(mode="RGBA"))
    with Image.open(io.BytesIO(copy)) as picture:
        assert (found, ending, picture.mode, picture.size) == (Kind.IMAGE, "png", "RGBA", (100, 200))


def test_a_picture_of_a_telephone_that_cannot_be_decoded_is_said_to_be_one() -> None:
    refuses(telephone()[:600], Refusal.HEIC)
    refuses(telephone().replace(b"hvc1", b"vvc1"), Refusal.HEIC)


def test_a_picture_of_a_telephone_of_too_many_dots_is_refused_before_it_is_decoded() -> None:
    data = telephone()
    wide = data.replace(struct.pack(">II", 200, 100), struct.pack(">II", 30_000, 30_000))
    assert wide != data
    refuses(wide, Refusal.TOO_BIG)


def test_a_picture_that_lets_shine_through_still_does_and_its_words_go() -> None:
    ending, copy = images.cleaned(png_with_text())
    with Image.open(io.BytesIO(copy)) as picture:
        assert (ending, picture.mode) == ("png", "RGBA") and WHO.encode() not in copy
        assert not set(picture.info) & {"Author", "Comment", "exif"}


def test_a_pdf_keeps_its_pages_and_loses_all_it_does_and_tells() -> None:
    original = loud_pdf()
    ending, copy = pdfs.cleaned(original)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        text = b"".join(
            item.read_bytes()
            if isinstance(item, pikepdf.Stream) and "/Filter" not in item
            else repr(item).encode()
            for item in pdf.objects
        )
        notes = pdf.pages[0].obj.Annots
        (camera,) = [item for item in pdf.objects if isinstance(item, pikepdf.Stream) and "/Width" in item]
        assert len(pdf.pages) == 1 and not pdf.attachments and "/Info" not in pdf.trailer
        assert [str(note.Subtype) for note in notes] == ["/Text", "/Link"]
        assert str(notes[0].Contents) == "Look at row 7" and "/T" not in notes[0] and "/A" not in notes[1]
        assert Image.open(io.BytesIO(camera.read_raw_bytes())).size == (40, 20)
        assert WHO.encode() not in camera.read_raw_bytes()
    for trace in (b"alert", b"tracker", b"secret.txt", WHO.encode(), b"JavaScript", b"Metadata"):
        assert trace not in text and trace not in copy, trace
    assert ending == "pdf"


def test_a_pdf_under_a_password_is_said_to_be_locked() -> None:
    with pikepdf.open(io.BytesIO(loud_pdf())) as pdf:
        for owner, user in (("a", "b"), ("a", "")):
            out = io.BytesIO()
            pdf.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
            refuses(out.getvalue(), Refusal.ENCRYPTED)


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (LETTER, Kind.DOCUMENT, "The sheets were swapped\n第二段\n"),
        (OPEN_LETTER, Kind.DOCUMENT, "one two three\nfour\n"),
        ("年份,数值\r\n2025,91.5\r\n".encode("gb18030"), Kind.TEXT, "年份,数值\n2025,91.5\n"),
        ("‮gpj\x1b[2J line".encode(), Kind.TEXT, "gpj[2J line"),
        ("名".encode("utf-16"), Kind.TEXT, "名"),
        (b"<script>alert(1)</script>", Kind.TEXT, "<script>alert(1)</script>"),
    ],
)
def test_office_files_and_texts_give_their_words(data: bytes, kind: Kind, expected: str) -> None:
    found, ending, copy = child.cleaned(data)
    assert (found, ending, copy.decode()) == (kind, "txt", expected)


def test_every_cell_of_a_workbook_comes_along() -> None:
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"author": WHO})
        book.add_worksheet("seen").write_row(0, 0, ["indicator", 91.5])
        hidden = book.add_worksheet("kept back")
        hidden.write(0, 0, "73.25")
        hidden.hide()
    _, _, copy = child.cleaned(out.getvalue())
    assert WHO not in copy.decode()
    assert copy.decode() == "# seen\nindicator\t91.5\n# kept back (hidden 隐藏)\n73.25"


def refuses(data: bytes, why: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        child.cleaned(data)
    assert refused.value.why is why


BOMB = package(word__document_xml=b"<w>" + b"a" * (texts.MOST_UNPACKED + 1))
LAUGHS = package(
    word__document_xml='<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w><t>&b;</t></w>',
)
OUTSIDE = package(word__document_xml='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w><t>&a;</t></w>')
LOCKED = compound({"EncryptedPackage": b"x"})


def wide(pixels: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (pixels, 10_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MZ\x90\0\3\0\0\0", Refusal.UNKNOWN),
        (b"\x7fELF\2\1\1\0", Refusal.UNKNOWN),
        (package(readme="x"), Refusal.UNKNOWN),
        (b"PK\3\4broken", Refusal.UNKNOWN),
        (LOCKED, Refusal.ENCRYPTED),
        (BOMB, Refusal.TOO_BIG),
        (LAUGHS, Refusal.DAMAGED),
        (OUTSIDE, Refusal.DAMAGED),
        (wide(images.MOST_PIXELS // 10_000 + 1), Refusal.TOO_BIG),
        (photograph()[:200], Refusal.DAMAGED),
        (photograph(kind="WEBP").replace(b"Exif\0\0", b"Exif\0\0MM\0*")[:-20], Refusal.DAMAGED),
        (b"%PDF-1.7\nnonsense", Refusal.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, Refusal.DAMAGED),
        (b"\xff\xd8\xff\xe0 no picture", Refusal.DAMAGED),
    ],
    ids=lambda one: str(one) if isinstance(one, str) else "",
)
def test_crafted_files_are_refused_with_the_reason(data: bytes, why: Refusal) -> None:
    refuses(data, why)


def test_the_content_decides_and_not_what_a_browser_might_make_of_it() -> None:
    """A page that is a picture as well is drawn as a picture: nothing of the page is left."""
    page = photograph() + b"<script>alert(1)</script>"
    assert kind_of(page) is Kind.IMAGE
    assert b"script" not in images.cleaned(page)[1]


def test_segments_are_cut_out_of_a_jpeg_and_its_dots_stay() -> None:
    original: Any = photograph()
    cut = pdfs.without_segments(original)
    with Image.open(io.BytesIO(cut)) as one, Image.open(io.BytesIO(original)) as other:
        assert one.tobytes() == other.tobytes() and not one.getexif() and "comment" not in one.info
    for broken in (b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x04ab", b"\xff\xd8abcd"):
        with pytest.raises(ValueError, match=r"JPEG|segment"):
            pdfs.without_segments(broken)


def test_every_kind_and_every_reason_has_words_of_its_own_on_the_page() -> None:
    """An officer who is told the wrong reason asks the reporter for the wrong thing."""
    page = (Path(cases.__file__).parent / "web/templates/cases/desk/file.html").read_text(encoding="utf-8")
    for kind in set(Kind) - {Kind.TEXT}:
        assert f'copy.kind == "{kind.value}"' in page
    for why in set(Refusal) - {Refusal.UNKNOWN}:
        assert f'copy.refused == "{why.value}"' in page
