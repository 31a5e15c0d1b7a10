"""The tree cut into tiles, as C2SP tlog-tiles addresses them: 256 hashes a tile, 8 levels of the tree each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 256
_LONGEST = 0xFFFF
_PLACE = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class TooLong(ValueError):
    """An entry whose length does not fit in two bytes."""


@dataclass(frozen=True)
class Place:
    """Which hashes of a level a tile holds: `width` of them from `start` on."""

    start: int
    width: int


def parse_place(text: str) -> Place | None:
    """Read `x001/x234/067` or `067.p/12`; None when it is no address of a tile."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    digits = found[1].replace("x", "").replace("/", "") + found[2]
    width = int(found[3]) if found[3] else WIDTH
    if (width >= WIDTH and found[3]) or len(digits) > 12 or place_of(int(digits)) != found[1] + found[2]:
        return None
    return Place(int(digits) * WIDTH, width)


def place_of(index: int) -> str:
    """The address of tile number `index` within its level."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def bundled(entries: Iterable[bytes]) -> bytes:
    """Entries one after another, each behind its length in two bytes, the higher first. Raises TooLong."""
    pieces = []
    for entry in entries:
        if len(entry) > _LONGEST:
            raise TooLong
        pieces += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(pieces)
