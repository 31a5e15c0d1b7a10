"""What notices and the register said between two editions, read no further than it is shown."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.foundation.reads import Read
from portal.publishing.files import Context
from portal.publishing.files.between import ADDED, changed_notices, register_rows
from portal.publishing.models import Act, StatementRow
from portal.publishing.queries.visible import texts_of_newest
from portal.publishing.values import FigureKey

_REGISTER = ("body", "service", "indicator")


def labels(session: Session, edition: int, *, bodies: Iterable[str], indicators: Iterable[str]) -> Context:
    """What the register says of these, as of an edition."""
    return _as_of(session, edition, {"body": bodies, "indicator": indicators})


def notices_between(session: Session, first: int, last: int) -> dict[FigureKey, tuple[str | None, str | None]]:
    """Figures whose notice is another than before: what it was and what it is."""
    keys = {"notice": _stated(session, "notice", first, last)}
    if not keys["notice"]:
        return {}
    return changed_notices(_as_of(session, first, keys), _as_of(session, last, keys))


class Entry(NamedTuple):
    """An entry of the register that is new or reads differently; `parts` are the names of what changed in it."""

    what: str
    code: str
    change: str
    parts: str | None


def register_between(session: Session, first: int, last: int, *, most: int) -> tuple[list[Entry], int]:
    """The first `most` entries that are new or read differently, and how many there are in all.

    Bodies come first, then services and indicators. Of the new ones, only what is shown is read.
    """
    stated = {kind: _stated(session, kind, first, last) for kind in _REGISTER}
    known = {kind: _known(session, kind, keys, first) for kind, keys in stated.items()}
    before, after = (_as_of(session, n, known) for n in (first, last))
    changed = {(one.what, one.code): one for one in _entries(before, after)}
    found = [
        changed.get((kind, key)) or Entry(kind, key, ADDED, None)
        for kind in _REGISTER
        for key in sorted(stated[kind])
        if key not in known[kind] or (kind, key) in changed
    ]
    return found[:most], len(found)


def _entries(before: Context, after: Context) -> Iterator[Entry]:
    for row in register_rows(before, after):
        yield Entry(row["what"], row[f"{row['what']}_code"], row["change"], row["parts"])


def _stated(session: Session, kind: str, first: int, last: int) -> frozenset[str]:
    return frozenset(row[0] for row in _STATED.rows(session, kind=kind, first=first, last=last))


def _known(session: Session, kind: str, keys: Collection[str], edition: int) -> frozenset[str]:
    """Those of the keys that were stated up to an edition."""
    if not keys or not edition:
        return frozenset()
    rows = _STATED.rows(session, kind=kind, first=0, last=edition)
    return frozenset(row[0] for row in rows).intersection(keys)


def _as_of(session: Session, edition: int, keys: Mapping[str, Iterable[str]]) -> Context:
    """What was said of these keys, by kind, as of an edition."""
    context = Context()
    for kind, of_kind in keys.items():
        for said in texts_of_newest(session, kind, of_kind, edition).values():
            context.take(edition, json.loads(said))
    return context


_STATED = Read(
    select(StatementRow.key)
    .distinct()
    .join(Act, Act.id == StatementRow.act_id)
    .where(
        StatementRow.kind == bindparam("kind"), Act.edition > bindparam("first"), Act.edition <= bindparam("last")
    )
)
