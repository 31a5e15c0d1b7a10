"""Documents of Word: the text with notes and comments where they are referred to, heads and feet, no authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from portal.cases.cleaning.texts.packages import DELETED, SYMBOL, labelled, name_of, part, text_of, value

_LEFT_OUT = frozenset({"pPr", "rPr", "tblPr", "moveFrom", "Fallback", "instrText", "delInstrText"})
_AFTER = {"p": "\n", "tr": "\n", "br": "\n", "cr": "\n", "tab": "\t", "tc": "\t"}
_NOTES = {
    "footnoteReference": ("word/footnotes.xml", "footnote 脚注"),
    "endnoteReference": ("word/endnotes.xml", "endnote 尾注"),
    "commentReference": ("word/comments.xml", "comment 批注"),
}
_HEADS = re.compile(r"word/header\d*\.xml")
_FEET = re.compile(r"word/footer\d*\.xml")
SAYS_WHO = re.compile(
    r'\s*"?(?:AUTHOR|LASTSAVEDBY|USERNAME|USERINITIALS|USERADDRESS|FILENAME|TEMPLATE|DOCPROPERTY|INFO)\b',
    re.IGNORECASE,
)
"""Fields that a program fills with who writes, or where the file lies."""


class Words:
    """Reads one part. What stands in fields that say who writes is left out, and said to be."""

    def __init__(self, notes: dict[tuple[str, str], str]) -> None:
        self._notes = notes
        self._fields: list[tuple[str, bool]] = []
        self.used: set[tuple[str, str]] = set()

    def before(self, element: Element) -> str | None:
        name = name_of(element)
        if name == "del":
            return self._drop(DELETED, element)
        if name == "instrText" and self._fields:
            self._fields[-1] = (self._fields[-1][0] + (element.text or ""), self._fields[-1][1])
        if name in _LEFT_OUT or (name == "fldSimple" and SAYS_WHO.match(value(element, "instr"))):
            return None
        if name == "sym":
            return SYMBOL
        if name == "fldChar":
            self._turn(value(element, "fldCharType"))
        if name in _NOTES:
            key = (name, value(element, "id"))
            self.used.add(key)
            return labelled(_NOTES[name][1], self._notes.get(key, ""))
        return ""

    def after(self, element: Element) -> str:
        return _AFTER.get(name_of(element), "")

    def says(self, element: Element) -> bool:
        return name_of(element) == "t" and not any(shows and SAYS_WHO.match(said) for said, shows in self._fields)

    @staticmethod
    def _drop(said: str, element: Element) -> str:
        for child in list(element):
            element.remove(child)
        return said

    def _turn(self, kind: str) -> None:
        """A field begins, then comes what is shown for it, then its end."""
        if kind == "begin":
            self._fields.append(("", False))
        elif kind == "separate" and self._fields:
            self._fields[-1] = (self._fields[-1][0], True)
        elif kind == "end" and self._fields:
            self._fields.pop()


def words(package: ZipFile) -> Iterator[str]:
    names = package.namelist()
    notes: dict[tuple[str, str], str] = {}
    for reference, (where, _) in _NOTES.items():
        if where in names:
            for note in part(package, where):
                if not value(note, "type"):
                    notes[reference, value(note, "id")] = text_of(note, Words({}))
    yield from _around(package, [name for name in names if _HEADS.fullmatch(name)], "header 页眉")
    reader = Words(notes)
    yield text_of(part(package, "word/document.xml"), reader)
    for key, text in notes.items():
        if key not in reader.used and text.strip():
            yield labelled(_NOTES[key[0]][1], text) + "\n"
    yield from _around(package, [name for name in names if _FEET.fullmatch(name)], "footer 页脚")


def _around(package: ZipFile, names: list[str], label: str) -> Iterator[str]:
    """Heads and feet, each wording once."""
    texts = dict.fromkeys(text_of(part(package, name), Words({})).strip() for name in sorted(names))
    yield from (labelled(label, text) + "\n" for text in texts if text)
