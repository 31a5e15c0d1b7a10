"""PDFs keep their pages and lose all else: scripts, actions, files inside, and who made them."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from pikepdf.sanitize import Sanitizer

from portal.cases.cleaning.kinds import Refusal, Refused

_EVERYWHERE = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/AF", "/XFA", "/EF", "/Thumb", "/SpiderInfo"),
    *("/OpenAction", "/Perms", "/Legal", "/Collection", "/DSS"),
)
_OF_NOTES = (
    *("/T", "/M", "/CreationDate", "/NM", "/RC", "/IRT", "/RT", "/Popup"),
    *("/A", "/PA", "/FS", "/Sound", "/Movie"),
)
_NO_NOTES = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/TrapNet", "/Projection")
_FORBIDDEN = ("/JavaScript", "/JS", "/EmbeddedFile", "/EmbeddedFiles", "/Launch", "/XFA", "/SubmitForm", "/URI")
_SANITIZER = (
    Sanitizer()
    .remove_javascript()
    .remove_external_access()
    .remove_attachments()
    .remove_multimedia()
    .remove_private_app_data()
    .remove_search_index()
    .remove_thumbnails()
    .remove_web_capture()
    .remove_collection()
)


def ready() -> None:
    """Load what reads and writes PDFs, while files may still be opened."""
    with pikepdf.new() as blank:
        blank.add_blank_page()
        out = BytesIO()
        blank.save(out)
    cleaned(out.getvalue())


def cleaned(data: bytes) -> tuple[str, bytes]:
    """The ending and bytes of the cleaned PDF. Raises Refused, also when something active would be left in it."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise Refused(Refusal.ENCRYPTED)
            _SANITIZER.apply(pdf)
            _strip(pdf)
            out = BytesIO()
            pdf.remove_unreferenced_resources()
            pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError:
        raise Refused(Refusal.ENCRYPTED) from None
    except MemoryError:
        raise Refused(Refusal.TOO_BIG) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, RecursionError):
        raise Refused(Refusal.DAMAGED) from None
    _require_quiet(out.getvalue())
    return "pdf", out.getvalue()


def _strip(pdf: pikepdf.Pdf) -> None:
    for key in (Name.Info, Name.Encrypt):
        if key in pdf.trailer:
            del pdf.trailer[key]
    names = pdf.Root.get(Name.Names)
    if isinstance(names, Dictionary):
        for key in (Name.JavaScript, Name.EmbeddedFiles):
            if key in names:
                del names[key]
    for item in pdf.objects:
        if isinstance(item, Dictionary | Stream):
            _strip_dictionary(item)
        if isinstance(item, Stream):
            _strip_picture(item)
    for page in pdf.pages:
        notes = page.obj.get(Name.Annots)
        if isinstance(notes, Array):
            page.obj[Name.Annots] = Array([note for note in notes if _stays(note)])


def _strip_dictionary(item: Dictionary | Stream) -> None:
    """The keys that say who made it, or that do something; also in dictionaries that lie inside this one."""
    for key in _EVERYWHERE:
        if key in item:
            del item[key]
    for key in list(item.keys()):
        inner = item[key]
        if isinstance(inner, Dictionary) and not inner.is_indirect:
            _strip_dictionary(inner)


def _stays(note: object) -> bool:
    """Whether a note on a page stays, without its author and dates; what plays or carries a file goes."""
    if not isinstance(note, Dictionary) or str(note.get(Name.Subtype)) in _NO_NOTES:
        return False
    if note.get(Name.Subtype) == Name.Widget:
        for key in ("/A", "/PA", "/AA", "/M", "/NM"):
            if key in note:
                del note[key]
        return True
    for key in _OF_NOTES:
        if key in note:
            del note[key]
    return True


def _strip_picture(item: Stream) -> None:
    """A photograph inside a PDF is a whole JPEG file, with all that a camera wrote into it."""
    if item.get(Name.Filter) in (Name.DCTDecode, Array([Name.DCTDecode])):
        item.write(without_segments(item.read_raw_bytes()), filter=Name.DCTDecode)


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without comments and what applications wrote, but for what its colours need. Raises ValueError."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    out, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg):
        if jpeg[at] != 0xFF:
            raise ValueError("no segment where one should be")
        marker = jpeg[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:  # the picture itself, to the end
            end = jpeg.rfind(b"\xff\xd9")
            return bytes(out + (jpeg[at : end + 2] if end > at else jpeg[at:]))
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        application = 0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xEE)
        if not application and marker != 0xFE:
            out += jpeg[at : at + 2 + length]
        at += 2 + length
    raise ValueError("a JPEG without a picture")


def _require_quiet(data: bytes) -> None:
    """Look at what was written with new eyes: nothing active may be in any object."""
    with pikepdf.open(BytesIO(data)) as pdf:
        if Name.Info in pdf.trailer or Name.Metadata in pdf.Root:
            raise Refused(Refusal.DAMAGED)
        for item in pdf.objects:
            if isinstance(item, Dictionary | Stream) and _is_loud(item):
                raise Refused(Refusal.DAMAGED)


def _is_loud(item: Dictionary | Stream) -> bool:
    if any(key in item for key in (*_FORBIDDEN, *_EVERYWHERE)):
        return True
    if any(str(item.get(key)) in _FORBIDDEN for key in (Name.S, Name.Type, Name.Subtype)):
        return True
    inner = (item[key] for key in item.keys())  # noqa: SIM118 - a pikepdf object is no mapping
    return any(isinstance(one, Dictionary) and not one.is_indirect and _is_loud(one) for one in inner)
