"""Slides of PowerPoint 97 to 2003, and of WPS Presentation: the words of every slide as they stand now.

By MS-PPT: each saving adds what changed at the end, and a list that says where each part lies now (2.1.2). What no
list leads to is an earlier state, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from struct import error as StructError
from struct import unpack_from

from portal.cases.cleaning.compound import Compound
from portal.cases.cleaning.kinds import Refusal, Refused
from portal.cases.cleaning.texts.packages import HIDDEN, labelled

_DOCUMENT, _SLIDE, _NOTES, _NOTES_OF = 0x03E8, 0x03EE, 0x03F0, 0x03F1
_EDIT, _DIRECTORY, _LISTING, _LISTED, _SHOWN_HOW = 0x0FF5, 0x1772, 0x0FF0, 0x03F3, 0x03F9
_LETTERS, _BYTES, _STRING, _REFERS = 0x0FA0, 0x0FA8, 0x0FBA, 0x0F9E
_AROUND, _COMMENT, _TAGS = 0x0FD9, 0x2EE0, 0x138B
_BOX = 0xF00D
_STANDS_FOR = frozenset({0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA, 0x1015})
"""A sign of the text stands for a number, a date, a head or a foot that is put there when it is shown."""
_LOCKED = 0xF3D1C4DF
_IS_HIDDEN = 0x04
_OF_SLIDES, _OF_NOTES = 0, 2
_LABELS = {(_COMMENT, 1): "comment 批注", (_AROUND, 1): "header 页眉", (_AROUND, 2): "footer 页脚"}
"""Strings that are shown; the others beside them are who commented, and dates."""
_MOST_DEEP = 60


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    number: int
    at: int
    end: int
    holds: bool


@dataclass
class _Listed:
    """A slide as the document lists it: where it lies, and the words of its outline."""

    place: int
    name: int
    outline: list[str] = field(default_factory=list)


def words(file: Compound) -> Iterator[str]:
    """Raises Refused, or ValueError where the file is not whole."""
    try:
        yield from _Slides(file).words()
    except StructError:
        raise ValueError("numbers outside of the file") from None


class _Slides:
    def __init__(self, file: Compound) -> None:
        user = file.stream("Current User")
        self._data = file.stream("PowerPoint Document")
        if "Text_Content" in file.names:
            raise Refused(Refusal.OLDER)
        locked, edit = unpack_from("<II", user, 12)
        if locked == _LOCKED or "EncryptedSummary" in file.names:
            raise Refused(Refusal.ENCRYPTED)
        self._places: dict[int, int] = {}
        self._root = self._read_edits(edit)

    def words(self) -> Iterator[str]:
        listed, notes = self._listings()
        for number, slide in enumerate(listed, 1):
            record = self._part(slide.place, _SLIDE)
            said = "".join(self._said(record, slide.outline))
            left = "".join(text + "\n" for text in slide.outline if text.strip())
            hidden = f" ({HIDDEN})" if self._is_hidden(record) else ""
            yield f"# slide 幻灯片 {number}{hidden}\n{left}{said}"
            if text := labelled("notes 备注", notes.pop(slide.name, "")):
                yield text + "\n"
        yield from (text + "\n" for one in notes.values() if (text := labelled("notes 备注", one)))

    def _read_edits(self, edit: int) -> int:
        """From the newest saving to the oldest: where each part lies. Returns the number of the document."""
        root, seen = 0, set()
        while edit and edit not in seen:
            seen.add(edit)
            record = self._record(edit, len(self._data))
            if record.kind != _EDIT:
                raise ValueError("no saving where one should be")
            older, directory, document = unpack_from("<III", self._data, record.at + 8)
            if record.end - record.at >= 32:
                raise Refused(Refusal.ENCRYPTED)
            root = root or document
            self._read_directory(directory)
            edit = older
        return root

    def _read_directory(self, at: int) -> None:
        record = self._record(at, len(self._data))
        if record.kind != _DIRECTORY:
            raise ValueError("no list of parts where one should be")
        at = record.at
        while at + 4 <= record.end:
            (head,) = unpack_from("<I", self._data, at)
            first, count = head & 0xFFFFF, head >> 20
            for number, place in enumerate(unpack_from(f"<{count}I", self._data, at + 4)):
                self._places.setdefault(first + number, place)
            at += 4 + 4 * count

    def _listings(self) -> tuple[list[_Listed], dict[int, str]]:
        """The slides in their order, and the notes by the name of their slide."""
        slides: list[_Listed] = []
        notes: dict[int, str] = {}
        for listing in self._within(self._part(self._root, _DOCUMENT)):
            if listing.kind == _LISTING and listing.number == _OF_SLIDES:
                slides += self._listed(listing)
            elif listing.kind == _LISTING and listing.number == _OF_NOTES:
                for one in self._listed(listing):
                    if one.place not in self._places:
                        continue  # PowerPoint itself leaves such gaps when notes go
                    record = self._part(one.place, _NOTES)
                    notes[self._slide_of(record)] = "".join(self._said(record, one.outline))
        return slides, notes

    def _listed(self, listing: _Record) -> Iterator[_Listed]:
        found: _Listed | None = None
        texts: list[_Record] = []
        for record in self._within(listing):
            if record.kind == _LISTED:
                if found:
                    yield self._with_outline(found, texts)
                place, name = unpack_from("<I8xI", self._data, record.at)
                found, texts = _Listed(place, name), []
            texts.append(record)
        if found:
            yield self._with_outline(found, texts)

    def _with_outline(self, listed: _Listed, records: list[_Record]) -> _Listed:
        """Each text comes with the places of signs in it, before the next."""
        texts = [at for at, one in enumerate(records) if one.kind in (_LETTERS, _BYTES)]
        for first, after in pairwise([*texts, len(records)]):
            listed.outline.append(self._text(records[first], records[first:after]))
        return listed

    def _slide_of(self, notes: _Record) -> int:
        head = next((one for one in self._within(notes) if one.kind == _NOTES_OF), None)
        return int(unpack_from("<I", self._data, head.at)[0]) if head else 0

    def _said(self, record: _Record, outline: list[str]) -> Iterator[str]:
        """The words of a slide in the order of its boxes. What is taken of the outline is taken out of it."""
        waiting: list[tuple[_Record, list[_Record], int, int]] = [(record, [], 0, 0)]
        while waiting:
            one, beside, within, deep = waiting.pop()
            if one.kind in (_LETTERS, _BYTES):
                yield self._text(one, beside) + "\n"
            elif one.kind == _STRING and (within, one.number) in _LABELS:
                if text := labelled(_LABELS[within, one.number], self._text(one, [])):
                    yield text + "\n"
            elif one.kind == _REFERS:
                (index,) = unpack_from("<I", self._data, one.at)
                if index < len(outline):
                    yield outline[index] + "\n"
                    outline[index] = ""
            elif one.holds or one.kind in (_TAGS, _BOX):
                if deep == _MOST_DEEP:
                    raise ValueError("too deep")
                inner = list(self._within(one))
                waiting += [(each, inner, one.kind, deep + 1) for each in reversed(inner)]

    def _is_hidden(self, slide: _Record) -> bool:
        for one in self._within(slide):
            if one.kind == _SHOWN_HOW and one.end - one.at >= 12:
                return bool(unpack_from("<H", self._data, one.at + 10)[0] & _IS_HIDDEN)
        return False

    def _text(self, record: _Record, beside: list[_Record]) -> str:
        """Without the signs that, as said beside it, stand for something else."""
        data = self._data[record.at : record.end]
        if record.kind == _BYTES:
            data = data.decode("latin-1").encode("utf-16-le")
        places = {unpack_from("<I", self._data, one.at)[0] for one in beside if one.kind in _STANDS_FOR}
        for place in sorted(places, reverse=True):
            data = data[: 2 * place] + data[2 * place + 2 :]
        return data.decode("utf-16-le", "replace").replace("\r", "\n").replace("\x0b", "\n")

    def _part(self, number: int, kind: int) -> _Record:
        record = self._record(self._places[number], len(self._data))
        if record.kind != kind:
            raise ValueError("another part than the list says")
        return record

    def _within(self, record: _Record) -> Iterator[_Record]:
        at = record.at
        while at + 8 <= record.end:
            one = self._record(at, record.end)
            yield one
            at = one.end

    def _record(self, at: int, end: int) -> _Record:
        head, kind, size = unpack_from("<HHI", self._data, at)
        if at + 8 + size > end:
            raise ValueError("a record outside of what holds it")
        return _Record(kind, head >> 4, at + 8, at + 8 + size, head & 0xF == 0xF)
