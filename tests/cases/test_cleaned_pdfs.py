"""Each place in which a PDF can tell who made it, attacked one by one; and what shows, which stays."""

import io
import zlib
from collections.abc import Callable
from contextlib import suppress

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from portal.cases.cleaning import pdfs
from portal.cases.cleaning.pdfs import pictures
from tests.cases.test_cleaning import WHO, loud_pdf, photograph

TELLS = WHO.encode()
RECT = [0, 0, 9, 9]


def everything_in(data: bytes) -> bytes:
    """Every string and every stream of a PDF, unpacked as far as it goes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = [data, pdf.trailer.unparse()]
        for item in pdf.objects:
            parts.append(item.stream_dict.unparse() if isinstance(item, Stream) else item.unparse())
            if isinstance(item, Stream):
                parts.append(item.read_raw_bytes())
                with suppress(pikepdf.PdfError):  # the dots of a photograph
                    parts.append(item.read_bytes(pikepdf.StreamDecodeLevel.generalized))
    return b"\n".join(parts)


def picture(pdf: Pdf, data: bytes, filters: list[str], **more: object) -> Stream:
    about = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 40, "Height": 20, "BitsPerComponent": 8}
    names = Array([Name(f"/{name}") for name in filters])
    return pdf.make_stream(data, **about, ColorSpace=Name.DeviceRGB, Filter=names, **more)


def shown(pdf: Pdf, **resources: object) -> None:
    pdf.pages[0].obj.Resources = Dictionary(**resources)


def note(pdf: Pdf, **about: object) -> None:
    pdf.pages[0].obj.Annots = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=RECT, **{"Subtype": Name.Text, **about}))]
    )


def jpeg_2000() -> bytes:
    """With a comment in the code, a box of XML and a profile that names a camera."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG2000", comment=TELLS, num_resolutions=1)
    data = out.getvalue()
    xml = (8 + len(TELLS)).to_bytes(4, "big") + b"xml " + TELLS
    at = data.index(b"jp2c") - 4
    return data[:at] + xml + data[at:]


def jbig2() -> bytes:
    """A page, a comment, and the end of the page."""
    page = bytes(4) + b"\x30\0\1" + (19).to_bytes(4, "big") + bytes(19)
    said = b"\x20\0\0\0Author\0" + TELLS + b"\0\0"
    comment = b"\0\0\0\1\x3e\0\1" + len(said).to_bytes(4, "big") + said
    return page + comment + b"\0\0\0\2\x31\0\1\0\0\0\0"


def profile() -> bytes:
    return bytes(16) + b"RGB XYZ " + bytes(104) + TELLS


def font() -> bytes:
    """A TrueType file with two tables: the names of its makers, and a stand-in for its shapes."""
    names, shapes = TELLS.ljust(12), b"the shapes"
    table = b"name" + bytes(4) + (44).to_bytes(4, "big") + (12).to_bytes(4, "big")
    table += b"glyf" + bytes(4) + (56).to_bytes(4, "big") + len(shapes).to_bytes(4, "big")
    return b"\0\1\0\0\0\2" + bytes(6) + table + names + shapes


def inline(filters: bytes, data: bytes) -> bytes:
    return b"q BI /W 40 /H 20 /BPC 8 /CS /RGB /F " + filters + b" ID " + data + b"\nEI Q"


def content(data: bytes) -> Callable[[Pdf], None]:
    def put(pdf: Pdf) -> None:
        pdf.pages[0].obj.Contents = pdf.make_stream(data)

    return put


def with_picture(data: bytes, filters: list[str]) -> Callable[[Pdf], None]:
    return lambda pdf: shown(pdf, XObject=Dictionary(Im0=picture(pdf, data, filters)))


def in_a_form(pdf: Pdf) -> None:
    form = pdf.make_stream(
        b"/Span <</ActualText (" + TELLS + b")>> BDC 0 0 9 9 re f EMC",
        **{"Subtype": Name.Form, "BBox": RECT, "/PTEX.FileName": WHO, "/PTEX.InfoDict": Dictionary(Author=WHO)},
        Metadata=pdf.make_stream(TELLS),
        PieceInfo=Dictionary(App=Dictionary(Private=WHO)),
    )
    shown(pdf, XObject=Dictionary(Fm0=form))


