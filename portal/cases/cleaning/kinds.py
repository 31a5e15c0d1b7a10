"""What a file is, by its content. Its name and what a browser says of it are not asked."""

from __future__ import annotations

from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile


class Kind(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    DOCUMENT = "document"
    SHEET = "sheet"
    SLIDES = "slides"


class Refusal(StrEnum):
    """Why there can be no cleaned copy."""

    UNKNOWN = "unknown"
    ENCRYPTED = "encrypted"
    TOO_BIG = "too-big"
    DAMAGED = "damaged"


class Refused(Exception):
    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES = {
    "word/document.xml": Kind.DOCUMENT,
    "xl/workbook.xml": Kind.SHEET,
    "xl/workbook.bin": Kind.SHEET,
    "ppt/presentation.xml": Kind.SLIDES,
}
_OPEN_DOCUMENTS = {"text": Kind.DOCUMENT, "spreadsheet": Kind.SHEET, "presentation": Kind.SLIDES}
_TEXT_CONTROLS = frozenset({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})


def kind_of(data: bytes) -> Kind:
    """What the bytes are. Raises Refused for what no cleaned copy can be made of."""
    if data.startswith(_IMAGES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return Kind.IMAGE
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _TEXT_CONTROLS.intersection(data[:65536]):
        return Kind.TEXT
    raise Refused(Refusal.UNKNOWN)


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
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(Refusal.ENCRYPTED)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book\0")):
        return Kind.SHEET
    raise Refused(Refusal.UNKNOWN)
