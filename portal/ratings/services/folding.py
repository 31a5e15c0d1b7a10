"""The daily fold: held marks become totals, held comments wait for a moderator, and the way back is gone.

What is counted is exactly what is deleted (DELETE … RETURNING), so a row of a transaction still open is
neither: it waits for the next fold. Everything is written in random order, in a transaction of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.foundation.db import Database
from portal.foundation.ids import new_id, random_bytes
from portal.ratings.models import CommentRow, HeldRow, ReceiptCountRow, ReceiptRow, TotalRow
from portal.ratings.values import CommentState, month_of

T = TypeVar("T")

TOMBSTONE_DAYS = 2  # longer than a form can be sent again

_RESPENT = text(
    "SELECT key FROM rating_receipt WHERE spent AND CAST(xmin AS text) IN"
    " (SELECT CAST(xmin AS text) FROM rating_receipt WHERE spent GROUP BY 1 HAVING count(*) = 1)"
)


def fold(session: Session, *, now: datetime) -> int:
    """Fold everything held; return how many rows there were. Below the fold no row is one person's any more."""
    rows = session.execute(
        delete(HeldRow)
        .where(HeldRow.folded_on.is_(None))
        .returning(HeldRow.key, HeldRow.service, HeldRow.period, HeldRow.level, HeldRow.verified, HeldRow.text)
        .execution_options(synchronize_session=False)
    ).all()
    marks = [row for row in rows if row.text is None]
    _add_totals(session, Counter((row.service, row.period, row.level, row.verified) for row in marks))
    _add_used(session, Counter((row.service, row.period) for row in marks if row.verified))
    _add_comments(session, [row for row in rows if row.text is not None])
    _leave_bare_keys(session, [row.key for row in rows], now.date())
    session.execute(delete(ReceiptRow).where(ReceiptRow.expires < month_of(now)))
    if session.get_bind().dialect.name == "postgresql":
        _rewrite_spent_receipts(session)
    return len(rows)


def forget_folded(database: Database) -> None:
    """Remove from the files what the fold deleted; called after its transaction has committed."""
    database.erase_deleted(rewritten=(HeldRow.__tablename__,), cleaned=(ReceiptRow.__tablename__,))


def shuffled(items: Iterable[T]) -> list[T]:
    return [item for _, item in sorted(((random_bytes(16), item) for item in items), key=lambda pair: pair[0])]


def _add_totals(session: Session, counts: Counter[tuple[str, str, int, bool]]) -> None:
    _add_up(
        session,
        TotalRow.__table__,
        "count",
        [
            {"service": service, "period": period, "level": level, "verified": verified, "count": count}
            for (service, period, level, verified), count in counts.items()
        ],
    )


def _add_used(session: Session, counts: Counter[tuple[str, str]]) -> None:
    _add_up(
        session,
        ReceiptCountRow.__table__,
        "used",
        [
            {"service": service, "period": period, "issued": 0, "used": count}
            for (service, period), count in counts.items()
        ],
    )


def _add_up(session: Session, table: Any, column: str, rows: Sequence[dict[str, Any]]) -> None:
    """Add each row's number to the row that is there, or begin it."""
    if not rows:
        return
    upsert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    statement = upsert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column: table.c[column] + statement.excluded[column]},
    )
    session.execute(statement, shuffled(rows))


def _add_comments(session: Session, rows: Sequence[Any]) -> None:
    comments = [
        {
            "id": new_id(),
            "service": row.service,
            "period": row.period,
            "level": row.level,
            "text": row.text,
            "state": CommentState.WAITING.value,
        }
        for row in shuffled(rows)
    ]
    if comments:
        session.connection().execute(insert(CommentRow), comments)


def _leave_bare_keys(session: Session, keys: Sequence[bytes], today: date) -> None:
    old = (today - timedelta(days=TOMBSTONE_DAYS)).isoformat()
    session.execute(delete(HeldRow).where(HeldRow.folded_on < old))
    if keys:
        bare = [{"key": key, "folded_on": today.isoformat()} for key in shuffled(keys)]
        session.connection().execute(insert(HeldRow), bare)


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