def in_a_font(pdf: Pdf) -> None:
    described = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.ABCDEF,
        FontFile2=pdf.make_stream(font(), Metadata=pdf.make_stream(TELLS)),
    )
    letters = pdf.make_stream(b"%%Creator: " + TELLS + b"\n/CMapName /X def")
    one = Dictionary(
        Type=Name.Font, FontDescriptor=pdf.make_indirect(described), ToUnicode=letters, Name=Name("/x")
    )
    one.Private = String(WHO)
    shown(pdf, Font=Dictionary(F1=pdf.make_indirect(one)))


def in_a_shared_fax(pdf: Pdf) -> None:
    shared = Array([Dictionary(JBIG2Globals=pdf.make_stream(jbig2()))])
    page = bytes(4) + b"\x30\0\1" + (19).to_bytes(4, "big") + bytes(19)
    shown(pdf, XObject=Dictionary(Im0=picture(pdf, page, ["JBIG2Decode"], DecodeParms=shared)))


def in_a_glyph(pdf: Pdf) -> None:
    glyph = pdf.make_stream(b"% " + TELLS + b"\n9 0 d0 0 0 9 9 re f")
    shown(pdf, Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=glyph))))


def in_a_profile(pdf: Pdf) -> None:
    space = pdf.make_indirect(Array([Name.ICCBased, pdf.make_stream(profile(), N=3)]))
    shown(pdf, ColorSpace=Dictionary(C1=space, C2=Array([Name.Indexed, space, 0, String(b"abc")])))


def in_a_layer(pdf: Pdf) -> None:
    layer = pdf.make_indirect(
        Dictionary(Type=Name.OCG, Name=WHO, Usage=Dictionary(CreatorInfo=Dictionary(Creator=WHO)))
    )
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(Name=WHO, Creator=WHO, OFF=Array([layer]))
    )
    shown(pdf, Properties=Dictionary(MC0=layer, MC1=Dictionary(ActualText=WHO)))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/OC /MC0 BDC EMC /Span /MC1 BDC EMC")


def in_the_structure(pdf: Pdf) -> None:
    pdf.Root.Lang, pdf.Root.MarkInfo = String(WHO), Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.Figure, Alt=f"C:\\Users\\{WHO}\\scan.png", T=WHO))
    pdf.pages[0].obj.StructParents = 0


def in_bookmarks(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"{WHO}-draft.pdf", 0))
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=WHO)]))


def in_a_signature(pdf: Pdf) -> None:
    signed = Dictionary(
        Type=Name.Sig, Name=WHO, Location=WHO, Reason=WHO, ContactInfo=WHO, M="D:20260102", Contents=TELLS
    )
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, Rect=RECT, T=WHO, TU=WHO, V=signed)
    field = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=pdf.make_indirect(signed))


def in_a_hidden_field(pdf: Pdf) -> None:
    above = pdf.make_indirect(Dictionary(T=WHO, TU=WHO, FT=Name.Tx))
    kids = [
        pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=RECT, V=value, F=flags, Parent=above, T=WHO)
        )
        for value, flags in ((WHO, 2), ("seen", 4))
    ]
    above.Kids = Array(kids)
    pdf.pages[0].obj.Annots = Array(kids)
    pdf.Root.AcroForm = Dictionary(Fields=Array([above]), XFA=pdf.make_stream(TELLS), NeedAppearances=True)


def in_the_trailer(pdf: Pdf) -> None:
    pdf.trailer.ID = Array([String(TELLS), String(TELLS)])
    pdf.trailer.AppNotes = String(WHO)
    pdf.docinfo["/Author"] = WHO


def in_private_keys(pdf: Pdf) -> None:
    pdf.Root.WpsDocument = Dictionary(User=WHO)
    pdf.pages[0].obj["/ADBE_Owner"] = String(WHO)
    pdf.Root.Threads = Array([Dictionary(I=Dictionary(Author=WHO))])
    pdf.Root.ViewerPreferences = Dictionary(Own=WHO)
    pdf.Root.OutputIntents = Array(
        [Dictionary(S=Name.GTS_PDFA1, Info=WHO, DestOutputProfile=pdf.make_stream(TELLS))]
    )


