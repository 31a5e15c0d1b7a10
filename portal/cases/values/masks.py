"""What is masked in a case: words, and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from portal.cases.areas import Area
from portal.cases.values.kinds import Shown
from portal.cases.values.sent import CleanedCopy, SentFile


@dataclass(frozen=True, slots=True)
class FileMask:
    """What two people say of one file: what its readers get, and whether they see its name."""

    of: str
    shown: Shown
    name: str = field(default="", repr=False)
    """The name as it was sent, where it is hidden."""
    areas: tuple[Area, ...] = ()
    copy: SentFile | None = field(default=None, repr=False)
    """The copy with these areas covered, sealed like the cleaned one."""

    @property
    def hides(self) -> bool:
        return bool(self.name) or self.shown in (Shown.COVERED, Shown.WITHHELD)

    @property
    def decided(self) -> tuple[object, ...]:
        """What was decided, whichever copy was made for it."""
        return self.of, self.shown, self.name, self.areas


@dataclass(frozen=True, slots=True)
class Marks:
    """All that one mask covers; false when it covers nothing."""

    words: tuple[str, ...] = field(default=(), repr=False)
    files: tuple[FileMask, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words) or any(one.hides for one in self.files)

    @property
    def every_word(self) -> tuple[str, ...]:
        """The words, and names of files that are hidden: a message that speaks of such a file names it too."""
        return (*self.words, *(one.name for one in self.files if one.name))

    def on(self, file_id: str) -> FileMask | None:
        return next((one for one in self.files if one.of == file_id), None)

    def decides_as(self, other: Marks) -> bool:
        """Whether readers get the same by the other."""
        if not self or not other:
            return not self and not other
        mine, theirs = ({one.decided for one in marks.files} for marks in (self, other))
        return self.words == other.words and mine == theirs


@dataclass(frozen=True, slots=True)
class Masking:
    """What the readers of a case do not see of it, since when; and what somebody would have masked instead.

    `version` counts what two people agreed on, 0 for nothing yet. `may_lift` is whether whoever looks may read
    what was masked: each reading is on record.
    """

    version: int = 0
    since: date | None = None
    marks: Marks = Marks()
    asked_by: str | None = None
    proposed: Marks = Marks()
    may_lift: bool = False
    refused: Marks = Marks()
    """What was proposed last, where it was refused or taken back: whoever proposes again goes on from there."""

    @property
    def beginning(self) -> Marks:
        """What a new proposal begins with."""
        return self.refused if self.refused.words or self.refused.files else self.marks


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a case as whoever looks gets it."""

    file: SentFile
    copy: CleanedCopy | None
    marks: Marks = Marks()
    may_lift: bool = False
    is_cleaned: bool = False
    """Whether somebody asked for its cleaned copy, though readers may get none of it."""
    has_copy: bool = False
    """Whether there is one."""

    @property
    def is_masked(self) -> bool:
        """Whether readers get less than there is, or its name hidden."""
        return self.file.number is not None or (self.copy is not None and self.copy.shown is not Shown.WHOLE)

    @property
    def may_unmask(self) -> bool:
        """Whether there is a copy that whoever looks may have without its mask."""
        return self.may_lift and self.is_masked and self.has_copy

    @property
    def may_take_original(self) -> bool:
        """While something is masked, not everybody: an original can tell more than its cleaned copy shows."""
        return self.may_lift or bool(self.file.key)
