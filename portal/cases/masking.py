"""What of a case most of its readers do not get to see: third parties, and what tells who they are. Pure.

A mask names words. They are found however they are written: in capitals, with accents, over a line's end, with
signs between that nobody sees. In Latin writing they have to stand by themselves ("Lee" is not masked in "sleep");
in Chinese they are masked wherever they stand.

It also says of files what their readers get. A file of which nothing was said gives its text, masked; a picture or
a PDF of which nothing was said may show anybody, and is withheld as long as anything is masked. So is every
original: it can tell more than its cleaned copy shows.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from portal.cases.values import CaseFile, CleanedCopy, Entry, FileMask, Marks, Report, SentFile, Shown
from portal.foundation.personal import MASK, Personal, personal_in

MOST_WORDS = 200
LONGEST_WORD = 200
_PICTURES = ("jpg", "jpeg", "png", "gif", "webp", "tif", "tiff", "bmp")
_OFFICE = ("doc", "docx", "xls", "xlsx", "xlsb", "ppt", "pptx", "odt", "ods", "odp")
_ENDINGS = frozenset({"pdf", "txt", "csv", *_PICTURES, *_OFFICE})
"""What stays of a hidden name: any other ending could be a word of it."""
_INSTEAD_OF_SPACES = str.maketrans("_-.+", "    ")

Mask = Callable[[str], str]


def cleaned(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a mask: trimmed, each once, without those that hold no letter and no digit."""
    found = (" ".join(one.split())[:LONGEST_WORD] for one in words)
    return tuple(dict.fromkeys(one for one in found if any(sign.isalnum() for sign in _plain(one))))[:MOST_WORDS]


def mask_for(words: Iterable[str]) -> Mask:
    """A function that puts MASK in place of each of these words in a text."""
    wanted = _looking_for(words)
    return lambda text: _without(text, _spans(wanted, text))


def name_mask_for(words: Iterable[str]) -> Mask:
    """The same for names of files, in which other signs stand in place of spaces."""
    wanted = _looking_for(words)
    return lambda name: _without(
        name, _joined([*_spans(wanted, name), *_spans(wanted, name.translate(_INSTEAD_OF_SPACES))])
    )


def left_in(words: Iterable[str], text: str) -> tuple[str, ...]:
    """The words of a mask that stand in a text."""
    return tuple(one for one in words if _spans(_looking_for([one]), text))


def masked(case: CaseFile, marks: Marks) -> CaseFile:
    """Everything that is read of a case as its readers get it: texts, names of files, and the files."""
    if not marks:
        return case
    mask = mask_for(marks.every_word)
    files, copies = masked_files(case.files, case.copies, marks)
    return replace(
        case,
        report=masked_report(case.report, mask),
        files=files,
        copies=copies,
        entries=tuple(masked_entry(one, mask) for one in case.entries),
        identity=case.identity and replace(case.identity, told=mask(case.identity.told)),
    )


def masked_files(
    files: Sequence[SentFile], copies: Sequence[CleanedCopy], marks: Marks
) -> tuple[tuple[SentFile, ...], tuple[CleanedCopy, ...]]:
    """The files as their readers get them, in the same order, and a copy for each of which something is masked.

    Keys of what readers do not get are left out as well: of every original.
    """
    if not marks:
        return tuple(files), tuple(copies)
    mask = name_mask_for(marks.every_word)
    given, made = [], []
    for number, file in enumerate(files, 1):
        copy = next((one for one in copies if one.of == file.id), None)
        how, said = shown_of(marks, file.id, copy), marks.on(file.id)
        hidden = number if said is not None and said.name else None
        given.append(replace(_named(file, mask, hidden), key=b"", sha256=""))
        found = _copy_for_readers(file.id, copy, how, said)
        made.append(replace(found, file=_named(found.file, mask, hidden) if found.file else None))
    return tuple(given), tuple(made)


