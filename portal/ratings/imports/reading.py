"""A file of ratings, read by its mapping into what may be added: marks by kind, and comments.

One pass, one look-up a cell: a million rows are read in seconds. Faults name file, row and column; with one
fault nothing is imported.
"""

import typing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.foundation.faults import MOST_KEPT, Fault, ImportRefused
from portal.foundation.grids import Grid, Line, read_grid
from portal.foundation.i18n import N_, Message, message
from portal.ratings.details import CAPACITY, LOW, REASON
from portal.ratings.imports.mapping import Mapping
from portal.ratings.imports.placeholders import is_comment, plain
from portal.ratings.values import Level
from portal.registry.values import Period, PeriodType

MOST_COMMENT = 10_000  # characters
Progress = Callable[[Iterator[Line]], Iterator[Line]]
Of = tuple[str, str, int]
"""Service, month and level."""


@dataclass
class Collected:
    """What a file comes to. `comments` are texts by what they are about, as the file had them; `answers` those to
    further questions, by service, month, question and answer."""

    marks: Counter[Of] = field(default_factory=Counter)
    answers: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    comments: list[tuple[Of, str]] = field(default_factory=list)
    rows: int = 0
    unanswered: int = 0
    placeholders: int = 0
    hidden: int = 0

    @property
    def ratings(self) -> int:
        return self.marks.total()


def read_ratings(
    file: str,
    data: bytes,
    mapping: Mapping,
    *,
    services: frozenset[str],
    current: str,
    progress: Progress = lambda lines: lines,
) -> Collected:
    """What may be added of `services` up to the month `current`. Raises ImportRefused with every fault."""
    grid = read_grid(file, data, encoding=mapping.file.encoding, sheet=mapping.file.sheet)
    reader = _Reader(grid, mapping, services, current)
    reader.read(progress(grid.lines))
    if reader.faults:
        raise ImportRefused(reader.faults, reader.wrong)
    return reader.collected


