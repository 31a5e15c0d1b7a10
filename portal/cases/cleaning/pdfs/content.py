"""What draws a page is written anew: marks drawn stay, words beside them that nobody sees go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import ContentStreamInlineImage, Dictionary, Name, Operator

from portal.cases.cleaning.pdfs import pictures

_OF_INLINE = frozenset(
    {
        *("/BitsPerComponent", "/ColorSpace", "/Decode", "/DecodeParms", "/Filter", "/Height"),
        *("/ImageMask", "/Intent", "/Interpolate", "/Width"),
    }
)
_NEEDS = re.compile(rb"%|\bBDC\b|\bDP\b|\bMP\b|\bBMC\b|\bBI\b|\bBX\b")
_WORDS = (
    "b B b* B* BT c cm cs CS d d0 d1 Do EMC ET f F f* g G gs h i j J k K l m M n q Q re rg RG ri s S sc SC scn "
    "SCN sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""
)
_DRAWS = frozenset(_WORDS.split())
"""Every operator of ISO 32000-2, annex A, but those that only mark or excuse."""
_Instruction = pikepdf.ContentStreamInstruction | ContentStreamInlineImage
_LAYER = Name.OC
_MARK = Name.Span


def rewritten(stream: pikepdf.Object, data: bytes) -> bytes | None:
    """The content anew; None where nothing but drawing is in it. Raises ValueError and PdfError."""
    if not _NEEDS.search(data):
        return None
    return b"\n".join(_pieces(pikepdf.parse_content_stream(stream)))


def _pieces(instructions: list[_Instruction]) -> Iterator[bytes]:
    kept: list[_Instruction] = []
    for one in instructions:
        if isinstance(one, ContentStreamInlineImage):
            yield pikepdf.unparse_content_stream(kept)
            kept = []
            yield _inline(one.iimage)
        else:
            marked = _marked(one)
            if marked is not None:
                kept.append(marked)
    yield pikepdf.unparse_content_stream(kept)


def _marked(one: pikepdf.ContentStreamInstruction) -> pikepdf.ContentStreamInstruction | None:
    """A mark that says no more than that something begins here; layers, which hide what they hold, as they are."""
    name = str(one.operator)
    if name in ("BMC", "BDC"):
        operands = list(one.operands)
        if name == "BDC" and operands[:1] == [_LAYER] and isinstance(operands[-1], Name):
            return one
        return pikepdf.ContentStreamInstruction([_MARK], Operator("BMC"))
    return one if name in _DRAWS else None


def _inline(image: pikepdf.PdfInlineImage) -> bytes:
    data, about = image.read_raw_bytes(), image.obj
    filters = list(image.filters)
    if any(name in ("/DCTDecode", "/JPXDecode", "/JBIG2Decode") for name in filters):
        data = pictures.cut_data(data, filters, list(image.decode_parms))
        about = Dictionary({key: about[key] for key in about.keys() if key != "/DecodeParms"})  # noqa: SIM118
        about.Filter = Name(filters[-1])
    words = [
        str(key).encode() + b" " + about[key].unparse()
        if isinstance(about[key], pikepdf.Object)
        else str(key).encode() + b" " + pikepdf.Array([about[key]]).unparse()[1:-1]
        for key in about.keys()  # noqa: SIM118 - a pikepdf object is no mapping
        if key in _OF_INLINE
    ]
    return b"BI " + b" ".join(words) + b" ID " + data + b"\nEI"
