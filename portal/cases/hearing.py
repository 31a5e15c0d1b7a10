"""Whether the body was heard, before a finding goes against it. Pure: no session, no clock.

There is no way round it: neither the register of duties nor two people together can leave it out. What protects a
reporter is that the extract is written anew, and that an officer chooses when to send it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.cases import rules
from portal.cases.values import Finding, Hearing, ToHear


def still_to_hear(
    *, finding: Finding, accused: Mapping[str, Hearing | None], today: date
) -> tuple[ToHear, date | None] | None:
    """What is missing before this finding can be proposed or decided, and until when to wait; None: nothing is.

    `accused` holds every body that the finding would go against, with the last time it was asked since the case
    was opened, or opened again. A body is heard once it has answered, or when the day by which it could is over.
    """
    if finding not in rules.FOUND_FALSE:
        return None
    if not accused:
        return ToHear.NO_BODY, None
    if None in accused.values():
        return ToHear.NOT_ASKED, None
    waits = [one.due_on for one in accused.values() if one is not None and not one.is_over(today)]
    return (ToHear.MAY_ANSWER, max(waits)) if waits else None
