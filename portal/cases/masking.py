"""Words of a case that most of its readers do not get to see: third parties, and what tells who they are. Pure.

A mask names words. They are found however they are written: in capitals, with accents, over a line's end, with
signs between that nobody sees. In Latin writing they have to stand by themselves ("Lee" is not masked in "sleep");
in Chinese they are masked wherever they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from portal.cases.values import CaseFile, Entry, Report, SentFile
from portal.foundation.personal import MASK, Personal, personal_in

MOST_WORDS = 200
LONGEST_WORD = 200

Mask = Callable[[str], str]


def cleaned(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a mask: trimmed, each once, without those that hold no letter and no digit."""
    found = (" ".join(one.split())[:LONGEST_WORD] for one in words)
    return tuple(dict.fromkeys(one for one in found if any(sign.isalnum() for sign in _plain(one))))[:MOST_WORDS]


def mask_for(words: Iterable[str]) -> Mask:
    """A function that puts MASK in place of each of these words in a text."""
    wanted = _looking_for(words)

    def mask(text: str) -> str:
        found = _spans(wanted, text)
        parts, at = [], 0
        for start, end in found:
            parts += [text[at:start], MASK]
            at = end
        return "".join([*parts, text[at:]])

    return mask


def left_in(words: Iterable[str], text: str) -> tuple[str, ...]:
    """The words of a mask that stand in a text."""
    return tuple(one for one in words if _spans(_looking_for([one]), text))


def masked(case: CaseFile, words: Iterable[str]) -> CaseFile:
    """Everything that is read of a case, with the words masked wherever they stand: names of files as well."""
    given = tuple(words)
    if not given:
        return case
    mask = mask_for(given)
    return replace(
        case,
        report=masked_report(case.report, mask),
        files=tuple(masked_file(one, mask) for one in case.files),
        entries=tuple(masked_entry(one, mask) for one in case.entries),
    )


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


def masked_file(file: SentFile, mask: Mask) -> SentFile:
    """Its name alone: what is in it is sealed and stays as it is."""
    return replace(file, name=mask(file.name))


def masked_entry(entry: Entry, mask: Mask) -> Entry:
    return replace(entry, text=mask(entry.text))


def _looking_for(words: Iterable[str]) -> list[re.Pattern[str]]:
    """For each word what finds it at any place, also within another one."""
    plain = {tuple(_plain(one).split()) for one in words} - {()}
    return [re.compile("(?=(" + r"\s+".join(map(re.escape, parts)) + "))") for parts in sorted(plain)]


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Where the text holds what is looked for, by places of the text as it was written; none touches another."""
    plain, places = "", []
    for at, sign in enumerate(text):
        more = _plain(sign)
        plain += more
        places += [at] * len(more)
    places.append(len(text))
    found = sorted(
        match.span(1) for one in patterns for match in one.finditer(plain) if _stands_alone(plain, *match.span(1))
    )
    spans: list[tuple[int, int]] = []
    for first, behind in found:
        start, end = places[first], max(places[behind], places[behind - 1] + 1)
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


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
