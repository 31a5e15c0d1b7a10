"""Documents of Word 97 to 2003, and of WPS Writer: the text as it stands now, as `word` takes it from newer ones.

By MS-DOC: the text lies in pieces (2.4.1), one after another for the body, notes, heads and feet, comments and
boxes; which of it was deleted while changes were tracked, and where a row of a table ends, in pages of 512 bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from struct import unpack_from

from portal.cases.cleaning.compound import Compound
from portal.cases.cleaning.kinds import Refusal, Refused
from portal.cases.cleaning.texts.packages import DELETED, SYMBOL, labelled
from portal.cases.cleaning.texts.sheets import MOST_LETTERS
from portal.cases.cleaning.texts.word import SAYS_WHO

_WORD_97 = 0xC1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_LENGTHS, _PAIRS = 0x4C, 0x9A
"""Where the header says how long the parts of the text are, and where the tables lie (2.5.1)."""
_STORIES = ("body", "footnotes", "heads", "macros", "comments", "endnotes", "boxes", "boxes in heads")
_CHARACTERS, _PARAGRAPHS, _HEADS, _PIECES = 12, 13, 11, 33
_NOTES = {
    "footnotes": (2, 3, 2, "footnote 脚注"),
    "endnotes": (46, 47, 2, "endnote 尾注"),
    "comments": (4, 5, 30, "comment 批注"),
}
"""Of each kind: the table of references, that of texts, how much stands beside a reference, and its name."""
_AROUND = ("header 页眉", "header 页眉", "footer 页脚", "footer 页脚", "header 页眉", "footer 页脚")
_NO_HEADS = 6
"""The first stories among the heads are the lines between text and notes."""

_PAGE = 512
_TOKEN = re.compile(r"[^\0-\x08\x0b-\x1f]+|[\0-\x08\x0b-\x1f]")
_SHOWN = {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-"}
_CELL, _BEGINS, _SHOWS, _ENDS = "\x07", "\x13", "\x14", "\x15"
_DELETED, _SIGN, _HUGE = 0x0800, 0x6A09, 0x6646
_ROW_ENDS, _CELL_ENDS = frozenset({0x2417, 0x244C}), frozenset({0x244B})
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)
_TABLES, _TABS = (0xD606, 0xD608), 0xC615

Span = tuple[int, int]


def words(file: Compound) -> Iterator[str]:
    """Raises Refused, or ValueError where the file is not whole."""
    document = _Document(file)
    yield from document.around("header")
    yield document.said("body", 0, document.lengths["body"], document.notes())
    for box in ("boxes", "boxes in heads"):
        if text := labelled("text boxes 文本框", document.said(box, 0, document.lengths[box])):
            yield text + "\n"
    yield from document.around("footer")


class _Spans:
    """Stretches of places, apart and in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged: list[list[int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            elif start < end:
                merged.append([start, end])
        self._starts, self._ends = [one[0] for one in merged], [one[1] for one in merged]

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and place < self._ends[at]

    def within(self, start: int, end: int) -> Iterator[Span]:
        for at in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[at] >= end:
                return
            yield max(start, self._starts[at]), min(end, self._ends[at])


class _Document:
    def __init__(self, file: Compound) -> None:
        self._main = file.stream("WordDocument")
        self._data = file.stream("Data") if "Data" in file.names else b""
        kind, version, flags = _numbers(self._main, "<HH6xH", 0)
        if kind != 0xA5EC or version < _WORD_97:
            raise Refused(Refusal.OLDER)
        if flags & _ENCRYPTED:
            raise Refused(Refusal.ENCRYPTED)
        self._table = file.stream("1Table" if flags & _TABLE_1 else "0Table")
        lengths = _numbers(self._main, "<8i", _LENGTHS)
        if min(lengths) < 0:
            raise ValueError("a part of less than nothing")
        self.lengths = dict(zip(_STORIES, lengths, strict=True))
        self._units = b""
        """Two bytes for each place: what counts as one letter here can be half of one."""
        self._read_pieces()
        if 2 * sum(lengths) > len(self._units):
            raise ValueError("less text than there should be")

    def notes(self) -> dict[int, str]:
        """By their places in the body."""
        found = {}
        for story, (refers, texts, beside, label) in _NOTES.items():
            if not self.lengths[story]:
                continue
            places, ranges = self._places(refers, beside), self._ranges(texts)
            for place, (start, end) in zip(places[:-1], pairwise(ranges), strict=False):
                found[place] = labelled(label, self.said(story, start, end))
        return found

    def around(self, which: str) -> Iterator[str]:
        """Heads and feet, each wording once."""
        stories = list(pairwise(self._ranges(_HEADS)))[_NO_HEADS:] if self.lengths["heads"] > 1 else []
        texts: dict[str, None] = {}
        for number, (start, end) in enumerate(stories):
            label = _AROUND[number % len(_AROUND)]
            if label.startswith(which) and (text := labelled(label, self.said("heads", start, end))):
                texts[text] = None
        yield from (text + "\n" for text in texts)

    def said(self, story: str, start: int, end: int, notes: dict[int, str] | None = None) -> str:
        """The words from one place of a story to another."""
        if not 0 <= start <= end <= self.lengths[story]:
            raise ValueError("text outside of its part")
        notes = notes or {}
        begins = sum(self.lengths[one] for one in _STORIES[: _STORIES.index(story)])
        start, end = begins + start, begins + end
        cuts = {start, end, *(begins + place for place in notes if start <= begins + place < end)}
        for spans in (self._deleted, self._signs, self._row_ends, self._cell_ends):
            for span in spans.within(start, end):
                cuts.update(span)
        reader = _Reader()
        for first, after in pairwise(sorted(cuts)):
            deleted = first in self._deleted
            if not deleted and (note := notes.get(first - begins)):
                reader.say(note)
            closes = "\n" if first in self._row_ends else "\t" if first in self._cell_ends else ""
            text = self._units[2 * first : 2 * after].decode("utf-16-le", "replace")
            reader.read(text.replace("(", SYMBOL) if first in self._signs else text, deleted, closes)
        return "".join(reader.out)

    def _read_pieces(self) -> None:
        changes, pieces = self._piece_table()
        places, count = _plc(pieces, 8)
        if places[0] != 0 or places[-1] > MOST_LETTERS:
            raise Refused(Refusal.TOO_BIG)
        kinds = (self._letters(_DELETED), self._letters(_SIGN), self._ends(_ROW_ENDS), self._ends(_CELL_ENDS))
        found: tuple[list[Span], ...] = ([], [], [], [])
        units = []
        for number, (start, end) in enumerate(pairwise(places)):
            where, change = _numbers(pieces, "<2xIH", 4 * (count + 1) + 8 * number)
            wide = 1 if where & 0x40000000 else 2
            first = (where & 0x3FFFFFFF) // (3 - wide)
            letters = self._main[first : first + wide * (end - start)]
            if len(letters) != wide * (end - start):
                raise ValueError("a piece outside of the file")
            units.append(letters if wide == 2 else letters.decode("cp1252", "replace").encode("utf-16-le"))
            for spans, into in zip(kinds, found, strict=True):
                for span in spans.within(first, first + len(letters)):
                    into.append((start + (span[0] - first) // wide, start + (span[1] - first + wide - 1) // wide))
            if _deletes(change, changes):
                found[0].append((start, end))
        self._units = b"".join(units)
        self._deleted, self._signs, self._row_ends, self._cell_ends = (_Spans(one) for one in found)

    def _piece_table(self) -> tuple[list[bytes], bytes]:
        """What changes are made to whole pieces, and where the pieces lie (2.9.38)."""
        whole, at, changes = self._part(_PIECES), 0, []
        while whole[at : at + 1] == b"\x01":
            (size,) = _numbers(whole, "<H", at + 1)
            changes.append(whole[at + 3 : at + 3 + size])
            at += 3 + size
        kind, size = _numbers(whole, "<BI", at)
        if kind != 2 or at + 5 + size > len(whole):
            raise ValueError("no table of pieces")
        return changes, whole[at + 5 : at + 5 + size]

    def _letters(self, means: int) -> _Spans:
        """Of which something is said that means this."""
        found = []
        for page in self._pages(_CHARACTERS):
            runs = page[_PAGE - 1]
            for number, span in _runs(page):
                at = 2 * page[4 * (runs + 1) + number]
                if at and any(
                    code == means and any(on) for code, on in _changes(page[at + 1 : at + 1 + page[at]])
                ):
                    found.append(span)
        return _Spans(found)

    def _ends(self, codes: frozenset[int]) -> _Spans:
        """Paragraphs whose last sign ends a row of a table, or a cell of a table within a table."""
        found = []
        for page in self._pages(_PARAGRAPHS):
            runs = page[_PAGE - 1]
            for number, span in _runs(page):
                at = 2 * page[4 * (runs + 1) + 13 * number]
                if at and any(code in codes and on[0] for code, on in self._of_paragraph(page, at)):
                    found.append(span)
        return _Spans(found)

    def _of_paragraph(self, page: bytes, at: int) -> Iterator[tuple[int, bytes]]:
        size = 2 * page[at] - 1 if page[at] else 2 * page[at + 1]
        at += 1 if page[at] else 2
        for code, on in _changes(page[at + 2 : at + max(size, 2)]):
            if code == _HUGE:
                (where,) = unpack_from("<I", on)
                (size,) = _numbers(self._data, "<H", where)
                yield from _changes(self._data[where + 2 : where + 2 + size])
            else:
                yield code, on

    def _pages(self, number: int) -> Iterator[bytes]:
        """Each page that a table names, once."""
        table = self._part(number)
        count = max(len(table) - 4, 0) // 8
        for named in dict.fromkeys(unpack_from(f"<{count}I", table, 4 * (count + 1)) if count else ()):
            at = (named & 0x3FFFFF) * _PAGE
            yield self._main[at : at + _PAGE]

    def _places(self, number: int, beside: int) -> tuple[int, ...]:
        part = self._part(number)
        return _plc(part, beside)[0] if part else ()

    def _ranges(self, number: int) -> tuple[int, ...]:
        """Places at which texts begin and end: the last that is listed means nothing (PlcffndTxt, Plcfhdd)."""
        part = self._part(number)[:-4]
        return _plc(part, 0)[0] if part else ()

    def _part(self, number: int) -> bytes:
        at, size = _numbers(self._main, "<II", _PAIRS + 8 * number)
        if size and at + size > len(self._table):
            raise ValueError("a table outside of the file")
        return self._table[at : at + size]


class _Reader:
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


def _numbers(data: bytes, form: str, at: int) -> tuple[int, ...]:
    try:
        return unpack_from(form, data, at)
    except Exception:
        raise ValueError("numbers outside of the file") from None


def _plc(data: bytes, beside: int) -> tuple[tuple[int, ...], int]:
    """Places, and how many things of that size stand beside them (2.2.2)."""
    count = (len(data) - 4) // (4 + beside)
    places = _numbers(data, f"<{count + 1}i", 0) if count >= 0 else ()
    if not places:
        raise ValueError("a table without places")
    return places, count


def _runs(page: bytes) -> Iterator[tuple[int, Span]]:
    yield from enumerate(pairwise(_numbers(page, f"<{page[_PAGE - 1] + 1}I", 0)))


def _changes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each change of how something looks, with what is said of it (2.2.5)."""
    at = 0
    while at + 3 <= len(data):
        (code,) = unpack_from("<H", data, at)
        at += 2
        size = _OPERANDS[code >> 13]
        if code in _TABLES:
            size = _numbers(data, "<H", at)[0] + 1
        elif not size:
            if code == _TABS and data[at] == 255:
                return
            size = 1 + data[at]
        if at + size > len(data):
            return
        yield code, data[at : at + size]
        at += size


def _deletes(change: int, changes: list[bytes]) -> bool:
    """Whether what is said of a whole piece deletes it (Prm0, Prm1)."""
    if change & 1:
        whole = changes[change >> 1] if change >> 1 < len(changes) else b""
        return any(code == _DELETED and on[0] for code, on in _changes(whole))
    return (change >> 1) & 0x7F == 0x41 and bool(change >> 8)
