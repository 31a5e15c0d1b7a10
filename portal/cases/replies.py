"""Places in the office's texts: what `{body}` and the like stand for, filled in when a message is begun. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACES = ("body", "indicator", "period", "received", "feedback", "acknowledged")
"""What can be filled in: the subject, by name, and days of the case; nothing of what a report says."""

_PLACE = re.compile(r"\{([^{}\n]{1,40})\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known in its places; a place of which nothing is known stays as it is."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def open_places(text: str) -> tuple[str, ...]:
    """Places in a message that nobody filled in: it is not ready to be sent."""
    return tuple(found for found in _PLACE.findall(text) if found in PLACES)


def unknown_places(text: str) -> tuple[str, ...]:
    """What stands in braces in an office's text and means nothing."""
    return tuple(found for found in _PLACE.findall(text) if found not in PLACES)