def shown_of(marks: Marks, file_id: str, copy: CleanedCopy | None) -> Shown:
    """What readers get of a file; `copy` is what came of cleaning it, None while nobody did."""
    if not marks:
        return Shown.WHOLE
    if copy is None or copy.file is None:
        return Shown.WITHHELD
    said, text = marks.on(file_id), copy.is_text
    if said is None:
        return Shown.WORDS if text else Shown.WITHHELD
    if said.shown is Shown.WITHHELD or (said.shown is Shown.COVERED and said.copy is None):
        return Shown.WITHHELD
    if text:
        return Shown.WORDS
    return Shown.WITHHELD if said.shown is Shown.WORDS else said.shown


def _copy_for_readers(file_id: str, copy: CleanedCopy | None, how: Shown, said: FileMask | None) -> CleanedCopy:
    if copy is None or how is Shown.WITHHELD:
        return CleanedCopy(file_id, copy.kind if copy else None, None, None, Shown.WITHHELD)
    if how is Shown.COVERED and said is not None:
        return replace(copy, file=said.copy, shown=how)
    return replace(copy, shown=how)


def _named(file: SentFile, mask: Mask, hidden: int | None) -> SentFile:
    """With the words masked in its name; where the name is hidden, its number and its kind are left."""
    if hidden is None:
        return replace(file, name=mask(file.name))
    ending = file.name.rpartition(".")[2].lower()
    name = f"file-{hidden}.{ending}" if ending in _ENDINGS else f"file-{hidden}"
    return replace(file, name=name, number=hidden)


def personal_data_of(case: CaseFile) -> dict[str, Personal]:
    """What looks like personal data in everything that was written in a case, as it stands there."""
    report = case.report
    texts = (report.what, report.how, report.names, *report.details.texts)
    said = (*texts, *(entry.text for entry in case.entries))
    return {text[one.start : one.end]: one.kind for text in said for one in personal_in(text)}


def masked_report(report: Report, mask: Mask) -> Report:
    return replace(
        report,
        details=report.details.with_texts(mask),
        what=mask(report.what),
        how=mask(report.how),
        names=mask(report.names),
    )


def masked_entry(entry: Entry, mask: Mask) -> Entry:
    return replace(entry, text=mask(entry.text))


def _looking_for(words: Iterable[str]) -> list[re.Pattern[str]]:
    """For each word what finds it at any place, also within another one."""
    plain = {tuple(_plain(one).split()) for one in words} - {()}
    return [re.compile("(?=(" + r"\s+".join(map(re.escape, parts)) + "))") for parts in sorted(plain)]


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Where the text holds what is looked for, by places of the text as it was written; none touches another."""
    signs = [_plain_sign(sign) for sign in text]
    plain = "".join(signs)
    places = array("L", (at for at, more in enumerate(signs) for _ in more))
    places.append(len(text))
    found = (
        match.span(1) for one in patterns for match in one.finditer(plain) if _stands_alone(plain, *match.span(1))
    )
    return _joined((places[first], max(places[behind], places[behind - 1] + 1)) for first, behind in found)


def _joined(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order; those that overlap or touch are one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MASK]
        at = end
    return "".join([*parts, text[at:]])


def _stands_alone(plain: str, first: int, behind: int) -> bool:
    """Whether a word of Latin letters or digits is no part of a longer one."""
    before = first > 0 and _joins(plain[first - 1]) and _joins(plain[first])
    after = behind < len(plain) and _joins(plain[behind - 1]) and _joins(plain[behind])
    return not before and not after


def _joins(sign: str) -> bool:
    """Whether this sign makes one word with a letter beside it; a Chinese character does not."""
    return sign.isalnum() and unicodedata.category(sign) != "Lo"


def _plain(text: str) -> str:
    """Without capitals, accents, forms of width, and signs that are not seen."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in decomposed if unicodedata.category(one) not in ("Mn", "Cf"))


@lru_cache(4096)
def _plain_sign(sign: str) -> str:
    """A sheet of a hundred thousand lines is masked sign by sign."""
    return _plain(sign)
