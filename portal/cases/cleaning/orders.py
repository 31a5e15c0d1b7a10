"""What the child is to make of a file: the first line it is sent, before the file itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from portal.cases.areas import Area


class Work(StrEnum):
    CLEAN = "clean"
    COVER = "cover"
    """Of a cleaned picture: the same with areas in black."""
    GRID = "grid"
    """Of a cleaned picture: what somebody needs to say which areas are to be covered."""


@dataclass(frozen=True, slots=True)
class Order:
    work: Work = Work.CLEAN
    areas: tuple[Area, ...] = ()

    @property
    def line(self) -> bytes:
        areas = [(one.left, one.top, one.right, one.bottom) for one in self.areas]
        return json.dumps({"work": self.work.value, "areas": areas}).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Order:
        said = json.loads(line)
        return cls(Work(said["work"]), tuple(Area(*one) for one in said["areas"]))