class _Reader:
    def __init__(self, grid: Grid, mapping: Mapping, services: frozenset[str], current: str) -> None:
        self.collected = Collected()
        self.faults: list[Fault] = []
        self.wrong = 0
        self._file = grid.file
        self._mapping = mapping
        self._known = services
        self._current = current
        self._places: dict[str, int] = {}
        self._services: dict[str, str | None] = {}
        self._months: dict[str, str | None] = {}
        self._placeholders = frozenset(plain(text) for text in mapping.comments.placeholders)

    def read(self, lines: Iterator[Line]) -> None:
        take: Callable[[int, Sequence[str]], None] | None = None
        for number, cells in lines:
            if take is not None:
                if any(cells):
                    self.collected.rows += 1
                    take(number, cells)
            elif number == self._mapping.file.header_row:
                self._head(number, cells)
                take = self._count if self._mapping.counts is not None else self._answers()
        if take is None:
            self._fault(self._mapping.file.header_row, "-", N_("a row with the names of the columns"), "")

    def _head(self, number: int, cells: Sequence[str]) -> None:
        names = [cell.strip() for cell in cells]
        self._places = {name: place for place, name in enumerate(names) if name}
        counted = self._mapping.counts.levels if self._mapping.counts else {}
        more = self._mapping.more_columns
        for name in (*self._mapping.columns.model_dump().values(), *counted, *more):
            if name is not None and names.count(name.strip()) != 1:
                self._fault(number, name, N_("this column, once"), ", ".join(names)[:200])
        if self.faults:
            raise ImportRefused(self.faults, self.wrong)

    def _answers(self) -> Callable[[int, Sequence[str]], None]:
        """What takes a row of one answer, with all that is the same for every row looked up before."""
        columns, scale = self._mapping.columns, self._mapping.scale
        assert columns.level is not None  # noqa: S101  (a complete mapping has it, or counts)
        if scale is None:
            expected = N_("a mapping that says which end of the scale is best: [scale] best = …, worst = …")
            raise ImportRefused([Fault(self._file, self._mapping.file.header_row, columns.level, expected, "")])
        levels, unanswered = scale.by_cell(), {text.strip() for text in scale.unanswered}
        level_name, level_at = columns.level, self._places[columns.level.strip()]
        person_at, comment_at = self._place(columns.respondent), self._place(columns.comment)
        answers = message(N_("one of {choices}"), choices=", ".join([*levels, *sorted(unanswered - {""})]))
        collected = self.collected
        # people by service; a row's number, month and level in one number, because there may be a million
        people: defaultdict[str, dict[str, int]] = defaultdict(dict)
        numbers: dict[str, int] = {}
        service_at, month_at = self._place(columns.service), self._place(columns.month)
        settled: dict[tuple[str, str], tuple[str, str]] = {}
        has_more = bool(self._mapping.more_columns)

        def take(number: int, cells: Sequence[str]) -> None:
            cell = cells[level_at].strip() if level_at < len(cells) else ""
            level = levels.get(cell)
            if level is None:
                if cell not in unanswered:
                    self._fault(number, level_name, answers, cell)
                else:
                    collected.unanswered += 1
                return
            of: tuple[str, str] | None = None
            try:  # a million rows speak of few services and months
                of = (
                    "" if service_at is None else cells[service_at],
                    "" if month_at is None else cells[month_at],
                )
                service, month = settled[of]
            except LookupError:
                found, when = self._service(number, cells), self._month(number, cells)
                if found is None or when is None:
                    return
                service, month = found, when
                if of is not None:
                    settled[of] = service, month
            if person_at is None:
                collected.marks[service, month, level] += 1
                if has_more:
                    self._more(cells, levels, service, month, level)
            else:
                person = cells[person_at].strip() if person_at < len(cells) else ""
                since = numbers.setdefault(month, len(numbers))
                known = people[service].setdefault(person, (number << 16 | since) << 3 | level)
                first = known >> 19
                if first == number:
                    if not person:
                        self._fault(number, columns.respondent or "", N_("who answered"), "")
                    collected.marks[service, month, level] += 1
                    if has_more:
                        self._more(cells, levels, service, month, level)
                else:  # a person counts once, in the month of their first row
                    month = list(numbers)[known >> 3 & 0xFFFF]
                    if known & 7 != level:
                        same = message(N_("the same answer as in row {row}"), row=str(first))
                        self._fault(number, level_name, same, cell)
            if comment_at is not None and comment_at < len(cells) and cells[comment_at]:
                self._comment(number, cells[comment_at], (service, month, int(level)))

        return take

    def _more(
        self, cells: Sequence[str], levels: typing.Mapping[str, Level], service: str, month: str, level: Level
    ) -> None:
        """Answers to further questions; reasons go with low marks alone, and what is not mapped is no answer."""
        mapping, answers = self._mapping, self.collected.answers
        for column, question in mapping.dimensions.items():
            given = levels.get(self._cell(cells, self._places[column.strip()]))
            if given is not None:
                answers[service, month, question, str(int(given))] += 1
        for question, one in ((CAPACITY, mapping.capacity), (REASON, mapping.reasons)):
            if one is None or (question == REASON and level not in LOW):
                continue
            cell = self._cell(cells, self._places[one.column.strip()])
            parts = cell.split(one.separator) if one.separator else [cell]
            for answer in {one.words[part.strip()] for part in parts if part.strip() in one.words}:
                answers[service, month, question, answer] += 1

    def _count(self, number: int, cells: Sequence[str]) -> None:
        counts = self._mapping.counts
        assert counts is not None  # noqa: S101  (asked for only then)
        service, month = self._service(number, cells), self._month(number, cells)
        found = {name: self._cell(cells, self._places[name.strip()]) for name in counts.levels}
        hidden = {text.strip() for text in counts.hidden}
        if any(cell in hidden for cell in found.values()):
            self.collected.hidden += 1
            return
        for name, cell in found.items():
            if not (cell.isascii() and cell.isdecimal() and len(cell) <= 9):
                self._fault(number, name, N_("a whole number, or a cell that the mapping calls hidden"), cell)
            elif service is not None and month is not None and int(cell):
                self.collected.marks[service, month, counts.levels[name]] += int(cell)

    def _comment(self, number: int, text: str, of: Of) -> None:
        if not is_comment(text, self._placeholders):
            self.collected.placeholders += 1
        elif len(text) > MOST_COMMENT:
            self._fault(number, self._mapping.columns.comment or "", N_("at most 10,000 characters"), text[:40])
        else:
            self.collected.comments.append((of, text))

    def _service(self, number: int, cells: Sequence[str]) -> str | None:
        column = self._mapping.columns.service
        given = self._cell(cells, self._places[column.strip()]) if column else self._mapping.constants["service"]
        if given not in self._services:
            mapped = {key.strip(): code for key, code in self._mapping.services.items()}.get(given, given)
            self._services[given] = mapped if mapped in self._known else None
        code = self._services[given]
        if code is None:
            self._fault(
                number, column or "service", N_("the code of a published service, or one in [services]"), given
            )
        return code

    def _month(self, number: int, cells: Sequence[str]) -> str | None:
        column = self._mapping.columns.month
        given = self._cell(cells, self._places[column.strip()]) if column else self._mapping.constants["month"]
        if given not in self._months:
            self._months[given] = _month_in(given, self._mapping.dates)
        month = self._months[given]
        if month is None:
            forms = ", ".join(self._mapping.dates) or "2026-02"
            self._fault(number, column or "month", message(N_("a month or day as {forms}"), forms=forms), given)
        elif month > self._current:
            self._fault(number, column or "month", N_("a month that has begun"), given)
            return None
        return month

    def _place(self, name: str | None) -> int | None:
        return None if name is None else self._places[name.strip()]

    @staticmethod
    def _cell(cells: Sequence[str], place: int) -> str:
        return cells[place].strip() if place < len(cells) else ""

    def _fault(self, row: int, column: str, expected: Message | str, found: str) -> None:
        self.wrong += 1
        if len(self.faults) < MOST_KEPT:
            self.faults.append(Fault(self._file, row, column, expected, found))


def _month_in(text: str, forms: Sequence[str]) -> str | None:
    """The month a text is in, by the first of the forms that fits it."""
    for form in forms:
        try:
            day = datetime.strptime(text, form)  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
        return f"{day.year:04}-{day.month:02}"
    try:
        return None if forms else str(Period.parse(text, PeriodType.MONTH))
    except ValueError:
        return None
