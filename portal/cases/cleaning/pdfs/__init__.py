"""PDFs keep their pages and lose all else: scripts, actions, files inside, and who made them."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from pikepdf.models import PdfParsingError
from pikepdf.sanitize import Sanitizer

from portal.cases.cleaning.kinds import Refusal, Refused
from portal.cases.cleaning.pdfs.keeping import keep_what_draws
from portal.cases.cleaning.pdfs.pictures import without_segments

__all__ = ["cleaned", "ready", "without_segments"]

_FORBIDDEN = (
    *("/JavaScript", "/JS", "/EmbeddedFile", "/EmbeddedFiles", "/Launch", "/XFA", "/SubmitForm", "/URI"),
    *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/AF", "/EF", "/Thumb", "/SpiderInfo"),
    *(
        "/OpenAction",
        "/Perms",
        "/Legal",
        "/Collection",
        "/DSS",
        "/Author",
        "/Creator",
        "/Producer",
        "/PTEX.InfoDict",
    ),
)
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
"""A first wall of somebody else's making; what is kept is listed in `pdfs.kinds`."""


def ready() -> None:
    """Load what reads and writes PDFs, while files may still be opened."""
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.pages[0].obj.Contents = blank.make_stream(b"/P <</MCID 0>> BDC BI /W 1 /H 1 /BPC 1 ID a EI EMC")
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
            keep_what_draws(pdf)
            out = BytesIO()
            pdf.remove_unreferenced_resources()
            pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError:
        raise Refused(Refusal.ENCRYPTED) from None
    except MemoryError:
        raise Refused(Refusal.TOO_BIG) from None
    except (pikepdf.PdfError, PdfParsingError, *_STUMBLES):
        raise Refused(Refusal.DAMAGED) from None
    _require_quiet(out.getvalue())
    return "pdf", out.getvalue()


_STUMBLES = (ValueError, TypeError, LookupError, RuntimeError, AttributeError, ArithmeticError)


def _require_quiet(data: bytes) -> None:
    """Look at what was written with new eyes: nothing active may be in any object."""
    with pikepdf.open(BytesIO(data)) as pdf:
        if Name.Info in pdf.trailer:
            raise Refused(Refusal.DAMAGED)
        for item in pdf.objects:
            if isinstance(item, Dictionary | Stream | Array) and _is_loud(item):
                raise Refused(Refusal.DAMAGED)


def _is_loud(item: Dictionary | Stream | Array) -> bool:
    """Whether it, or what lies inside it and is no object of its own, can do something or tell who made it."""
    waiting: list[object] = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Array):
            waiting += [inner for inner in one if isinstance(inner, Array | Dictionary) and not inner.is_indirect]
        elif isinstance(one, Dictionary | Stream):
            if any(key in one for key in _FORBIDDEN):
                return True
            if any(str(one.get(key)) in _FORBIDDEN for key in (Name.S, Name.Type, Name.Subtype)):
                return True
            values = [one[key] for key in one.keys()]  # noqa: SIM118 - a pikepdf object is no mapping
            waiting += [
                inner for inner in values if isinstance(inner, Array | Dictionary) and not inner.is_indirect
            ]
    return False
