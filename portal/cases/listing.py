"""The queue, read off indexes: what a page costs does not grow with the cases that are not on it.

Only what exists for whoever asks is ever part of a query: held under the newest lock, and nothing connects them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, UnaryExpression, func, or_, select, tuple_, union
from sqlalchemy.orm import Session

from portal.cases import masking, rules
from portal.cases.models import Case, SubjectRow, Wrap
from portal.cases.services import about, access, drafts, items, masked
from portal.cases.services.access import Officer
from portal.cases.values import Asked, Due, ItemKind, Place, Shelf, Subject, Whose

PAGE = 50
MOST_OPENED = 200
DAY, WEEK = timedelta(days=1), timedelta(days=7)
_FEW = 300
_WORDS = (ItemKind.REPORT, ItemKind.FROM_REPORTER, ItemKind.TO_REPORTER, ItemKind.NOTE, ItemKind.REASON)
_SAID = ("what", "how", "text")


@dataclass(frozen=True, slots=True)
class Matches:
    """What the words of a search mean in clear fields: codes by name, and the beginning of a reference."""

    bodies: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    period: str = ""
    reference: str = ""

    def conditions(self, session: Session) -> tuple[ColumnElement[bool], ...]:
        """Each is answered by an index of its own. What no case is about besides is none."""
        found: list[ColumnElement[bool]] = [
            column == code
            for column, codes in (
                (Case.body_code, self.bodies),
                (Case.indicator_code, self.indicators),
                (Case.service_code, self.services),
            )
            for code in sorted(codes)
        ]
        besides = [
            *(SubjectRow.body_code == code for code in sorted(self.bodies)),
            *(SubjectRow.indicator_code == code for code in sorted(self.indicators)),
            *(SubjectRow.service_code == code for code in sorted(self.services)),
        ]
        if besides and session.scalar(select(SubjectRow.case_id).where(or_(*besides)).limit(1)) is not None:
            found.append(about.named_in(or_(*besides)))
        if self.period:
            found.append(Case.period == self.period)
        if self.reference:
            found.append(Case.id.between(self.reference, self.reference + "~"))
        return tuple(found)

    def fits(self, case: Case, subject: Subject) -> bool:
        """The same for a case in hand, and what it is about."""
        named = any(
            one.body in self.bodies or one.indicator in self.indicators or one.service in self.services
            for one in subject.parts
        )
        return (
            named
            or bool(self.period and case.period == self.period)
            or bool(self.reference and case.id.startswith(self.reference))
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases, and whether there are more on either side; `looked_into` says how many were opened."""

    cases: tuple[Case, ...]
    earlier: Place | None
    later: Place | None
    looked_into: int | None = None


def page(
    session: Session,
    *,
    officer: Officer,
    asked: Asked,
    matches: Matches | None = None,
    at: Place | None = None,
    backwards: bool = False,
    limit: int = PAGE,
    now: datetime,
) -> Found:
    """The cases behind `at` in their list, or before it; those at the top without it.

    `matches` is what the words of `asked` mean. What stands in no clear field is looked for in at most
    MOST_OPENED cases; the page then ends behind the last one that was opened.
    """
    if asked.words and matches is None:
        raise ValueError("say what the words mean")
    if asked.opens:
        return _opened(session, officer, asked, matches or Matches(), at, limit, now)
    keys = _keys(session, officer, asked, matches, at, backwards, limit + 1, now)
    more, keys = len(keys) > limit, keys[:limit]
    if backwards:
        keys.reverse()
    places = [Place(key.listed_on, key.id) for key in keys]
    before, after = (more, True) if backwards else (at is not None, more)
    return Found(
        _cases(session, [place.id for place in places]),
        places[0] if places and before else None,
        places[-1] if places and after else None,
    )


def count(session: Session, *, officer: Officer, asked: Asked, most: int, now: datetime) -> int:
    """How many there are, counted no further than one beyond `most`."""
    conditions = _conditions(session, asked, officer, _held_by_few(session, officer), now)
    keys = _select(asked, conditions, None, False, most + 1)
    return session.scalar(select(func.count()).select_from(keys.order_by(None).subquery())) or 0


def _conditions(
    session: Session, asked: Asked, officer: Officer, few: Sequence[str] | None, now: datetime
) -> list[ColumnElement[bool]]:
    today = now.date()
    found = [_column(Case.shelf, few) == asked.shelf, *access.visible_to(officer, now=now)]
    if few is not None:
        found.append(Case.id.in_(few))
    if asked.state is not None:
        found.append(_column(Case.state, few) == asked.state)
    if asked.body:
        main = _column(Case.body_code, few) == asked.body
        besides = about.cases_besides(session, asked.body)
        found.append(or_(main, Case.id.in_(besides)) if besides else main)
    if asked.matter is not None:
        found.append(_column(Case.matter, few) == asked.matter)
    if asked.whose is not None:
        whose = _column(Case.assigned_to, few)
        found.append(whose == officer.id if asked.whose is Whose.MINE else whose.is_(None))
    if asked.due is not None:
        found.append(_owed_before(asked.shelf, today if asked.due is Due.LATE else today + WEEK + DAY))
    return found


