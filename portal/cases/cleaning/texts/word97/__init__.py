"""Documents of Word 97 to 2003, and of WPS Writer: the text as it stands now, as `word` takes it from newer ones.

By MS-DOC: the text lies in pieces (2.4.1), one after another for the body, notes, heads and feet, comments and
boxes; which of it was deleted while changes were tracked, and where a row of a table ends, in pages of 512 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from struct import unpack_from

from portal.cases.cleaning.compound import Compound
from portal.cases.cleaning.kinds import Refusal, Refused
from portal.cases.cleaning.texts.packages import SYMBOL, labelled
from portal.cases.cleaning.texts.sheets import MOST_LETTERS
from portal.cases.cleaning.texts.word97.reader import Reader
from portal.cases.cleaning.texts.word97.tables import PAGE, Span, Spans, changes_in, numbers, plc, runs

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

_DELETED, _SIGN, _HUGE = 0x0800, 0x6A09, 0x6646
_ROW_ENDS, _CELL_ENDS = frozenset({0x2417, 0x244C}), frozenset({0x244B})


def words(file: Compound) -> Iterator[str]:
    """Raises Refused, or ValueError where the file is not whole."""
    document = _Document(file)
    yield from document.around("header")
    yield document.said("body", 0, document.lengths["body"], document.notes())
    for box in ("boxes", "boxes in heads"):
        if text := labelled("text boxes 文本框", document.said(box, 0, document.lengths[box])):
            yield text + "\n"
    yield from document.around("footer")


class _Document:
    def __init__(self, file: Compound) -> None:
        self._main = file.stream("WordDocument")
        self._data = file.stream("Data") if "Data" in file.names else b""
        kind, version, flags = numbers(self._main, "<HH6xH", 0)
        if kind != 0xA5EC or version < _WORD_97:
            raise Refused(Refusal.OLDER)
        if flags & _ENCRYPTED:
            raise Refused(Refusal.ENCRYPTED)
        self._table = file.stream("1Table" if flags & _TABLE_1 else "0Table")
        lengths = numbers(self._main, "<8i", _LENGTHS)
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
        reader = Reader()
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
        places, count = plc(pieces, 8)
        if places[0] != 0 or places[-1] > MOST_LETTERS:
            raise Refused(Refusal.TOO_BIG)
        kinds = (self._letters(_DELETED), self._letters(_SIGN), self._ends(_ROW_ENDS), self._ends(_CELL_ENDS))
        found: tuple[list[Span], ...] = ([], [], [], [])
        units = []
        for number, (start, end) in enumerate(pairwise(places)):
            where, change = numbers(pieces, "<2xIH", 4 * (count + 1) + 8 * number)
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
        self._deleted, self._signs, self._row_ends, self._cell_ends = (Spans(one) for one in found)

    def _piece_table(self) -> tuple[list[bytes], bytes]:
        """What changes are made to whole pieces, and where the pieces lie (2.9.38)."""
        whole, at, changes = self._part(_PIECES), 0, []
        while whole[at : at + 1] == b"\x01":
            (size,) = numbers(whole, "<H", at + 1)
            changes.append(whole[at + 3 : at + 3 + size])
            at += 3 + size
        kind, size = numbers(whole, "<BI", at)
        if kind != 2 or at + 5 + size > len(whole):
            raise ValueError("no table of pieces")
        return changes, whole[at + 5 : at + 5 + size]

    def _letters(self, means: int) -> Spans:
        """Of which something is said that means this."""
        found = []
        for page in self._pages(_CHARACTERS):
            for at, span in runs(page, 1):
                said = page[at + 1 : at + 1 + page[at]]
                if any(code == means and any(on) for code, on in changes_in(said)):
                    found.append(span)
        return Spans(found)

    def _ends(self, codes: frozenset[int]) -> Spans:
        """Paragraphs whose last sign ends a row of a table, or a cell of a table within a table."""
        found = []
        for page in self._pages(_PARAGRAPHS):
            for at, span in runs(page, 13):
                if any(code in codes and on[0] for code, on in self._of_paragraph(page, at)):
                    found.append(span)
        return Spans(found)

    def _of_paragraph(self, page: bytes, at: int) -> Iterator[tuple[int, bytes]]:
        size = 2 * page[at] - 1 if page[at] else 2 * page[at + 1]
        at += 1 if page[at] else 2
        for code, on in changes_in(page[at + 2 : at + max(size, 2)]):
            if code == _HUGE:
                (where,) = unpack_from("<I", on)
                (size,) = numbers(self._data, "<H", where)
                yield from changes_in(self._data[where + 2 : where + 2 + size])
            else:
                yield code, on

    def _pages(self, number: int) -> Iterator[bytes]:
        """Each page that a table names, once."""
        table = self._part(number)
        count = max(len(table) - 4, 0) // 8
        for named in dict.fromkeys(unpack_from(f"<{count}I", table, 4 * (count + 1)) if count else ()):
            at = (named & 0x3FFFFF) * PAGE
            yield self._main[at : at + PAGE]

    def _places(self, number: int, beside: int) -> tuple[int, ...]:
        part = self._part(number)
        return plc(part, beside)[0] if part else ()

    def _ranges(self, number: int) -> tuple[int, ...]:
        """Places at which texts begin and end: the last that is listed means nothing (PlcffndTxt, Plcfhdd)."""
        part = self._part(number)[:-4]
        return plc(part, 0)[0] if part else ()

    def _part(self, number: int) -> bytes:
        at, size = numbers(self._main, "<II", _PAIRS + 8 * number)
        if size and at + size > len(self._table):
            raise ValueError("a table outside of the file")
        return self._table[at : at + size]


def _deletes(change: int, changes: list[bytes]) -> bool:
    """Whether what is said of a whole piece deletes it (Prm0, Prm1)."""
    if change & 1:
        whole = changes[change >> 1] if change >> 1 < len(changes) else b""
        return any(code == _DELETED and on[0] for code, on in changes_in(whole))
    return (change >> 1) & 0x7F == 0x41 and bool(change >> 8)
