"""Letters of Word 97 in their order: what they show, without fields that say who writes."""

from __future__ import annotations

import re

from portal.cases.cleaning.texts.packages import DELETED
from portal.cases.cleaning.texts.word import SAYS_WHO

_TOKEN = re.compile(r"[^\0-\x08\x0b-\x1f]+|[\0-\x08\x0b-\x1f]")
_SHOWN = {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-"}
_CELL, _BEGINS, _SHOWS, _ENDS = "\x07", "\x13", "\x14", "\x15"


class Reader:
    """Reads letters in order; what stands in fields that say who writes is left out."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._fields: list[_Field] = []
        self._asking = self._hidden = 0
        self._gone = False

    def read(self, text: str, deleted: bool, closes: str) -> None:
        """`closes` is what a mark that ends a paragraph or cell stands for here, if not for the usual."""
        for token in _TOKEN.findall(text):
            if token in (_BEGINS, _SHOWS, _ENDS):
                self._turn(token)
            elif self._asking:
                if not self._fields[-1].shows:
                    self._fields[-1].code.append(token)
            elif not self._hidden:
                if deleted:
                    self._out(DELETED, gone=True)
                elif token == _CELL or (token == "\r" and closes):  # noqa: S105 - the end of a paragraph
                    self._out(closes or "\t")
                else:
                    self._out(token if token[0] in "\t\n" or token[0] >= " " else _SHOWN.get(token, ""))

    def say(self, text: str) -> None:
        if not (self._asking or self._hidden):
            self._out(text)

    def _out(self, text: str, gone: bool = False) -> None:
        if text and not (gone and self._gone):
            self.out.append(text)
            self._gone = gone

    def _turn(self, token: str) -> None:
        """A field begins, then comes what is shown for it, then its end."""
        if token == _BEGINS:
            self._fields.append(_Field())
            self._asking += 1
        elif self._fields and token == _SHOWS and not self._fields[-1].shows:
            field = self._fields[-1]
            field.shows, field.hides = True, bool(SAYS_WHO.match("".join(field.code)))
            self._asking -= 1
            self._hidden += field.hides
        elif self._fields and token == _ENDS:
            field = self._fields.pop()
            self._asking -= not field.shows
            self._hidden -= field.hides


class _Field:
    def __init__(self) -> None:
        self.code: list[str] = []
        self.shows = self.hides = False
