"""What is counted of a month, read from the totals: however many marks there were, a service has few rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.ratings.details import QUESTIONS
from portal.ratings.models import DetailTotalRow, TotalRow
from portal.ratings.rules.disclosure import NONE, added
from portal.ratings.rules.rolling import CHANNEL, CODE, WITH, WITHOUT, Counted
from portal.ratings.values import Channel, Counts, counts_of

NOTHING = Counted(
    NONE,
    {CHANNEL: dict.fromkeys((one.value for one in Channel), NONE), CODE: {WITH: NONE, WITHOUT: NONE}},
    dict.fromkeys(QUESTIONS, NONE),
)


def counted_in(session: Session, period: str) -> dict[str, Counted]:
    """By service; one that nobody rated in the month is missing."""
    cells: dict[str, dict[tuple[str, bool], list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 5))
    marks = select(TotalRow.service, TotalRow.channel, TotalRow.verified, TotalRow.level, TotalRow.count)
    for service, channel, verified, level, count in session.execute(marks.where(TotalRow.period == period)):
        cells[service][channel, verified][level - 1] += count
    answers = _answers(session, period)
    return {
        service: _counted(
            {cell: counts_of(levels) for cell, levels in split.items()},
            {question: counts_of(levels) for question, levels in answers.get(service, {}).items()},
        )
        for service, split in cells.items()
    }


def _answers(session: Session, period: str) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 5))
    rows = session.execute(
        select(
            DetailTotalRow.service, DetailTotalRow.question, DetailTotalRow.answer, func.sum(DetailTotalRow.count)
        )
        .where(DetailTotalRow.period == period, DetailTotalRow.question.in_(QUESTIONS))
        .group_by(DetailTotalRow.service, DetailTotalRow.question, DetailTotalRow.answer)
    )
    for service, question, answer, count in rows:
        found[service][question][int(answer) - 1] += int(count)
    return found


def _counted(cells: Mapping[tuple[str, bool], Counts], questions: Mapping[str, Counts]) -> Counted:
    def over(chosen: Iterable[tuple[str, bool]]) -> Counts:
        return added(cells[cell] for cell in chosen if cell in cells)

    channels = {one.value: over([(one.value, True), (one.value, False)]) for one in Channel}
    codes = {
        name: over((one.value, verified) for one in Channel) for name, verified in ((WITH, True), (WITHOUT, False))
    }
    return Counted(
        added(cells.values()),
        {CHANNEL: channels, CODE: codes},
        {question: questions.get(question, NONE) for question in QUESTIONS},
    )
