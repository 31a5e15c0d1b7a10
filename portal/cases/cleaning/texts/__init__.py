"""Office files give their text, and plain text its letters: no layout, no macro, no author."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from python_calamine import CalamineError

from portal.cases.cleaning.compound import Compound
from portal.cases.cleaning.kinds import OLE, Kind, Refusal, Refused, is_rtf
from portal.cases.cleaning.texts import mails, opened, pages, rtf, sheets, slides, slides97, word, word97
from portal.cases.cleaning.texts.packages import MOST_UNPACKED, require_small
from portal.cases.cleaning.texts.sheets import MOST_LETTERS

__all__ = ["MOST_LETTERS", "MOST_UNPACKED", "cleaned", "ready"]

_ENCODINGS = ("utf-8-sig", "gb18030")
_OF_LETTERS = (
    *("cp437", "ascii", "latin-1", "utf-7", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb2312", "gbk", "big5"),
    *(
        "big5hkscs",
        "euc-jp",
        "iso-2022-jp",
        "shift_jis",
        "euc-kr",
        "koi8-r",
        "iso-8859-15",
        "iso-8859-2",
        "cp1252",
    ),
    *rtf.CHARSETS.values(),
)
_NOTHING = "[no text 没有文字]"
_STUMBLES = (
    *(BadZipFile, ParseError, DefusedXmlException, CalamineError, ZlibError),
    *(LookupError, ValueError, OSError, NotImplementedError),
)


def ready() -> None:
    """Load what reads texts, the letters of every encoding included, while files may still be opened."""
    for encoding in (*_OF_LETTERS, *_ENCODINGS):
        "x".encode(encoding).decode(encoding)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        package.writestr("content.xml", "<x/>")
    cleaned(packed.getvalue(), Kind.DOCUMENT)
    mails.ready()


def cleaned(data: bytes, kind: Kind) -> tuple[str, bytes]:
    """The ending and bytes of the text. Raises Refused."""
    try:
        text = "".join(_words(data, kind))
    except MemoryError:
        raise Refused(Refusal.TOO_BIG) from None
    except _STUMBLES:
        raise Refused(Refusal.DAMAGED) from None
    if len(text) > MOST_LETTERS:
        raise Refused(Refusal.TOO_BIG)
    plain = _plain(text)
    return "txt", (plain if plain.strip() else _NOTHING).encode()


def _words(data: bytes, kind: Kind) -> Iterator[str]:
    if kind is Kind.TEXT:
        yield _decoded(data)
    elif kind is Kind.PAGE:
        yield pages.words(_decoded(data))
    elif kind is Kind.MAIL:
        yield from mails.words(data)
    elif kind is Kind.SHEET:
        yield "\n".join(sheets.words(data))
    elif data.startswith(OLE):
        yield from (slides97 if kind is Kind.SLIDES else word97).words(Compound(data))
    elif is_rtf(data):
        yield rtf.words(data.lstrip())
    elif not data.startswith(b"PK"):
        yield from opened.flat_words(fromstring(data))
    else:
        with ZipFile(BytesIO(data)) as package:
            require_small(package)
            if "content.xml" in package.namelist():
                yield from opened.words(package)
            else:
                yield from (slides if kind is Kind.SLIDES else word).words(package)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(Refusal.UNKNOWN)


def _plain(text: str) -> str:
    """Letters only: no control characters, none that turn the reading direction, none that cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
