"""What each kind of object in a PDF may keep: the keys that ISO 32000-2 needs to draw pages, and no other.

Programs write who made a file into many places, and into some that no standard knows; so what stays is listed
here, and not what goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Holds:
    """The keys that an object of a kind keeps (None: whatever it names), and the kinds of what lies under them."""

    keys: frozenset[str] | None
    inner: Mapping[str, str] = field(default_factory=dict)
    each: str = "drawn"

    def under(self, key: str) -> str:
        return self.inner.get(key, self.each)


def _keys(words: str) -> frozenset[str]:
    return frozenset(f"/{word}" for word in words.split())


_DRAWN = _keys(
    "Length Filter DecodeParms Type Subtype S Predictor Colors BitsPerComponent Columns EarlyChange K "
    "EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError JBIG2Globals ColorTransform "
    "Width Height ColorSpace Intent ImageMask Mask Decode Interpolate SMask SMaskInData Matte OC FormType "
    "BBox Matrix Resources Group CS I PatternType PaintType TilingType XStep YStep Shading ExtGState "
    "ShadingType Background AntiAlias Coords Domain Function Extend BitsPerCoordinate BitsPerFlag "
    "VerticesPerRow FunctionType Range Size Order Encode C0 C1 N Functions Bounds LW LC LJ ML D RI OP op OPM "
    "Font BG BG2 UCR UCR2 TR TR2 HT FL SM SA BM CA ca AIS TK BC G HalftoneType Frequency Angle SpotFunction "
    "AccurateScreens TransferFunction Xsquare Ysquare Default Gray Red Green Blue Cyan Magenta Yellow Black "
    "BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo DW W "
    "DW2 W2 CIDToGIDMap FontBBox FontMatrix CharProcs BaseEncoding Differences CMapName WMode UseCMap "
    "Registry Ordering Supplement FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent "
    "Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 "
    "CharSet Style Panose FD CIDSet Length1 Length2 Length3 WhitePoint BlackPoint Gamma Colorants Process "
    "Components Alternate"
)
_SPECIAL = {
    "/Resources": "resources",
    "/CharProcs": "glyphs",
    "/Colorants": "named",
    "/FD": "named",
    "/OC": "layer",
    "/ToUnicode": "letters",
    "/Encoding": "letters",
    "/UseCMap": "letters",
    "/JBIG2Globals": "fax",
    "/FontFile": "type 1",
    "/FontFile2": "font",
    "/FontFile3": "font",
}
_NOTE = _keys(
    "Type Subtype Rect Contents F AP AS Border C BS QuadPoints L Vertices InkList LE IC RD BE CA ca CL Name "
    "Open OC MK DA Q"
)
_FIELD = _keys("FT Ff V MaxLen Opt Kids Parent T I TI")
_IN_NOTES = {"/OC": "layer", "/AP": "looks", "/MK": "dressed", "/BS": "dressed", "/BE": "dressed"}
_OF_RESOURCES = _keys("ExtGState ColorSpace Pattern Shading XObject Font")
_PAGE = _keys(
    "Type Kids Count Parent MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit Resources Contents Group"
)
_ANNOTS = frozenset({"/Annots"})

KINDS = {
    "root": Holds(
        _keys("Type Pages OCProperties AcroForm"),
        {"/Pages": "pages", "/OCProperties": "layers", "/AcroForm": "form"},
    ),
    "pages": Holds(
        _PAGE | _ANNOTS,
        {
            "/Resources": "resources",
            "/Annots": "note",
            "/Kids": "pages",
            "/Parent": "pages",
            "/Contents": "content",
        },
    ),
    "resources": Holds(
        _OF_RESOURCES | _keys("Properties ProcSet"),
        {**dict.fromkeys(_OF_RESOURCES, "named"), "/Properties": "properties"},
    ),
    "drawn": Holds(_DRAWN, _SPECIAL),
    "content": Holds(_DRAWN, _SPECIAL),
    "font": Holds(_DRAWN),
    "fax": Holds(_DRAWN),
    "letters": Holds(_DRAWN, _SPECIAL),
    "type 1": Holds(_DRAWN),
    "named": Holds(None),
    "glyphs": Holds(None, each="content"),
    "properties": Holds(None, each="layer"),
    "layer": Holds(_keys("Type OCGs P VE Name"), {"/OCGs": "layer", "/VE": "layer"}),
    "layers": Holds(_keys("OCGs D"), {"/OCGs": "layer", "/D": "shown"}),
    "shown": Holds(_keys("BaseState ON OFF"), each="layer"),
    "form": Holds(_keys("Fields DA DR NeedAppearances Q"), {"/Fields": "field", "/DR": "resources"}),
    "note": Holds(_NOTE, _IN_NOTES),
    "field": Holds(_NOTE | _FIELD, {**_IN_NOTES, "/Kids": "field", "/Parent": "field"}),
    "looks": Holds(_keys("N"), {"/N": "glyphs"}),
    "dressed": Holds(_keys("Type W S D I R BC BG CA RC AC TP RI IX IF")),
}
NOTES_KEPT = _keys(
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp "
    "Caret Ink Redact Watermark Widget"
)
"""Notes that show something. What plays, carries a file or opens a window shows nothing."""
NOTE_SIGNS = _keys(
    "Comment Key Note Help NewParagraph Paragraph Insert Approved Experimental NotApproved AsIs Expired "
    "NotForPublicRelease Confidential Final Sold Departmental ForComment TopSecret Draft ForPublicRelease"
)
"""The names of signs and stamps that the standard knows; another can be a person's."""
