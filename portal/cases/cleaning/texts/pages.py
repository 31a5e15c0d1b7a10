"""Web pages: the words that a reader sees; no script, address or remark, and of the head the title alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SPACE = re.compile(r"\s+")
_LEFT_OUT = frozenset({"script", "style", "template", "noscript", "svg", "object"})
_LINES = frozenset({"p", "div", "br", "tr", "li", "title", "pre", "table", "ul", *(f"h{n}" for n in range(1, 7))})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self._within.append(tag)
        elif tag in _LINES:
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if self._within and tag == self._within[-1]:
            self._within.pop()
        elif tag in _LINES and tag != "br":
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.out.append(_SPACE.sub(" ", data))


def words(source: str) -> str:
    reader = _Words()
    reader.feed(source)
    reader.close()
    lines = ("".join(reader.out)).split("\n")
    return "\n".join(line.strip(" ") for line in lines if line.strip())
