"""A case as it is handed to an authority: one archive, encrypted to its key while it is written. Pure.

In it are the words of the report and of messages, how the finding was reached, and results; the cleaned copies of
files, as readers of the case get them; and who did what, by number and not by name. Not in it: who the reporter
is, whether that is known here or was asked for, whom they wanted kept away, notes, why the case is held or handed
over, originals.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import pyrage

from portal.cases.values import CaseFile, CleanedCopy, Entry, ItemKind, Says, Shown, reference
from portal.foundation import crypto
from portal.foundation.text import plain

_BLOCK = 512
ABOUT_IDENTITY = frozenset(f"cases.{act}-identity" for act in ("propose", "refuse", "open", "read"))
KEPT_BACK = ABOUT_IDENTITY | {"accounts.declare-interest"}
HALVES = "duties."
"""How the acts by which two people sign begin. Each stands beside an act of the case, so that one alone would tell
of an act that is kept back."""
SHOWN_NOTES = frozenset({Says.EXTRACT, Says.BODY_ANSWER, Says.INSPECTION, Says.INSPECTED})


@dataclass(frozen=True)
class Member:
    name: str
    size: int
    chunks: Iterable[bytes]


@dataclass
class People:
    """Officers by number, in the order in which they appear."""

    known: dict[str, int] = field(default_factory=dict)

    def name(self, person_id: str | None) -> str | None:
        if person_id is None:
            return None
        return f"officer {self.known.setdefault(person_id, len(self.known) + 1)}"


def documents(
    case: CaseFile, trail: Sequence[tuple[str, str, str]], texts: Mapping[int, bytes] | None = None
) -> list[Member]:
    """The texts; `trail` holds day, act and person of everything that was done.

    Where something is masked, `case` is what its readers get, and `texts` holds by number the files that were
    masked while they were read.
    """
    people = People()
    about = case.summary
    facts = {
        "case": reference(about.id),
        "matter": about.matter.value,
        "came by": about.channel.value,
        "body": about.subject.body,
        "indicator": about.subject.indicator,
        "period": about.subject.period,
        "service": about.subject.service,
        "edition seen": about.subject.edition,
        "also about": [
            {
                "body": one.body,
                "indicator": one.indicator,
                "period": one.period,
                "service": one.service,
                "edition seen": one.edition,
            }
            for one in about.subject.more
        ],
        "state": about.state.value,
        "finding": about.finding.value if about.finding else None,
        "received": about.received_on.isoformat(),
        "steps": [{"state": one.state.value, "day": one.day.isoformat()} for one in case.steps],
        "missed": [{"deadline": one.deadline.value, "due": one.due_on.isoformat()} for one in case.missed],
        "words masked": texts is not None and bool(case.masking.marks.words),
        "files": [
            _told(copy, number, texts or {}) | ({"attached by": people.name(file.by)} if file.by else {})
            for number, (file, copy) in enumerate(zip(case.files, case.copies_in_order, strict=True), 1)
        ],
    }
    details = case.report.details
    report = {
        "what": plain(case.report.what),
        "how": plain(case.report.how),
        "answers": {one.value: plain(text) for one, text in details.said},
        "recorded falsely": [one.value for one in details.wrongs],
    }
    said = [_entry(one, people) for one in case.entries if _is_handed_over(one)]
    done = [{"day": day, "act": act, "by": people.name(who)} for day, act, who in trail if _is_told(act)]
    contents = {"case.json": facts, "report.json": report, "messages.json": said, "trail.json": done}
    return [_document(name, content) for name, content in contents.items()]


def named(things: Iterable[Mapping[str, Any]]) -> Member:
    """What the case is about in published names and numbers, for whoever does not know our codes."""
    return _document("about.json", list(things))


def copy_name(number: int, copy: CleanedCopy) -> str:
    """Its place in the report and its kind: the name it came with could tell who sent it."""
    ending = copy.file.name.rpartition(".")[2] if copy.file else ""
    return f"files/{number:02}.{ending}" if ending.isalnum() else f"files/{number:02}"


def write(target: IO[bytes], members: Iterable[Member], *, recipient: Any) -> None:
    """Write the archive encrypted; nothing of it is ever in clear but in memory, a piece at a time."""
    pyrage.encrypt_io(_Reader(_tarred(members)), target, [recipient])


def _is_told(act: str) -> bool:
    return act not in KEPT_BACK and not act.startswith(HALVES)


def _is_handed_over(entry: Entry) -> bool:
    """Messages, what was asked of the body or found on the spot, and how the finding was reached.

    A reason goes only where it is known to be of that kind: why somebody wanted to know who the reporter is, or
    keeps the case, can say who that is.
    """
    if entry.kind is ItemKind.REASON:
        return entry.why is not None and entry.why.handed_over
    return entry.kind is not ItemKind.NOTE or entry.says in SHOWN_NOTES


def _entry(entry: Entry, people: People) -> dict[str, Any]:
    return {
        "kind": entry.says.value if entry.says else entry.kind.value,
        "day": entry.day.isoformat(),
        "by": people.name(entry.author),
        "text": plain(entry.text),
        **({"body": entry.body} if entry.body else {}),
    }


def _told(copy: CleanedCopy | None, number: int, texts: Mapping[int, bytes]) -> dict[str, Any]:
    if copy is None or copy.file is None:
        return {"file": number, "left out": _why(copy)}
    digest = crypto.sha256(texts[number]).hex() if number in texts else copy.file.sha256
    masked = {} if copy.shown is Shown.WHOLE else {"masked": copy.shown.value}
    return {"file": number, "name": copy_name(number, copy), "sha256": digest, **masked}


def _why(copy: CleanedCopy | None) -> str | None:
    if copy is None:
        return "not cleaned"
    return "withheld" if copy.shown is Shown.WITHHELD else copy.refused


def _document(name: str, content: Any) -> Member:
    data = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    return Member(name, len(data), [data])


def _tarred(members: Iterable[Member]) -> Iterator[bytes]:
    for one in members:
        info = tarfile.TarInfo(one.name)
        info.size, info.mode = one.size, 0o600
        yield info.tobuf(tarfile.PAX_FORMAT)
        yield from one.chunks
        yield bytes(-one.size % _BLOCK)
    yield bytes(2 * _BLOCK)


class _Reader:
    """What a generator yields, read as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            more = next(self._chunks, None)
            if more is None:
                break
            self._left += more
        end = len(self._left) if size < 0 else size
        given, self._left = self._left[:end], self._left[end:]
        return given
