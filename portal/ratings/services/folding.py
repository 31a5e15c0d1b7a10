"""The daily fold: held marks and answers become totals, comments wait for a moderator, wishes for an answer
for the body, and the way back is gone.

What is counted is exactly what is deleted (DELETE … RETURNING), so a row of a transaction still open is
neither: it waits for the next fold. Everything is written in random order, in a transaction of its own; of a
day with very many, in several, each about a range of keys (which are random) that holds a thousand or more:
so nobody who rates meanwhile waits long, and memory holds one range.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.foundation.db import Database, insert_rows
from portal.foundation.ids import new_id, random_bytes
from portal.foundation.turns import Turns
from portal.ratings.models import (
    CommentRow,
    DetailTotalRow,
    FoldedRow,
    FollowUpRow,
    HeldRow,
    OfficeRequestRow,
    OwnNetworkRow,
    ReceiptCountRow,
    ReceiptRow,
    TotalRow,
)
from portal.ratings.rules.integrity import ReceiptAge
from portal.ratings.services.looking import touch
from portal.ratings.values import CommentState, month_of

T = TypeVar("T")

TOMBSTONE_DAYS = 2  # longer than a form can be sent again
FEWEST_AT_ONCE, MOST_AT_ONCE = 2000, 20_000  # rows of one transaction, where there are as many
_KEYS = 1 << 64

_FOLDED = (
    *(HeldRow.key, HeldRow.service, HeldRow.period, HeldRow.level, HeldRow.channel, HeldRow.verified),
    *(HeldRow.text, HeldRow.details, HeldRow.follow_up, HeldRow.age, HeldRow.own_network),
)
FRESH = select(ReceiptRow.key).where(text("fresh")).with_for_update(skip_locked=True)
"""In the words of the index that holds fresh receipts alone: there may be millions of others."""
_RESPENT = text(
    "SELECT key FROM rating_receipt WHERE spent AND CAST(xmin AS text) IN"
    " (SELECT CAST(xmin AS text) FROM rating_receipt WHERE spent GROUP BY 1 HAVING count(*) = 1)"
)


Marks = Counter[tuple[str, str, int, bool, str]]
"""So many marks of each service, month, level, whether verified, and channel."""


def fold(database: Database, *, now: datetime) -> int:
    """Fold everything held; return how many rows it was. Below the fold no row is one person's any more.

    Each of its transactions is done wholly or not at all; what one that fails leaves is folded the next time.
    What was counted waits for `services.watching`.
    """
    with database.read() as session:
        rows = session.scalar(select(func.count()).select_from(HeldRow)) or 0
    turns = Turns(database, least=FEWEST_AT_ONCE, first=2 * FEWEST_AT_ONCE, most=MOST_AT_ONCE)
    folded, start = 0, 0
    while start < _KEYS:
        end = _end_of_range(start, turns.at_once, rows)
        with turns.write() as session:
            folded += _fold_range(session, _between(start, end), now)
        start = end
    with database.write() as session:
        session.execute(delete(OfficeRequestRow).where(OfficeRequestRow.day < _oldest_kept(now.date())))
        _drop_expired(session, now)
        if session.get_bind().dialect.name == "postgresql":
            _rewrite_spent_receipts(session)
        _end_first_day(session)
    return folded


def _fold_range(session: Session, keys: ColumnElement[bool], now: datetime) -> int:
    rows = session.execute(
        delete(HeldRow)
        .where(keys, HeldRow.folded_on.is_(None))
        .returning(*_FOLDED)
        .execution_options(synchronize_session=False)
    ).all()
    marks = [row for row in rows if row.details is None]
    additions = shuffled(row for row in rows if row.details is not None)
    counted: Marks = Counter((row.service, row.period, row.level, row.verified, row.channel) for row in marks)
    add_totals(session, counted)
    _add_folded(session, counted, now.date())
    _add_used(session, Counter((row.service, row.period, row.age) for row in marks if row.verified))
    _add_own_network(session, [row for row in marks if row.own_network and not row.verified])
    add_details(
        session,
        Counter(
            (row.service, row.period, row.channel, question, answer)
            for row in additions
            for question, answer in row.details
        ),
    )
    _add_comments(session, additions)
    _leave_bare_keys(session, keys, [row.key for row in rows], now.date())
    return len(rows)


def _end_of_range(start: int, at_once: int, rows: int) -> int:
    """Where a range of keys ends that begins at `start` and holds about `at_once` of all rows; none is short."""
    width = _KEYS * at_once // max(rows, 1)
    return start + width if start + width + width // 2 < _KEYS else _KEYS


def _between(start: int, end: int) -> ColumnElement[bool]:
    """The keys whose first eight bytes lie in a range."""
    begun = HeldRow.key >= start.to_bytes(8, "big")
    return begun if end == _KEYS else begun & (HeldRow.key < end.to_bytes(8, "big"))


def forget_folded(database: Database) -> None:
    """Remove from the files what the fold deleted; called after its transaction has committed."""
    database.erase_deleted(
        rewritten=(HeldRow.__tablename__, FoldedRow.__tablename__), cleaned=(ReceiptRow.__tablename__,)
    )


def shuffled(items: Iterable[T]) -> list[T]:
    return [item for _, item in sorted(((random_bytes(16), item) for item in items), key=lambda pair: pair[0])]


def add_totals(session: Session, counts: Marks) -> None:
    """Add so many marks of a service, month, level, whether verified, and channel."""
    _add_up(session, TotalRow.__table__, ["count"], _rows(counts))
    touch(session, (period for _, period, *_ in counts))


def _add_folded(session: Session, counts: Marks, today: date) -> None:
    """Keep what was counted until somebody has looked at the day."""
    rows = [row | {"day": today.isoformat()} for row in _rows(counts)]
    _add_up(session, FoldedRow.__table__, ["count"], rows)


def _rows(counts: Marks) -> list[dict[str, Any]]:
    names = ("service", "period", "level", "verified", "channel")
    return [dict(zip(names, of, strict=True)) | {"count": count} for of, count in counts.items()]


def add_details(session: Session, counts: Counter[tuple[str, str, str, str, str]]) -> None:
    """Add so many answers of a service, month and channel to a question."""
    names = ("service", "period", "channel", "question", "answer")
    rows = [dict(zip(names, of, strict=True)) | {"count": count} for of, count in counts.items()]
    _add_up(session, DetailTotalRow.__table__, ["count"], rows)
    touch(session, (period for _, period, *_ in counts))


def _add_used(session: Session, counts: Counter[tuple[str, str, str | None]]) -> None:
    """Codes used, and how old they were; with which answers is not kept."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (service, period, age), count in counts.items():
        row = found.setdefault(
            (service, period),
            {"service": service, "period": period, "issued": 0, "expired": 0, "used": 0, "same_day": 0, "old": 0},
        )
        row["used"] += count
        if age in (ReceiptAge.SAME_DAY, ReceiptAge.OLD):
            row["old" if age == ReceiptAge.OLD else "same_day"] += count
    _add_up(session, ReceiptCountRow.__table__, ["used", "same_day", "old"], list(found.values()))


