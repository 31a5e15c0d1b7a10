"""How rows of versions become values."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.publishing.changes import NUMBERS, same
from portal.publishing.models import Act, FigureVersion, SaltedText
from portal.publishing.readings import HandIn, Version
from portal.publishing.values import Cause, FigureKey, Text

WIDTH = 14
"""How many columns `columns` gives."""


def columns(version: type[FigureVersion], act: type[Act]) -> tuple[Any, ...]:
    v = version
    return (
        *(v.body, v.indicator, v.period, act.edition, act.appended_at, v.cause),
        *(v.target, v.actual, v.numerator, v.denominator, v.obs_status, v.note_digest, v.replaces),
        v.handin,
    )


def key_of(row: Sequence[Any]) -> FigureKey:
    return _new(FigureKey, row[:3])


def texts_of(session: Session, rows: Iterable[Sequence[Any]]) -> dict[str, Text]:
    """The notes the rows cite. A withdrawn text is withdrawn from older editions too."""
    wanted = sorted({str(row[11]) for row in rows if row[11] is not None})
    if not wanted:
        return {}
    found = session.execute(
        select(SaltedText.digest, SaltedText.text, SaltedText.withdrawn_in).where(SaltedText.digest.in_(wanted))
    )
    return {row[0]: Text(*row) for row in found}


def version_of(row: Sequence[Any], texts: dict[str, Text]) -> Version:
    _, _, _, edition, at, cause, target, actual, numerator, denominator, obs_status, note, replaces, handed_in = (
        row
    )
    return _new(
        Version,
        (
            edition,
            at,
            _CAUSES[cause],
            None if target is None else Decimal(target),
            None if actual is None else Decimal(actual),
            None if numerator is None else Decimal(numerator),
            None if denominator is None else Decimal(denominator),
            obs_status,
            texts.get(note, Text(note, None, None)) if note else None,
            replaces,
            None if handed_in is None else _handin(handed_in, row),
        ),
    )


def _handin(stored: Mapping[str, Any], row: Sequence[Any]) -> HandIn:
    """The hand-in beside a version, and in what the two differ."""
    said = stored["said"]
    published = dict(zip((*NUMBERS, "obs_status"), row[6:11], strict=True))
    changed = {} if said is None else {n: (said[n], now) for n, now in published.items() if not same(said[n], now)}
    return HandIn(stored["edition"], stored["salt"], said, changed)


_new = tuple.__new__  # makes a named tuple of all its values at half the price of naming each
_CAUSES = {cause.value: cause for cause in Cause}
