"""What a file is, by its content. Its name and what a browser says of it are not asked."""

from __future__ import annotations

import re
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from portal.cases.cleaning.compound import Compound


class Kind(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    DOCUMENT = "document"
    SHEET = "sheet"
    SLIDES = "slides"
    MAIL = "mail"
    PAGE = "page"


class Refusal(StrEnum):
    """Why there can be no cleaned copy."""

    UNKNOWN = "unknown"
    ENCRYPTED = "encrypted"
    TOO_BIG = "too-big"
    DAMAGED = "damaged"
    OLDER = "older"
    """A file of an older office program, whose parts nothing here can tell apart."""
    HEIC = "heic"
    """A picture of a telephone that its decoder cannot read: perhaps damaged, perhaps of another kind within."""
    SAYS_WHO = "says-who"
    """An address card, a calendar, a drawing: what is left when makers and senders go is nothing."""


class Refused(Exception):
    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_AVIF = frozenset({b"avif", b"avis"})
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES = {
    "word/document.xml": Kind.DOCUMENT,
    "xl/workbook.xml": Kind.SHEET,
    "xl/workbook.bin": Kind.SHEET,
    "ppt/presentation.xml": Kind.SLIDES,
}
_OLDER = {
    "WordDocument": Kind.DOCUMENT,
    "PowerPoint Document": Kind.SLIDES,
    "Workbook": Kind.SHEET,
    "Book": Kind.SHEET,
}
_OPEN_DOCUMENTS = {"text": Kind.DOCUMENT, "spreadsheet": Kind.SHEET, "presentation": Kind.SLIDES}
_TEXT_CONTROLS = frozenset({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_LOOKED_AT = 65536

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta)\b", re.IGNORECASE)
_FLAT = re.compile(r"<office:document[\s>]")
_CARD = re.compile(r"BEGIN:V(?:CARD|CALENDAR)\b|%!PS|\s*\(?DWG|.{0,40}\$ACADVER", re.IGNORECASE | re.DOTALL)
_MARKED = re.compile(r"<(?:\?xml|svg|!doctype)\b", re.IGNORECASE)
_HEADER = re.compile(r"([!-9;-~]{1,76}):[^\n]*\n(?:[ \t][^\n]*\n)*")
_OF_MAIL = frozenset({"received", "message-id", "mime-version", "return-path", "delivered-to", "dkim-signature"})
_OF_LETTERS = frozenset({"from", "to", "subject", "date"})


def kind_of(data: bytes) -> Kind:
    """What the bytes are. Raises Refused for what no cleaned copy can be made of."""
    if data.startswith(_IMAGES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return Kind.IMAGE
    if data[4:8] == b"ftyp":
        return _film(data)
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.startswith(OLE):
        return _compound(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _TEXT_CONTROLS.intersection(data[:_LOOKED_AT]):
        return _written(data)
    raise Refused(Refusal.UNKNOWN)


def is_heic(data: bytes) -> bool:
    """A picture of its family that is no AVIF, which has a decoder of its own."""
    return data[4:8] == b"ftyp" and bool(_brands(data) & _HEIC) and not _brands(data) & _AVIF


def is_rtf(data: bytes) -> bool:
    return data.lstrip()[:5] == b"{\\rtf"


def _film(data: bytes) -> Kind:
    if _brands(data) & (_AVIF | _HEIC):
        return Kind.IMAGE
    raise Refused(Refusal.UNKNOWN)


def _brands(data: bytes) -> set[bytes]:
    """The family of containers in which telephones keep pictures and films, by its brands (ISO 14496-12, 4.3)."""
    size = min(int.from_bytes(data[:4], "big"), 256)
    return {data[at : at + 4] for at in (8, *range(16, size, 4))}


def _written(data: bytes) -> Kind:
    """Letters can be a letter, or the source of something that says who made it."""
    if is_rtf(data):
        return Kind.DOCUMENT
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = data[:_LOOKED_AT].decode(encoding, "replace").lstrip().replace("\r\n", "\n")
    if _FLAT.search(text):
        return Kind.DOCUMENT
    if _CARD.match(text):
        raise Refused(Refusal.SAYS_WHO)
    if _HTML.search(text):
        return Kind.MAIL if _is_mail(text) else Kind.PAGE
    if _MARKED.search(text[:1024]):
        raise Refused(Refusal.SAYS_WHO)
    return Kind.MAIL if _is_mail(text) else Kind.TEXT


def _is_mail(text: str) -> bool:
    if text.startswith("From ") and "\n" in text:
        text = text.partition("\n")[2]
    at, names = 0, set()
    while found := _HEADER.match(text, at):
        names.add(found[1].lower())
        at = found.end()
    return bool(names & _OF_MAIL) or len(names & _OF_LETTERS) > 2


def _package(data: bytes) -> Kind:
    try:
        with ZipFile(BytesIO(data)) as package:
            entries = {entry.filename: entry for entry in package.infolist()}
            if any(entry.flag_bits & 1 for entry in entries.values()):
                raise Refused(Refusal.ENCRYPTED)
            for name, kind in _PACKAGES.items():
                if name in entries:
                    return kind
            if "mimetype" in entries and entries["mimetype"].file_size < 200 and "content.xml" in entries:
                said = package.read("mimetype").decode("ascii", "replace")
                return next(kind for name, kind in _OPEN_DOCUMENTS.items() if f"opendocument.{name}" in said)
    except (BadZipFile, StopIteration, NotImplementedError, ValueError, OSError):
        pass
    raise Refused(Refusal.UNKNOWN)


def _compound(data: bytes) -> Kind:
    """Files of older programs, and newer ones under a password, are file systems of their own."""
    try:
        names = Compound(data).names
    except ValueError:
        raise Refused(Refusal.DAMAGED) from None
    if "EncryptedPackage" in names:
        raise Refused(Refusal.ENCRYPTED)
    for name, kind in _OLDER.items():
        if name in names:
            return kind
    raise Refused(Refusal.OLDER)