def _add_own_network(session: Session, marks: Sequence[Any]) -> None:
    counts = Counter((row.service, row.period, row.channel, row.level) for row in marks)
    names = ("service", "period", "channel", "level")
    rows = [dict(zip(names, of, strict=True)) | {"count": count} for of, count in counts.items()]
    _add_up(session, OwnNetworkRow.__table__, ["count"], rows)


def _add_up(session: Session, table: Any, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Add each row's numbers to the row that is there, or begin it."""
    if not rows:
        return
    upsert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    statement = upsert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column: table.c[column] + statement.excluded[column] for column in columns},
    )
    session.execute(statement, shuffled(rows))


def _add_comments(session: Session, additions: Sequence[Any]) -> None:
    """Comments for a moderator, and wishes for an answer with the comment they came with."""
    comments: list[dict[str, Any]] = []
    wishes: list[dict[str, Any]] = []
    for row in additions:
        known = {name: getattr(row, name) for name in ("service", "period", "level", "channel")}
        comment = None
        if row.text is not None:
            comment = new_id()
            waiting = {"id": comment, "text": row.text, "state": CommentState.WAITING.value}
            comments.append(known | waiting)
        if row.follow_up is not None:
            wish = {"id": new_id(), "key": row.follow_up, "details": row.details, "comment_id": comment}
            wishes.append(known | wish)
    if comments:
        session.connection().execute(insert(CommentRow), comments)
    if wishes:
        session.connection().execute(insert(FollowUpRow), shuffled(wishes))


def _drop_expired(session: Session, now: datetime) -> None:
    """Receipts that nobody can use any more; how many were never used is kept by the last month of their use."""
    expired = ReceiptRow.expires < month_of(now)
    unused = session.execute(
        select(ReceiptRow.service, ReceiptRow.expires, func.count())
        .where(expired, ReceiptRow.spent.is_(False))
        .group_by(ReceiptRow.service, ReceiptRow.expires)
    )
    rows = [
        {"service": service, "period": period, "issued": 0, "used": 0, "expired": count}
        for service, period, count in unused
    ]
    session.execute(delete(ReceiptRow).where(expired).execution_options(synchronize_session=False))
    _add_up(session, ReceiptCountRow.__table__, ["expired"], rows)


def _end_first_day(session: Session) -> None:
    """From now on no receipt says that it was handed out since the last fold.

    One that is being redeemed right now is left for the next fold, so that nobody waits for anybody.
    """
    session.execute(
        update(ReceiptRow)
        .where(ReceiptRow.key.in_(FRESH.scalar_subquery()))
        .values(fresh=False)
        .execution_options(synchronize_session=False)
    )


def _leave_bare_keys(session: Session, among: ColumnElement[bool], keys: Sequence[bytes], today: date) -> None:
    forgotten = delete(HeldRow).where(among, HeldRow.folded_on < _oldest_kept(today))
    session.execute(forgotten.execution_options(synchronize_session=False))
    insert_rows(session, HeldRow, ("key", "folded_on"), [(key, today.isoformat()) for key in shuffled(keys)])


def _oldest_kept(today: date) -> str:
    """The first day of which bare keys are kept."""
    return (today - timedelta(days=TOMBSTONE_DAYS)).isoformat()


def _rewrite_spent_receipts(session: Session) -> None:
    """Write receipts that were spent one by one again, together and in random order.

    PostgreSQL keeps with each row the transaction that wrote it and the place where it was put: both would
    tell in which order, and nearly when, codes were redeemed.
    """
    keys = session.scalars(_RESPENT).all()
    for start in range(0, len(keys), 1000):
        rows = session.execute(
            delete(ReceiptRow)
            .where(ReceiptRow.key.in_(keys[start : start + 1000]))
            .returning(ReceiptRow.key, ReceiptRow.service, ReceiptRow.expires)
            .execution_options(synchronize_session=False)
        ).all()
        again = [{"key": row.key, "service": row.service, "expires": row.expires, "spent": True} for row in rows]
        session.connection().execute(insert(ReceiptRow), shuffled(again))