def in_a_note(pdf: Pdf) -> None:
    said: dict[str, object] = {
        "T": WHO,
        "M": f"D:2026{WHO}",
        "NM": WHO,
        "Subj": WHO,
        "RC": WHO,
        "Contents": "Row 7",
    }
    note(pdf, **said, Name=Name(f"/#{WHO.replace(' ', '')}{WHO}"), A=Dictionary(S=Name.Launch, F=WHO))


PLACES: dict[str, Callable[[Pdf], None]] = {
    "a photograph wrapped once": with_picture(zlib.compress(photograph()), ["FlateDecode", "DCTDecode"]),
    "a photograph wrapped twice": with_picture(
        zlib.compress(photograph()).hex().encode() + b">", ["ASCIIHexDecode", "FlateDecode", "DCTDecode"]
    ),
    "a picture after a photograph": with_picture(
        photograph().replace(TELLS, b"x" * len(TELLS)) + photograph(), ["DCTDecode"]
    ),
    "a photograph within the text": content(inline(b"/DCT", photograph())),
    "a wrapped photograph within the text": content(inline(b"[/Fl /DCT]", zlib.compress(photograph()))),
    "a key of a picture within the text": content(
        b"BI /W 1 /H 1 /BPC 8 /CS /G /Author (" + TELLS + b") ID a EI"
    ),
    "a JPEG 2000": with_picture(jpeg_2000(), ["JPXDecode"]),
    "a fax": with_picture(jbig2(), ["JBIG2Decode"]),
    "what pictures of a fax share": in_a_shared_fax,
    "a comment in the text": content(b"q Q % " + TELLS + b"\n"),
    "a mark in the text": content(b"/P <</Alt (" + TELLS + b")>> BDC EMC /X <</A (" + TELLS + b")>> DP"),
    "an operator of nobody's": content(b"BX (" + TELLS + b") secret EX"),
    "a form": in_a_form,
    "a font": in_a_font,
    "a letter drawn": in_a_glyph,
    "a profile": in_a_profile,
    "a layer": in_a_layer,
    "the structure": in_the_structure,
    "bookmarks": in_bookmarks,
    "a signature": in_a_signature,
    "a hidden field": in_a_hidden_field,
    "the trailer": in_the_trailer,
    "keys of programs": in_private_keys,
    "a note": in_a_note,
    "a file beside a note": lambda pdf: note(
        pdf, Subtype=Name.FileAttachment, FS=Dictionary(F=WHO, EF=Dictionary(F=pdf.make_stream(TELLS)))
    ),
    "a hidden note": lambda pdf: note(pdf, Contents=WHO, F=2),
    "a thumbnail": lambda pdf: setattr(
        pdf.pages[0].obj, "Thumb", picture(pdf, photograph(), ["DCTDecode"])
    ),
}  # fmt: skip


def made(put: Callable[[Pdf], None]) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/Im0 Do /Fm0 Do /F1 9 Tf /C1 cs /C2 cs (a) Tj")
        put(pdf)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False)
    return out.getvalue()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_in_a_pdf_that_is_not_on_its_pages_tells_who_made_it(place: str) -> None:
    original = made(PLACES[place])
    assert TELLS in everything_in(original) or "wrapped" in place
    _, copy = pdfs.cleaned(original)
    left = everything_in(copy)
    assert TELLS not in left and b"Exif" not in left, place
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert len(pdf.pages) == 1


