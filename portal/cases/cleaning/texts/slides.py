"""Slides of PowerPoint in their order, with notes and comments below each, hidden ones said to be hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from portal.cases.cleaning.texts.packages import HIDDEN, labelled, name_of, part, related, text_of, value

_AFTER = {"p": "\n", "tr": "\n", "br": "\n", "tab": "\t", "tc": "\t", "cm": "\n"}
_SLIDE = re.compile(r"ppt/slides/[^/]+\.xml")
_BESIDE = {"notesSlide": "notes 备注", "comments": "comment 批注"}
_BESIDE_NAMES = re.compile(r"ppt/(notesSlides|comments)/[^/]+\.xml")


class _Words:
    def before(self, element: Element) -> str | None:
        return None if name_of(element) == "Fallback" else ""

    def after(self, element: Element) -> str:
        return _AFTER.get(name_of(element), "")

    def says(self, element: Element) -> bool:
        return name_of(element) in ("t", "text")


def words(package: ZipFile) -> Iterator[str]:
    beside = [name for name in package.namelist() if _BESIDE_NAMES.fullmatch(name)]
    left = {name: _BESIDE["notesSlide" if "/notesSlides/" in name else "comments"] for name in beside}
    for number, name in enumerate(_slides(package), 1):
        slide = part(package, name)
        hidden = f" ({HIDDEN})" if value(slide, "show") in ("0", "false") else ""
        yield f"# slide 幻灯片 {number}{hidden}\n{text_of(slide, _Words())}"
        for kind, other in related(package, name):
            if kind in _BESIDE and left.pop(other, ""):
                yield labelled(_BESIDE[kind], text_of(part(package, other), _Words())) + "\n"
    for other, label in left.items():
        yield labelled(label, text_of(part(package, other), _Words())) + "\n"


def _slides(package: ZipFile) -> list[str]:
    """In the order in which they are shown; one that is in no order comes last."""
    names = [name for name in package.namelist() if _SLIDE.fullmatch(name)]
    names.sort(key=lambda name: (len(name), name))
    order = part(package, "ppt/presentation.xml")
    listed = "ppt/_rels/presentation.xml.rels"
    if listed not in package.namelist():
        return names
    targets = {}
    for one in part(package, listed):
        targets[one.get("Id", "")] = "ppt/" + one.get("Target", "").removeprefix("/ppt/")
    listing = (one.attrib.values() for one in order.iter() if name_of(one) == "sldId")
    shown = [targets.get(said, "") for values in listing for said in values]
    first = [name for name in dict.fromkeys(shown) if name in names]
    return first + [name for name in names if name not in first]
