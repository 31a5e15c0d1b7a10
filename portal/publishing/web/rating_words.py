"""The words for parts of ratings: channels, rating codes, further questions, and how a share moved."""

from collections.abc import Mapping
from typing import Any

from portal.publishing.satisfied import Shift
from portal.publishing.web.words import percent
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l

WAYS: Mapping[str, Any] = {
    "channel": _l("By channel"),
    "code": _l("With and without a rating code"),
    "question": _l("By further question"),
}

_PARTS: Mapping[str, Mapping[str, Any]] = {
    "channel": {
        "web": _l("Web page"),
        "qr": _l("QR code"),
        "paper": _l("Paper, entered by staff"),
        "import": _l("Imported from another collection"),
        "api": _l("Sent by the office's own system"),
    },
    "code": {"with": _l("With a rating code"), "without": _l("Without a code")},
    "question": {
        "in-person/efficiency": _l("In person: how quickly it was done"),
        "in-person/service-level": _l("In person: how well staff knew their work"),
        "in-person/attitude": _l("In person: how people were treated"),
        "online/efficiency": _l("Online: how quickly it was done"),
        "online/guidance": _l("Online: whether the instructions were right"),
        "online/convenience": _l("Online: how easy it was"),
        "online/platform": _l("Online: how the website or app worked"),
    },
}


SET_ASIDE: Mapping[str, Any] = {
    "codes-without-matters": _l("more rating codes than matters settled"),
    "receipt-age": _l("many more rating codes than usual used at once, or long after they were handed out"),
    "burst": _l("many more on one day than on any usual day"),
    "alike-texts": _l("many comments that say nearly the same in nearly the same words"),
    "own-network": _l("without a code from the body's own network"),
    "top-marks": _l("nearly nothing but the best answer by one channel"),
    "channel-shift": _l("one channel suddenly brought a much larger part"),
}


CAME: Mapping[str, Any] = {
    "in-time": _l("Answered in time"),
    "late": _l("Answered late"),
    "waiting": _l("Not answered yet, there is time left"),
    "overdue": _l("Overdue: not answered, the set time has passed"),
}
ENDED: Mapping[str, Any] = {
    "confirmed": _l("Fixed, as the person who rated confirmed"),
    "elapsed": _l("Counts as fixed because a set time passed; nobody confirmed it"),
    "claimed": _l("Fixed, as the office says; the person has not spoken yet"),
    "explained": _l("Explained, not fixed"),
    "disputed": _l("Fixed, as the office says; the person says twice that it is not"),
}


def part_name(way: str, part: str) -> str:
    """The part in words; one that came later than these words by its code."""
    return str(_PARTS.get(way, {}).get(part, part))


def shift_words(moved: Shift) -> str:
    """By how many percentage points a share moved, and whether that can be told from chance."""
    low, high = percent(moved.low), percent(moved.high)
    if not moved.is_told:
        return _("no change can be told (%(low)s to %(high)s)", low=low, high=high)
    if moved.value > 0:
        return _("more are satisfied: %(by)s (%(low)s to %(high)s)", by=percent(moved.value), low=low, high=high)
    return _("fewer are satisfied: %(by)s (%(low)s to %(high)s)", by=percent(moved.value), low=low, high=high)
