"""What may be entered for a value, and what about it is unusual enough to be explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portal.foundation.i18n import N_, Message, message
from portal.publishing.collecting import NUMBERS, Asked, Check, Entry, Warned
from portal.publishing.values import ObsStatus, is_decimal

MOST_NOTE = 2000
SHARE_UNIT = "%"
_SCALES = (Decimal(100), Decimal(1000), Decimal(10000), Decimal(100000000))
_WITHOUT_SUM = frozenset({SHARE_UNIT, "days", "hours", "minutes", "working days", "calendar days"})


@dataclass(frozen=True)
class Standard:
    """What entries of an indicator are held against."""

    unit: str
    has_direction: bool
    jump_percent: int
    below: Decimal | None = None
    """The sum of what the bodies below published for the same period, where there are any."""


def faults(entry: Entry, asked: Asked) -> dict[str, Message]:
    """What makes an entry unusable, by field; empty when it can be handed in."""
    found: dict[str, Message] = {}
    for name in NUMBERS:
        value = getattr(entry, name)
        if value is not None and not is_decimal(value):
            found[name] = Message(N_("Enter a number such as 12 or 8.5."))
    status = _status(entry.obs_status)
    if entry.obs_status is not None and status is None:
        found["obs_status"] = Message(N_("Choose one of the kinds of value listed."))
    if entry.actual is None and (status is None or not status.means_missing):
        found["actual"] = Message(N_("Enter the value, or choose why there is none."))
    if entry.actual is not None and status is not None and status.means_missing and status != ObsStatus.SUPPRESSED:
        found["obs_status"] = Message(N_("There is a value, so it cannot be marked as missing."))
    if entry.actual is None and not entry.note and "actual" not in found:
        found["note"] = Message(N_("Say in the note why there is no value: everybody reads it."))
    if asked.target is not None and not _equal(entry.target, asked.target):
        found["target"] = message(
            N_("The target is settled as {target}. It is changed by a correction only."), target=asked.target
        )
    if (entry.numerator is None) != (entry.denominator is None):
        missing = "numerator" if entry.numerator is None else "denominator"
        found[missing] = Message(N_("Give both what was divided and what it was divided by, or neither."))
    for name in ("note", "explanation"):
        if len(getattr(entry, name) or "") > MOST_NOTE:
            found[name] = message(N_("Use {n} characters or fewer."), n=MOST_NOTE)
    return found


def warnings(entry: Entry, asked: Asked, standard: Standard) -> tuple[Warned, ...]:
    """What is unusual about a usable entry: each is explained in words before it can be handed in."""
    if entry.actual is None or not is_decimal(entry.actual):
        return ()
    return tuple(_warnings(entry, Decimal(entry.actual), asked, standard))


def _warnings(entry: Entry, actual: Decimal, asked: Asked, standard: Standard) -> Iterator[Warned]:
    if entry.target is None and asked.target is None and standard.has_direction:
        yield Warned(Check.NO_TARGET, Message(N_("No target is set, so nobody can say whether it was met.")))
    if asked.last is not None:
        moved = _moved(actual, Decimal(asked.last), asked, standard)
        if moved is not None:
            yield moved
    if entry.numerator is not None and entry.denominator is not None:
        part, whole = Decimal(entry.numerator), Decimal(entry.denominator)
        if standard.unit == SHARE_UNIT and part > whole:
            yield Warned(Check.SHARE, Message(N_("The part is greater than the whole it was divided by.")))
        elif whole and not _is_quotient(entry.actual or "", part, whole, standard):
            yield Warned(Check.QUOTIENT, Message(N_("The value is not what its two parts give when divided.")))
    if standard.below is not None and standard.unit not in _WITHOUT_SUM and standard.below > actual:
        yield Warned(
            Check.SUM,
            message(N_("The bodies below it published {sum} together, which is more."), sum=str(standard.below)),
        )


def _moved(actual: Decimal, last: Decimal, asked: Asked, standard: Standard) -> Warned | None:
    """A change of scale reads as a wrong unit; any other big change as a jump."""
    facts = {"period": asked.last_period or "", "last": asked.last or ""}
    above_whole = standard.unit == SHARE_UNIT and actual > 100 >= last
    if above_whole or _other_scale(actual, last):
        return Warned(
            Check.UNIT, message(N_("In {period} it was {last}: is this value in the same unit?"), **facts)
        )
    if last == 0:
        jumped = actual != 0
    else:
        jumped = abs(actual - last) * 100 > abs(last) * standard.jump_percent
    if not jumped:
        return None
    return Warned(Check.JUMP, message(N_("In {period} it was {last}: explain what changed so much."), **facts))


def _other_scale(actual: Decimal, last: Decimal) -> bool:
    if not actual or not last:
        return False
    ratio = abs(actual / last)
    factor = ratio if ratio > 1 else 1 / ratio
    return any(scale / 2 <= factor <= scale * 2 for scale in _SCALES)


def _is_quotient(actual: str, part: Decimal, whole: Decimal, standard: Standard) -> bool:
    """Whether dividing gives the value, within the digits it is given with; as a share or per hundred."""
    digits = len(actual.partition(".")[2])
    half = Decimal(1).scaleb(-digits) / 2
    quotient = part / whole
    if standard.unit == SHARE_UNIT:
        quotient *= 100
    return abs(quotient - Decimal(actual)) <= half


def _status(text: str | None) -> ObsStatus | None:
    try:
        return ObsStatus(text) if text else None
    except ValueError:
        return None


def _equal(one: str | None, other: str) -> bool:
    return one is None or (is_decimal(one) and Decimal(one) == Decimal(other))
