"""OpenDocument files, packed or flat: paragraphs with notes and comments in place, heads and feet; no authors."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from portal.cases.cleaning.texts.packages import DELETED, labelled, name_of, part, text_of, value

_SAYS_WHO = frozenset(
    {"creator", "author-name", "author-initials", "initial-creator", "printed-by", "file-name", "template-name"}
)
_LEFT_OUT = _SAYS_WHO | {
    *(
        "tracked-changes",
        "change-info",
        "meta",
        "settings",
        "scripts",
        "styles",
        "automatic-styles",
        "title",
        "desc",
    ),
    *("note-citation", "master-styles", "font-face-decls", "binary-data", "user-defined", "sender-initials"),
}
_PARAGRAPHS = ("p", "h")
_AFTER = {"p": "\n", "h": "\n", "table-row": "\n", "line-break": "\n", "tab": "\t", "table-cell": "\t"}
_LABELS = {"note": "note 注释", "annotation": "comment 批注", "notes": "notes 备注"}
_AROUND = {"header": "header 页眉", "footer": "footer 页脚"}
_MOST_SPACES = 100


class _Words:
    """Reads paragraphs alone: what stands outside of one is never seen on a page."""

    def __init__(self, nested: bool = False) -> None:
        self._nested, self._inside, self._slides = nested, 0, 0

    def before(self, element: Element) -> str | None:
        name = name_of(element)
        when = name == "date" and ":text:" not in str(element.tag)
        if when or name in _LEFT_OUT or name.startswith("sender-"):
            return None
        if name in _LABELS:
            return None if self._nested else self._said(element, _LABELS[name])
        if name in _PARAGRAPHS:
            self._inside += 1
        if name == "change":
            return DELETED
        if name == "s":
            count = value(element, "c")
            return " " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES)
        if name == "page":
            self._slides += 1
            return f"# slide 幻灯片 {self._slides}\n"
        return f"# {value(element, 'name')}\n" if name == "table" and value(element, "name") else ""

    def after(self, element: Element) -> str:
        name = name_of(element)
        if name in _PARAGRAPHS:
            self._inside -= 1
        return _AFTER.get(name, "")

    def says(self, element: Element) -> bool:
        return self._inside > 0 and name_of(element) not in _LABELS

    def _said(self, element: Element, label: str) -> str:
        said = "".join(text_of(child, _Words(nested=True)) for child in element)
        for child in list(element):
            element.remove(child)
        return labelled(label, said)


def words(package: ZipFile) -> Iterator[str]:
    around = list(part(package, "styles.xml").iter()) if "styles.xml" in package.namelist() else []
    yield from _around(around, "header")
    yield text_of(part(package, "content.xml"), _Words())
    yield from _around(around, "footer")


def flat_words(root: Element) -> Iterator[str]:
    around = list(root.iter())
    yield from _around(around, "header")
    yield text_of(root, _Words())
    yield from _around(around, "footer")


def comments(package: ZipFile) -> Iterator[str]:
    """What was noted beside the cells of a table."""
    for element in part(package, "content.xml").iter():
        if name_of(element) == "annotation":
            yield "".join(text_of(child, _Words(nested=True)) for child in element).strip()


def _around(elements: list[Element], which: str) -> Iterator[str]:
    found = (one for one in elements if name_of(one) in (which, f"{which}-left", f"{which}-first"))
    texts = dict.fromkeys(text_of(one, _Words()).strip() for one in found)
    yield from (labelled(_AROUND[which], text) + "\n" for text in texts if text)
