"""How a paper slip is written in one line, so that a clerk can enter a pile of them by keyboard alone.

    2 340 ac B | They sent me to another hall.

The first figure is the mark. Three more are the points of a visit in person (efficiency, service level, attitude;
0 for none). Small letters are the reasons of a low mark, one capital says for whom the person came, and what
follows a bar is the comment. All but the mark may be missing.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from portal.foundation.i18n import N_, Message
from portal.ratings.details import DIMENSIONS, LOW, Capacity, Details, Reason, Way
from portal.ratings.values import COMMENT_LIMIT, Level

POINTS = DIMENSIONS[Way.IN_PERSON]
REASONS = dict(zip("abcdefghi", Reason, strict=True))
CAPACITIES = {"M": Capacity.CITIZEN, "B": Capacity.BUSINESS, "O": Capacity.BEHALF}
_LINE = re.compile(r"([1-5])\s*([0-5]{3})?\s*([a-i]*)\s*([MBO]?)\s*(?:\|(.*))?")


@dataclass(frozen=True)
class Slip:
    """What stands on one slip."""

    level: Level
    details: Details = field(default_factory=Details)
    text: str | None = None

    @property
    def ticked(self) -> list[Any]:
        """All of it but the words, in one order: equal for two readings that agree."""
        return [int(self.level), self.details.as_json()]


def read_slip(line: str) -> Slip | Message:
    """The slip a line stands for, or what is wrong with it, as the end of a sentence."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return Message(N_("it is not of the form: mark, three points, reasons, for whom, | comment"))
    level, points, reasons, capacity, words = found.groups()
    mark, text = Level(int(level)), (words or "").strip()
    if reasons and mark not in LOW:
        return Message(N_("reasons go with the marks 1 and 2 only"))
    if len(text) > COMMENT_LIMIT:
        return Message(N_("its comment is longer than 2,000 characters"))
    given = {
        (Way.IN_PERSON, point): Level(int(figure))
        for point, figure in zip(POINTS, points or "000", strict=True)
        if figure != "0"
    }
    details = Details(given, frozenset(REASONS[letter] for letter in reasons), CAPACITIES.get(capacity))
    return Slip(mark, details, text or None)
