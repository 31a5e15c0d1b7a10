"""What a reporter sends: about what, in which words, with which files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.cases.values.kinds import CaseKind, Channel, Matter, Shown
from portal.cases.values.questions import NO_DETAILS, Details


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about, bound to the edition the reporter was looking at."""

    body: str | None = None
    indicator: str | None = None
    period: str | None = None
    service: str | None = None
    edition: int | None = None
    more: tuple[Subject, ...] = ()
    """What else the same report is about, each bound to the edition seen; these hold no more of their own."""

    @property
    def kind(self) -> CaseKind:
        if self.body and self.indicator and self.period:
            return CaseKind.FIGURE
        return CaseKind.SERVICE if self.service else CaseKind.GENERAL

    @property
    def parts(self) -> tuple[Subject, ...]:
        """Everything it is about, one by one, the main thing first."""
        return (replace(self, more=()), *self.more) if self.more else (self,)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Every body it touches, each once."""
        return tuple(dict.fromkeys(one.body for one in self.parts if one.body))

    @classmethod
    def of(cls, parts: Iterable[Subject]) -> Subject:
        """One subject of several parts: a figure leads, else a service, else a body. Each thing counts once."""
        known: dict[tuple[str | None, ...], Subject] = {}
        for one in parts:
            if one.body or one.service:
                known.setdefault(one.thing, one)
        found = sorted(known.values(), key=lambda one: _FIRST.index(one.kind))
        return replace(found[0], more=tuple(found[1:])) if found else cls()

    @property
    def thing(self) -> tuple[str | None, ...]:
        """What it is, whichever edition was seen."""
        return self.body, self.indicator, self.period, self.service


MOST_PARTS = 10
"""How many figures and bodies one report takes."""
_FIRST = (CaseKind.FIGURE, CaseKind.SERVICE, CaseKind.GENERAL)


@dataclass(frozen=True, slots=True)
class SentFile:
    """One attachment: its sealed bytes lie in the file store under `id`, opened by `key`."""

    id: str
    name: str
    size: int
    key: bytes
    sha256: str = ""  # of the plain bytes, in hex; empty for files from before it was kept
    number: int | None = None  # its place among the files of the case, where that stands in place of its name
    by: str | None = None  # the officer who attached it to what an inspection found; None for the reporter's own

    @property
    def ending(self) -> str:
        """With its dot; empty for a name without one."""
        return "".join(self.name.rpartition(".")[1:]) if "." in self.name else ""


@dataclass(frozen=True, slots=True)
class CleanedCopy:
    """What came of cleaning an attachment: a sealed copy, or why there can be none (`cleaning.kinds.Refusal`).

    Where the case is masked, `shown` says what its reader gets in its place; of what is withheld there is no file.
    """

    of: str
    kind: str | None
    file: SentFile | None
    refused: str | None
    shown: Shown = Shown.WHOLE

    @property
    def is_text(self) -> bool:
        return self.file is not None and self.file.name.endswith(".txt")

    @property
    def is_picture(self) -> bool:
        return self.file is not None and self.kind == "image"


@dataclass(frozen=True, slots=True)
class Draft:
    """A report under way, as its writer's own session opens it."""

    id: str
    subject: Subject
    matter: Matter | None = None
    details: Details = NO_DETAILS
    what: str = ""
    how: str = ""
    names: str = ""
    bodies: tuple[str, ...] = ()
    outside_only: bool = False
    identity: str = ""
    files: tuple[SentFile, ...] = ()
    code: str | None = None
    channel: Channel = Channel.WEB

    @property
    def sent(self) -> bool:
        return self.code is not None

    @property
    def meant(self) -> Matter:
        """What was chosen; else what the door it came by suggests."""
        if self.matter is not None:
            return self.matter
        return _BY_DOOR[self.subject.kind]


_BY_DOOR = {
    CaseKind.FIGURE: Matter.FIGURE,
    CaseKind.SERVICE: Matter.OWN,
    CaseKind.GENERAL: Matter.OTHER,
}
