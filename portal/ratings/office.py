"""What the office's people read: a month's denominators by service, and findings with their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.ratings.errors import NoSuchFinding
from portal.ratings.models import CommentRow, FindingRow, ReceiptCountRow, SetAsideRow, TotalRow, TransactionsRow
from portal.ratings.rules.integrity import Rule
from portal.ratings.rules.texts import masked


@dataclass(frozen=True)
class ServedMonth:
    """A service's month in the office's eyes: matters by way, codes, ratings; None where nobody told."""

    service: str
    matters: Mapping[str, int]
    source: str | None
    issued: int
    used: int
    expired: int
    marks: int

    @property
    def all_matters(self) -> int | None:
        return sum(self.matters.values()) if self.matters else None


@dataclass(frozen=True)
class Finding:
    """A rule that fired, the numbers it fired on, and how many marks of each level are set aside for it."""

    id: str
    rule: Rule
    service: str
    period: str
    facts: Mapping[str, Any]
    state: str
    reason: str | None
    appeal: str | None
    levels: Mapping[int, int]

    @property
    def count(self) -> int:
        return sum(self.levels.values())


def served_months(session: Session, period: str) -> tuple[ServedMonth, ...]:
    """By service: those of which something is known in the month."""
    matters: dict[str, dict[str, int]] = {}
    sources: dict[str, str] = {}
    for row in session.scalars(select(TransactionsRow).where(TransactionsRow.period == period)):
        matters.setdefault(row.service, {})[row.way] = row.count
        sources[row.service] = row.source
    codes = {row.service: row for row in session.scalars(_of(ReceiptCountRow, period))}
    totals = select(TotalRow.service, func.sum(TotalRow.count)).where(TotalRow.period == period)
    marks = {service: int(count) for service, count in session.execute(totals.group_by(TotalRow.service))}
    none = ReceiptCountRow(issued=0, used=0, expired=0)
    return tuple(
        ServedMonth(
            service,
            matters.get(service, {}),
            sources.get(service),
            codes.get(service, none).issued,
            codes.get(service, none).used,
            codes.get(service, none).expired,
            marks.get(service, 0),
        )
        for service in sorted({*matters, *codes, *marks})
    )


def list_findings(session: Session, *, after: str = "", limit: int = 50) -> tuple[Finding, ...]:
    """Findings, the newest month first, a page at a time; `after` is period/id of the last one before."""
    chosen = select(FindingRow).order_by(FindingRow.period.desc(), FindingRow.id).limit(limit)
    if after:
        period, _, last = after.partition("/")
        later = (FindingRow.period < period) | ((FindingRow.period == period) & (FindingRow.id > last))
        chosen = chosen.where(later)
    return tuple(_finding(session, row) for row in session.scalars(chosen))


def get_finding(session: Session, finding_id: str) -> Finding:
    """Raises NoSuchFinding."""
    row = session.get(FindingRow, finding_id)
    if row is None:
        raise NoSuchFinding(N_("There is no such finding."))
    return _finding(session, row)


def sample_of(session: Session, finding_id: str) -> tuple[str, ...]:
    """Some of the comments a finding is about, without numbers and addresses of people; none where it is about
    none. Raises NoSuchFinding."""
    drawn = get_finding(session, finding_id).facts.get("sample", ())
    return tuple(masked(text) for text in session.scalars(select(CommentRow.text).where(CommentRow.id.in_(drawn))))


def findings_of(session: Session, services: frozenset[str]) -> tuple[Finding, ...]:
    """Those about some services, the newest month first: what a body sees of its own."""
    rows = session.scalars(
        select(FindingRow)
        .where(FindingRow.service.in_(services))
        .order_by(FindingRow.period.desc(), FindingRow.id)
        .limit(100)
    )
    return tuple(_finding(session, row) for row in rows)


def _finding(session: Session, row: FindingRow) -> Finding:
    taken = select(SetAsideRow.level, func.sum(SetAsideRow.count)).where(SetAsideRow.finding_id == row.id)
    levels = {level: int(count) for level, count in session.execute(taken.group_by(SetAsideRow.level))}
    return Finding(
        row.id, Rule(row.rule), row.service, row.period, row.facts, row.state, row.reason, row.appeal, levels
    )


def _of(table: Any, period: str) -> Any:
    return select(table).where(table.period == period)