def test_an_earlier_state_of_a_pdf_is_not_in_the_copy() -> None:
    """Programs write changes behind what was there, and leave that where it was."""
    before = made(content(b"BT (" + TELLS + b") Tj ET"))
    with pikepdf.open(io.BytesIO(before)) as pdf:
        number = pdf.pages[0].obj.Contents.objgen[0]
        size = int(pdf.trailer.Size)
    changed = f"\n{number} 0 obj\n<< /Length 13 >>\nstream\nBT (ok) Tj ET\nendstream\nendobj\n".encode()
    start = before.rindex(b"startxref")
    table = before[start:].split()[1].decode()
    root = before[before.index(b"/Root") :].split(b"R", 2)[1].decode().split("oot")[-1]
    where, after = len(before) + 1, len(before) + len(changed)
    trailer = f"xref\n{number} 1\n{where:010} 00000 n \ntrailer << /Size {size} /Root{root}R /Prev {table} >>\n"
    original = before + changed + trailer.encode() + f"startxref\n{after}\n%%EOF\n".encode()
    assert TELLS in original
    left = everything_in(pdfs.cleaned(original)[1])
    assert TELLS not in left and b"BT (ok) Tj ET" in left


def test_two_files_that_show_the_same_give_one_copy() -> None:
    """Nothing of the file's own identity is left: not its number, not what wrote it."""
    copies = {pdfs.cleaned(made(put))[1] for put in (PLACES["the trailer"], PLACES["keys of programs"])}
    assert len(copies) == 1


def test_what_shows_in_a_pdf_stays() -> None:
    with pikepdf.open(io.BytesIO(pdfs.cleaned(made(in_a_hidden_field))[1])) as pdf:
        (field,) = pdf.pages[0].obj.Annots
        (root,) = pdf.Root.AcroForm.Fields
        assert str(field.V) == "seen" and root.Kids[0].objgen == field.objgen and str(root.FT) == "/Tx"
    with pikepdf.open(io.BytesIO(pdfs.cleaned(made(in_a_layer))[1])) as pdf:
        (layer,) = pdf.Root.OCProperties.D.OFF
        assert layer.objgen == pdf.pages[0].obj.Resources.Properties.MC0.objgen
        assert b"/OC /MC0 BDC" in pdf.pages[0].obj.Contents.read_bytes()
    with pikepdf.open(io.BytesIO(pdfs.cleaned(made(in_a_profile))[1])) as pdf:
        colours = pdf.pages[0].obj.Resources.ColorSpace
        assert list(colours.C1) == [Name.DeviceRGB] and list(colours.C2[1]) == [Name.DeviceRGB]
    with pikepdf.open(io.BytesIO(pdfs.cleaned(made(in_a_font))[1])) as pdf:
        described = pdf.pages[0].obj.Resources.Font.F1.FontDescriptor
        assert described.FontFile2.read_bytes().endswith(bytes(12) + b"the shapes")


@pytest.mark.parametrize("place", [place for place in PLACES if "photograph" in place])
def test_the_dots_of_photographs_stay(place: str) -> None:
    with pikepdf.open(io.BytesIO(pdfs.cleaned(made(PLACES[place]))[1])) as pdf:
        if "text" in place:
            _, one, _ = pikepdf.parse_content_stream(pdf.pages[0])
            data = one.iimage.read_raw_bytes()
        else:
            data = pdf.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
    with Image.open(io.BytesIO(data)) as cut, Image.open(io.BytesIO(photograph())) as original:
        assert cut.tobytes() == original.tobytes()


def test_a_jpeg_2000_is_cut_box_by_box_and_its_dots_stay() -> None:
    cut = pictures.without_boxes(jpeg_2000())
    with Image.open(io.BytesIO(cut)) as one, Image.open(io.BytesIO(jpeg_2000())) as other:
        assert TELLS not in cut and one.tobytes() == other.tobytes()


def test_pictures_that_end_too_early_or_lie_about_their_lengths_are_refused() -> None:
    """Never a copy of what could not be read to its end."""
    for broken in (b"", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\1jp2c" + bytes(8)):
        with pytest.raises(ValueError, match=r"JPEG 2000|box|tile|marker"):
            pictures.without_boxes(broken)
    with pytest.raises(ValueError, match="picture"):
        pictures.cut_data(photograph(), ["/DCTDecode", "/FlateDecode"], [])
    with pytest.raises(ValueError, match="length"):
        pictures.without_extensions(bytes(4) + b"\x30\0\1\xff\xff\xff\xff" + bytes(9))


def test_a_cleaned_pdf_cleaned_again_is_the_same() -> None:
    _, once = pdfs.cleaned(loud_pdf())
    assert pdfs.cleaned(once)[1] == once
