"""How rows of versions become values: column by column, because a page reads hundreds."""

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

Columns = Sequence[Sequence[Any]]
"""What was found in those columns, each with its values in the order of the rows."""


def columns(version: type[FigureVersion], act: type[Act]) -> tuple[Any, ...]:
    v = version
    return (
        *(v.body, v.indicator, v.period, act.edition, act.appended_at, v.cause),
        *(v.target, v.actual, v.numerator, v.denominator, v.obs_status, v.note_digest, v.replaces),
        v.handin,
    )


def key_of(row: Sequence[Any]) -> FigureKey:
    return new(FigureKey, row[:3])


def keys_in(found: Columns) -> list[FigureKey]:
    """Which figure each row is about."""
    return [new(FigureKey, key) for key in zip(*found[:3], strict=True)]


def texts_of(session: Session, digests: Iterable[str | None]) -> dict[str, Text]:
    """The notes with these digests. A withdrawn text is withdrawn from older editions too."""
    wanted = sorted({digest for digest in digests if digest is not None})
    if not wanted:
        return {}
    found = session.execute(
        select(SaltedText.digest, SaltedText.text, SaltedText.withdrawn_in).where(SaltedText.digest.in_(wanted))
    )
    return {row[0]: Text(*row) for row in found}


def versions_in(session: Session, found: Columns) -> list[Version]:
    """The version in each row, with its note."""
    edition, at, cause, target, actual, numerator, denominator, obs_status, note, replaces, _ = found[3:]
    texts = texts_of(session, note)
    values = zip(
        edition,
        at,
        [_CAUSES[one] for one in cause],
        *(_numbers(column) for column in (target, actual, numerator, denominator)),
        obs_status,
        [texts.get(one, Text(one, None, None)) if one else None for one in note],
        replaces,
        _handins(found),
        strict=True,
    )
    return [new(Version, row) for row in values]


def _numbers(column: Sequence[str | None]) -> list[Decimal | None]:
    return [None if one is None else Decimal(one) for one in column]


def _handins(found: Columns) -> Sequence[HandIn | None]:
    stored, published = found[13], found[6:11]
    if not any(stored):
        return stored  # nothing, as nearly always
    rows = zip(*published, strict=True)
    return [one and _handin(one, row) for one, row in zip(stored, rows, strict=True)]


def _handin(stored: Mapping[str, Any], row: Sequence[Any]) -> HandIn:
    """The hand-in beside a version, and in what the two differ; `row` has the published numbers and status."""
    said = stored["said"]
    published = dict(zip((*NUMBERS, "obs_status"), row, strict=True))
    changed = {} if said is None else {n: (said[n], now) for n, now in published.items() if not same(said[n], now)}
    return HandIn(stored["edition"], stored["salt"], said, changed)


new = tuple.__new__  # makes a named tuple of all its values at half the price of naming each
_CAUSES = {cause.value: cause for cause in Cause}
