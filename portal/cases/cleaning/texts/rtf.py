"""RTF documents: the letters that are shown, with notes and comments in place; none that say who wrote them.

Rich Text Format 1.9.1. Groups that begin with a star, and those listed, are left out whole; what is known neither
to show nor to hide is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from portal.cases.cleaning.texts.packages import DELETED
from portal.cases.cleaning.texts.word import SAYS_WHO

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([\r\n]+)|([^\\{}\r\n]+)", re.DOTALL
)
_LEFT_OUT = frozenset(
    {
        *(
            "colortbl",
            "stylesheet",
            "info",
            "pict",
            "nonshppict",
            "objdata",
            "sp",
            "filetbl",
            "revtbl",
            "template",
        ),
        *("atnid", "atnauthor", "atntime", "atndate", "atnicn", "atnref", "atnparent", "author", "operator"),
        *("title", "subject", "manager", "category", "keywords", "comment", "doccomm", "hlinkbase", "company"),
        *("private", "generator", "tc", "tcn", "xe", "rxe", "txe", "bkmkstart", "bkmkend", "upr", "userprops"),
    }
)
_STARRED = frozenset({"annotation", "shpinst", "shptxt", "fldinst", "ud"})
_LABELS = {"footnote": "note 注释", "annotation": "comment 批注"}
_LABELS |= {f"header{side}": "header 页眉" for side in ("", "l", "r", "f")}
_LABELS |= {f"footer{side}": "footer 页脚" for side in ("", "l", "r", "f")}
_SHOWN = {"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t"}
_SHOWN |= {"emdash": "—", "endash": "–", "bullet": "•"}
_SHOWN |= {"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254"}
CHARSETS |= {177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"}
_PAGES = {936: "gb18030", 54936: "gb18030", 65001: "utf-8"}


@dataclass
class _Group:
    """What holds until the group ends."""

    skip: bool = False
    deleted: bool = False
    fonts: bool = False
    asks: bool = False
    letters: int = 1
    """How many letters stand in for one that is given by number."""
    encoding: str = "cp1252"
    closes: str = ""


class _Document:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._bytes = bytearray()
        self.groups = [_Group()]
        self._fonts: dict[int, str] = {}
        self._font, self._pass, self._field, self._page = 0, 0, "", "cp1252"
        self.first = self.starred = False

    @property
    def group(self) -> _Group:
        return self.groups[-1]

    def letters(self, data: bytes) -> None:
        passed = min(self._pass, len(data))
        self._pass -= passed
        if self.group.asks:
            self._field += data.decode("latin-1")
        elif not (self.group.skip or self.group.deleted or self.group.fonts):
            self._bytes += data[passed:]

    def say(self, text: str) -> None:
        self.flush()
        if not (self.group.skip or self.group.deleted or self.group.fonts or self.group.asks):
            self.out.append(text)

    def flush(self) -> None:
        if self._bytes:
            self.out.append(self._bytes.decode(self.group.encoding, "replace"))
            self._bytes.clear()

    def opens(self) -> None:
        self.flush()
        self.groups.append(replace(self.group, closes=""))
        self.first, self.starred, self._pass = True, False, 0

    def closes(self) -> None:
        self.flush()
        if len(self.groups) > 1:
            closes = self.groups.pop().closes
            if closes and self.out:
                self.out[-1] = self.out[-1].rstrip("\n")
            self.out.append(closes)
        self.first, self._pass = False, 0

    def word(self, name: str, number: int | None) -> None:
        first, self.first = self.first, False
        if self._pass and name != "u":
            self._pass -= 1
            return
        if first and self._begins(name):
            return
        if name == "u" and number is not None:
            self.say(chr(number & 0xFFFF))
            self._pass = self.group.letters
        elif name == "uc":
            self.group.letters = min(max(number or 0, 0), 16)
        elif name == "deleted" or name == "plain":
            self._delete(name == "deleted" and number != 0)
        elif name == "ansicpg" and number is not None:
            self._page = self.group.encoding = _known(_PAGES.get(number, f"cp{number}"))
        elif name in ("f", "deff", "fcharset") and number is not None:
            self._in_font(name, number)
        elif name in _SHOWN:
            self.say(_SHOWN[name])

    def _begins(self, name: str) -> bool:
        """A group that is a place of its own: whether it is one."""
        if name == "field":
            self._field = ""
        if name == "fonttbl":
            self.group.fonts = True
        elif name == "fldinst":
            self.group.asks = True
        elif (
            name in _LEFT_OUT
            or (self.starred and name not in _STARRED)
            or (name == "fldrslt" and SAYS_WHO.match(self._field))
        ):
            self.group.skip = True
        elif name in _LABELS and not (self.group.skip or self.group.deleted):
            self.say(f"[{_LABELS[name]}: ")
            self.group.closes = "]"
        else:
            return False
        return True

    def _delete(self, deleted: bool) -> None:
        if deleted and not self.group.deleted:
            self.say(DELETED)
        self.flush()
        self.group.deleted = deleted

    def _in_font(self, name: str, number: int) -> None:
        if self.group.fonts:
            if name == "f":
                self._font = number
            elif name == "fcharset":
                self._fonts[self._font] = CHARSETS.get(number, "")
        elif name == "f":
            self.flush()
            self.group.encoding = self._fonts.get(number) or self._page


def words(data: bytes) -> str:
    """The text of the document. Raises ValueError where it ends before it began."""
    document, at = _Document(), 0
    while found := _TOKEN.match(data, at):
        at = found.end()
        name, number, letter, sign, brace, _, text = found.groups()
        if name:
            if name == b"bin" and number:
                at += max(int(number), 0)
            document.word(name.decode(), int(number) if number else None)
        elif brace:
            document.opens() if brace == b"{" else document.closes()
        elif sign == b"*":
            document.starred = document.first
        elif letter:
            document.first = False
            document.letters(bytes.fromhex(letter.decode()))
        elif sign:
            document.first = False
            document.letters({b"~": b" ", b"_": b"-", b"-": b"", b"\n": b"\n", b"\r": b"\n"}.get(sign, sign))
        elif text:
            document.first = False
            document.letters(text)
    document.flush()
    return "".join(document.out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _known(encoding: str) -> str:
    try:
        "x".encode(encoding)
    except LookupError:
        return "cp1252"
    return encoding
