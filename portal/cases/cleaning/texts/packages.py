"""Office files are packages of XML: opened within bounds, and read in order, however deep they are."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Protocol
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from portal.cases.cleaning.kinds import Refusal, Refused

MOST_UNPACKED = 64 * 1024 * 1024
DELETED = "[deleted words left out 删去的文字未收入]"
SYMBOL = "[symbol 符号]"
HIDDEN = "hidden 隐藏"


class Reader(Protocol):
    """Says of each element what to write before and after it, and whether to go into it."""

    def before(self, element: Element) -> str | None:
        """What to write first; None leaves the element out, with all that is in it."""

    def after(self, element: Element) -> str: ...

    def says(self, element: Element) -> bool:
        """Whether the letters right inside it are text."""


def require_small(package: ZipFile) -> None:
    """What it says it unpacks to; what unpacks to more than it said stops at the limits of the process."""
    if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
        raise Refused(Refusal.TOO_BIG)


def part(package: ZipFile, name: str) -> Element:
    root: Element = fromstring(package.read(name))
    return root


def name_of(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def value(element: Element, name: str) -> str:
    """An attribute by its local name, or nothing."""
    return next((said for key, said in element.attrib.items() if key.rpartition("}")[2] == name), "")


def labelled(label: str, text: str) -> str:
    text = text.strip()
    return f"[{label}: {text}]" if text else ""


def in_order(root: Element, reader: Reader) -> Iterator[str]:
    waiting: list[tuple[Element, bool] | str] = [(root, False)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
            continue
        element, done = one
        if done:
            yield reader.after(element)
            continue
        before = reader.before(element)
        if before is None:
            continue
        yield before
        says = reader.says(element)
        if says and element.text:
            yield element.text
        waiting.append((element, True))
        for child in reversed(element):
            if says and child.tail:
                waiting.append(child.tail)
            waiting.append((child, False))


def text_of(root: Element, reader: Reader) -> str:
    return "".join(in_order(root, reader))


def related(package: ZipFile, name: str) -> list[tuple[str, str]]:
    """The kinds and names of the parts that a part refers to."""
    listed = join(dirname(name), "_rels", f"{name.rpartition('/')[2]}.rels")
    if listed not in package.namelist():
        return []
    found = []
    for one in part(package, listed):
        if one.get("TargetMode") != "External":
            target = one.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(name), target))
            found.append((one.get("Type", "").rpartition("/")[2], path))
    return found