def _owed_before(shelf: Shelf, day: date) -> ColumnElement[bool]:
    """That something has to be done before this day. Closed cases stand under the day they were closed; what is
    still owed of them has days of its own."""
    if shelf is not Shelf.CLOSED:
        return Case.listed_on < day
    owed = Case.answer_due_on, Case.correct_due_on, Case.reread_due_on, Case.check_in_due_on
    return or_(*(due < day for due in owed))


def _column(column: Any, few: Sequence[str] | None) -> Any:
    """The column; where somebody holds little, written so that its index is not walked but ids looked up."""
    return column if few is None else column.concat("")


def _held_by_few(session: Session, officer: Officer) -> Sequence[str] | None:
    """All this person holds when that is little: looking among it beats walking along everybody's cases."""
    query = select(Wrap.case_id).where(Wrap.person_id == officer.id).distinct().limit(_FEW + 1)
    held = session.scalars(query).all()
    return held if len(held) <= _FEW else None


def _keys(
    session: Session,
    officer: Officer,
    asked: Asked,
    matches: Matches | None,
    at: Place | None,
    backwards: bool,
    limit: int,
    now: datetime,
) -> list[Row[Any]]:
    """Where the cases stand, in the order of the list (the other way round when going backwards)."""
    few = _held_by_few(session, officer)
    conditions = _conditions(session, asked, officer, few, now)
    meant = matches.conditions(session) if matches is not None else ()
    if matches is not None and not meant:
        return []
    if matches is None or few is not None:
        wide = [*conditions, or_(*meant)] if meant else conditions
        return list(session.execute(_select(asked, wide, at, backwards, limit)))
    arms = [_select(asked, [*conditions, one], at, backwards, limit) for one in meant]
    every = union(*(select(arm.subquery()) for arm in arms)).subquery()
    return list(
        session.execute(
            select(every).order_by(*_order(every.c.listed_on, every.c.id, asked, backwards)).limit(limit)
        )
    )


def _select(
    asked: Asked, conditions: Iterable[ColumnElement[bool]], at: Place | None, backwards: bool, limit: int
) -> Select[date | None, str]:
    query = select(Case.listed_on, Case.id).where(*conditions)
    if at is not None:
        place = tuple_(Case.listed_on, Case.id)
        here = tuple_(at.day, at.id)
        query = query.where(place < here if _falls(asked, backwards) else place > here)
    return query.order_by(*_order(Case.listed_on, Case.id, asked, backwards)).limit(limit)


def _order(day: Any, case_id: Any, asked: Asked, backwards: bool) -> tuple[UnaryExpression[Any], ...]:
    falls = _falls(asked, backwards)
    return (day.desc(), case_id.desc()) if falls else (day.asc(), case_id.asc())


def _falls(asked: Asked, backwards: bool) -> bool:
    """What is due comes earliest first, what is closed newest first."""
    return (asked.shelf is Shelf.CLOSED) is not backwards


def _texts_in(content: Mapping[str, Any]) -> list[str]:
    """What somebody wrote in one item: a message, or a report with its answers."""
    found = [content[name] for name in _SAID if content.get(name)]
    return [*found, *drafts.to_details(content).texts]


def _cases(session: Session, case_ids: Sequence[str]) -> tuple[Case, ...]:
    found = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(case_ids)))}
    return tuple(found[one] for one in case_ids if one in found)


def _opened(
    session: Session,
    officer: Officer,
    asked: Asked,
    matches: Matches,
    at: Place | None,
    limit: int,
    now: datetime,
) -> Found:
    clear = matches if asked.words and not asked.inside else None
    keys = _keys(session, officer, asked, clear, at, False, MOST_OPENED + 1, now)
    fits = _reader(session, officer, asked, matches)
    found: list[Case] = []
    seen = 0
    for case in _cases(session, [key.id for key in keys[:MOST_OPENED]]):
        if len(found) == limit:
            break
        seen += 1
        if fits(case):
            found.append(case)
    last = keys[seen - 1] if seen and seen < len(keys) else None
    return Found(tuple(found), None, Place(last.listed_on, last.id) if last else None, seen)


def _reader(session: Session, officer: Officer, asked: Asked, matches: Matches) -> Callable[[Case], bool]:
    """Whether an opened case is what was asked for; whoever cannot open it finds nothing in it.

    Masked words are not found: else a search would tell which they are.
    """
    words = _plain(asked.words)

    def fits(case: Case) -> bool:
        keys = access.open_keys(session, case=case, officer=officer)
        opened = items.open_kinds(session, case_id=case.id, keys=keys, kinds=_WORDS)
        if asked.language is not None:
            written = " ".join(c["what"] + " " + c["how"] for row, c in opened if row.kind == ItemKind.REPORT)
            if rules.language_of(written) is not asked.language:
                return False
        if not asked.inside or not words or matches.fits(case, about.subject_of(session, case)):
            return True
        mask = masking.mask_for(masked.words(session, case_id=case.id, keys=keys))
        return any(words in _plain(mask(text)) for _, content in opened for text in _texts_in(content))

    return fits


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def place_of(session: Session, case_id: str) -> Place | None:
    """Where a case stands in its list."""
    row = session.execute(select(Case.listed_on, Case.id).where(Case.id == case_id)).one_or_none()
    return Place(row.listed_on, row.id) if row is not None and row.listed_on else None
