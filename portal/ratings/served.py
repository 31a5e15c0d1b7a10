"""How many matters there were to rate, and how many codes were handed out for them."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.ratings.models import ReceiptCountRow, TransactionsRow
from portal.ratings.statements import Served


def matters_in(session: Session, period: str) -> dict[str, int]:
    """How many matters were settled, by each service of which somebody told."""
    told = select(TransactionsRow.service, func.sum(TransactionsRow.count)).where(TransactionsRow.period == period)
    return {service: int(count) for service, count in session.execute(told.group_by(TransactionsRow.service))}


def served_in(session: Session, period: str, *, threshold: int) -> dict[str, Served]:
    """By service; a number below the threshold is left out, like one that nobody told."""
    known: dict[str, dict[str, int]] = defaultdict(dict)
    for service, count in matters_in(session, period).items():
        known[service]["transactions"] = count
    issued = select(ReceiptCountRow.service, ReceiptCountRow.issued).where(ReceiptCountRow.period == period)
    for service, count in session.execute(issued):
        known[service]["receipts"] = count
    return {
        service: Served(**{name: count for name, count in numbers.items() if count >= threshold})
        for service, numbers in known.items()
    }
