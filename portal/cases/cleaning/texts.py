"""Office files give their text, and plain text its letters: no layout, no macro, no author."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from python_calamine import CalamineError, CalamineWorkbook

from portal.cases.cleaning.kinds import Kind, Refusal, Refused

MOST_UNPACKED = 64 * 1024 * 1024
MOST_LETTERS = 8 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
_PARAGRAPHS = frozenset({"p", "h", "tr", "table-row"})
_BREAKS = {"br": "\n", "line-break": "\n", "tab": "\t", "tc": "\t", "table-cell": "\t"}


def ready() -> None:
    """Load what reads texts, the letters of every encoding included, while files may still be opened."""
    for encoding in ("cp437", "ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", *_ENCODINGS):
        "x".encode(encoding).decode(encoding)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        package.writestr("content.xml", "<x/>")
    cleaned(packed.getvalue(), Kind.DOCUMENT)


def cleaned(data: bytes, kind: Kind) -> tuple[str, bytes]:
    """The ending and bytes of the text. Raises Refused."""
    try:
        if kind is Kind.TEXT:
            text = _decoded(data)
        elif kind is Kind.SHEET:
            text = "\n".join(_sheets(data))
        else:
            text = "".join(_words(data, kind))
    except MemoryError:
        raise Refused(Refusal.TOO_BIG) from None
    except (BadZipFile, ParseError, DefusedXmlException, CalamineError, ZlibError, KeyError, ValueError, OSError):
        raise Refused(Refusal.DAMAGED) from None
    if len(text) > MOST_LETTERS:
        raise Refused(Refusal.TOO_BIG)
    return "txt", _plain(text).encode()


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(Refusal.UNKNOWN)


def _sheets(data: bytes) -> Iterator[str]:
    """Every cell of every sheet, hidden ones as well: they can be what was to be shown."""
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as package:
            _require_small(package)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    letters = 0
    for name in book.sheet_names:
        yield f"# {name}"
        for row in book.get_sheet_by_name(name).to_python():
            line = "\t".join(str(cell) for cell in row)
            letters += len(line)
            if letters > MOST_LETTERS:
                raise Refused(Refusal.TOO_BIG)
            yield line


def _words(data: bytes, kind: Kind) -> Iterator[str]:
    with ZipFile(BytesIO(data)) as package:
        _require_small(package)
        for part in _parts(package, kind):
            with package.open(part) as source:
                yield from _in_order(fromstring(source.read()), everywhere=part == "content.xml")


def _in_order(root: Element, *, everywhere: bool) -> Iterator[str]:
    """The text in reading order: of OpenDocument files all there is, of others what stands in <t>."""
    waiting: list[Element | str | tuple[Element]] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, tuple):
            name = _name(one[0])
            yield "\n" if name in _PARAGRAPHS else _BREAKS.get(name, "")
        else:
            waiting.append((one,))
            for child in reversed(one):
                if everywhere and child.tail and child.tail.strip():
                    waiting.append(child.tail)
                waiting.append(child)
            if (everywhere or _name(one) == "t") and one.text:
                yield one.text


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _parts(package: ZipFile, kind: Kind) -> list[str]:
    names = package.namelist()
    if "content.xml" in names:
        return ["content.xml"]
    if kind is Kind.DOCUMENT:
        wanted = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")
        return [name for name in wanted if name in names]
    slides = [name for name in names if name.startswith("ppt/slides/slide") and name.endswith(".xml")]
    return sorted(slides, key=lambda name: (len(name), name))


def _require_small(package: ZipFile) -> None:
    """What it says it unpacks to; what unpacks to more than it said stops at the limits of the process."""
    if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
        raise Refused(Refusal.TOO_BIG)


def _plain(text: str) -> str:
    """Letters only: no control characters, none that turn the reading direction, none that cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
