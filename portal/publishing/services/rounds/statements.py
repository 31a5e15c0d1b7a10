"""What the log says of a round and of what it asked for."""

from __future__ import annotations

from portal.publishing.collecting import Coverage, Owes, Reason
from portal.publishing.log.entries import moment
from portal.publishing.models import CollectedValue, CollectionRound
from portal.publishing.values import Statement


def coverage_statement(
    row: CollectionRound, value: CollectedValue, state: Coverage, reason: Reason | None, owes: Owes | None
) -> Statement:
    return {
        "t": "coverage",
        "body": value.body,
        "indicator": value.indicator,
        "period": row.period,
        "round": row.slug,
        "state": state.value,
        "reason": reason.value if reason else None,
        "owes": owes.value if owes else None,
    }


def round_statement(row: CollectionRound) -> Statement:
    return {
        "t": "round",
        "slug": row.slug,
        "names": dict(row.names),
        "period": row.period,
        "due": moment(row.due_at),
        "state": str(row.state),
    }
