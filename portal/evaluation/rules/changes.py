"""What differs between two results of one body, so that the page can say why the score moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.evaluation.evidence import FigureEvidence
from portal.evaluation.values import AppealState, Group, Part, PartKind, ReasonCode, Score, Standing
from portal.publishing.values import Cause

Path = tuple[str, ...]


class ChangeKind(StrEnum):
    FIGURE_CORRECTED = "figure-corrected"
    FIGURE_REVISED = "figure-revised"
    FIGURE_VOIDED = "figure-voided"
    FIGURE_COUNTS_AGAIN = "figure-counts-again"
    DEDUCTED = "deducted"
    DEDUCTION_LIFTED = "deduction-lifted"
    DEDUCTION_SUSPENDED = "deduction-suspended"
    APPEAL_DISMISSED = "appeal-dismissed"
    ASSESSOR = "assessor"
    CREDITED = "credited"
    CREDIT_WITHDRAWN = "credit-withdrawn"
    RATINGS = "ratings"
    ANSWERS = "answers"
    MARKS = "marks"
    WEIGHT = "weight"
    NEWLY_SCORED = "newly-scored"
    NO_LONGER_SCORED = "no-longer-scored"


@dataclass(frozen=True)
class Change:
    """One thing that moved. `edition` is the published act to look at, where there is one.

    `before` and `after` are points of the part (or the points deducted); `actual_before` and
    `actual_after` are the figure's own values.
    """

    kind: ChangeKind
    path: Path
    before: Decimal | None
    after: Decimal | None
    edition: int | None = None
    cause: str | None = None
    actual_before: Decimal | None = None
    actual_after: Decimal | None = None

    @property
    def code(self) -> str:
        return self.path[-1]


def changes(before: Score, after: Score) -> tuple[Change, ...]:
    """Everything that moved between two results, what a case led to first."""
    old, new = dict(_leaves(before.whole, ())), dict(_leaves(after.whole, ()))
    found = [
        change
        for path in sorted(old.keys() | new.keys())
        for change in _of_part(path, old.get(path), new.get(path))
    ]
    return tuple(sorted([*_of_integrity(before, after), *_of_candour(before, after), *found], key=_order))


def reason_for(moved: tuple[Change, ...]) -> ReasonCode:
    """Why a result is published again: the weightiest of the things that moved."""
    kinds = {change.kind for change in moved}
    for kind, reason in (
        (ChangeKind.DEDUCTED, ReasonCode.INTEGRITY_DEDUCTION),
        (ChangeKind.DEDUCTION_SUSPENDED, ReasonCode.APPEAL),
        (ChangeKind.APPEAL_DISMISSED, ReasonCode.APPEAL),
        (ChangeKind.DEDUCTION_LIFTED, ReasonCode.APPEAL),
        (ChangeKind.ASSESSOR, ReasonCode.APPEAL),
        (ChangeKind.FIGURE_CORRECTED, ReasonCode.FIGURE_CORRECTED),
        (ChangeKind.FIGURE_VOIDED, ReasonCode.FIGURE_VOIDED),
        (ChangeKind.MARKS, ReasonCode.MARKS_CHANGED),
        (ChangeKind.WEIGHT, ReasonCode.METHOD_CORRECTED),
    ):
        if kind in kinds:
            return reason
    return ReasonCode.NEW_EVIDENCE


def _leaves(part: Part, above: Path) -> Iterator[tuple[Path, Part]]:
    path = (*above, part.code)
    yield path, part
    for child in part.parts:
        yield from _leaves(child, path)


def _of_integrity(before: Score, after: Score) -> Iterator[Change]:
    old = {one.figure: one for one in before.deductions}
    new = {one.figure: one for one in after.deductions}
    for figure in sorted(old.keys() | new.keys()):
        was, now = old.get(figure), new.get(figure)
        if now is not None and (was is None or was.points != now.points):
            points = None if was is None else was.points
            yield Change(
                ChangeKind.DEDUCTED, ("integrity", figure), points, now.points, now.edition, Cause.UPHELD_REPORT
            )
        elif was is not None and now is None:
            yield Change(ChangeKind.DEDUCTION_LIFTED, ("integrity", figure), was.points, None, was.edition)
        if now is not None and (was.appeal if was else None) is not now.appeal:
            kind = _OF_APPEAL[now.appeal]
            yield Change(kind, ("integrity", figure), now.points, None, now.edition)
        if was is not None and now is not None and was.assessor is not now.assessor:
            yield Change(ChangeKind.ASSESSOR, ("integrity", figure), None, None, now.edition)


def _of_candour(before: Score, after: Score) -> Iterator[Change]:
    old, new = ({one.figure: one for one in score.credits} for score in (before, after))
    for figure in sorted(old.keys() | new.keys()):
        was, now = old.get(figure), new.get(figure)
        had, has = was is not None and was.counts, now is not None and now.counts
        if has and not had and now is not None:
            yield Change(ChangeKind.CREDITED, ("integrity", figure), None, now.points, now.edition)
        elif had and not has and was is not None:
            edition = now.withdrawn if now is not None else was.edition
            yield Change(ChangeKind.CREDIT_WITHDRAWN, ("integrity", figure), was.points, None, edition)


_OF_APPEAL = {
    AppealState.OPEN: ChangeKind.DEDUCTION_SUSPENDED,
    AppealState.GRANTED: ChangeKind.DEDUCTION_LIFTED,
    AppealState.DISMISSED: ChangeKind.APPEAL_DISMISSED,
    None: ChangeKind.APPEAL_DISMISSED,
}


def _of_part(path: Path, was: Part | None, now: Part | None) -> Iterator[Change]:
    if was is not None and now is not None and was.weight != now.weight and now.kind is not PartKind.SERVICE:
        yield Change(ChangeKind.WEIGHT, path, was.weight, now.weight)
    part = now or was
    if part is None or part.parts or (was and was.parts):
        return
    if part.kind is PartKind.INDICATOR:
        yield from _of_indicator(path, was, now)
        return
    if was is not None and now is not None and (was.value, was.evidence) == (now.value, now.evidence):
        return
    kind = ChangeKind.MARKS
    if part.kind in (PartKind.SERVICE, PartKind.RATERS):
        kind = ChangeKind.ANSWERS if Group.ANSWERS in path else ChangeKind.RATINGS
    yield Change(kind, path, was.value if was else None, now.value if now else None)


def _of_indicator(path: Path, was: Part | None, now: Part | None) -> Iterator[Change]:
    old, new = _figure(was), _figure(now)
    points = (was.value if was else None, now.value if now else None)
    if old == new and points[0] == points[1]:
        return
    actual = (old.actual if old else None, new.actual if new else None)
    if new is not None and new.notice is not None and (old is None or old.notice is None):
        yield Change(ChangeKind.FIGURE_VOIDED, path, *points, new.notice, new.cause, *actual)
    elif new is not None and (old is None or old.edition != new.edition):
        corrected = new.cause != Cause.SCHEDULED
        kind = ChangeKind.FIGURE_CORRECTED if corrected else ChangeKind.FIGURE_REVISED
        yield Change(kind, path, *points, new.edition, new.cause, *actual)
    elif was is not None and was.standing is Standing.VOIDED:
        yield Change(ChangeKind.FIGURE_COUNTS_AGAIN, path, *points, new.edition if new else None)
    elif points[1] is None:
        yield Change(ChangeKind.NO_LONGER_SCORED, path, *points)
    else:
        yield Change(ChangeKind.NEWLY_SCORED, path, *points, new.edition if new else None)


def _figure(part: Part | None) -> FigureEvidence | None:
    found = part.evidence[0] if part is not None and part.evidence else None
    return found if isinstance(found, FigureEvidence) else None


_RANK = {kind: place for place, kind in enumerate(ChangeKind)}


def _order(change: Change) -> tuple[bool, int, Path]:
    return change.cause != Cause.UPHELD_REPORT, _RANK[change.kind], change.path
