"""What the log says of reports and what became of them, quarter by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.publishing.queries.visible import Said, newest, newest_of


@dataclass(frozen=True, slots=True)
class Promise:
    """How often one duty to reporters was done in time and how often not; days in the middle, or None."""

    in_time: int
    missed: int
    median_days: str | None


@dataclass(frozen=True, slots=True)
class CaseCount:
    """The reports received from quarter `first` to quarter `period`, as they stood at the end of day `as_of`.

    `n` is None where they were too few; in `stages` and `outcomes` None stands for a hidden number.
    """

    period: str
    first: str
    as_of: date
    threshold: int
    n: int | None
    stages: Mapping[str, int | None]
    outcomes: Mapping[str, int | None]
    duties: Mapping[str, Promise]
    edition: int


def case_counts(session: Session, *, edition: int) -> tuple[CaseCount, ...]:
    """Every quarter that was published, the newest first."""
    found = []
    for one in reversed(newest(session, "cases", edition)):
        s = one.content
        found.append(
            CaseCount(
                period=s["period"],
                first=s["first"],
                as_of=date.fromisoformat(s["as_of"]),
                threshold=int(s["threshold"]),
                n=_number(s["n"]),
                stages={name: _number(n) for name, n in s["stages"].items()},
                outcomes={name: _number(n) for name, n in s["outcomes"].items()},
                duties={
                    name: Promise(int(duty["in_time"]), int(duty["missed"]), duty["median_days"])
                    for name, duty in s["duties"].items()
                },
                edition=one.edition,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sample:
    """A quarter's lot of dismissed reports to be read again.

    `seed` is None until it is drawn, `drawn` where too few were dismissed to tell; `read` counts by result.
    """

    period: str
    commitment: str
    percent: int
    seed: str | None
    drawn: int | None
    read: Mapping[str, int]
    edition: int


def samples(session: Session, *, edition: int) -> tuple[Sample, ...]:
    """Every quarter that was committed to, the newest first."""
    return tuple(_sample(one) for one in reversed(newest(session, "sample", edition)))


def find_sample(session: Session, period: str, *, edition: int) -> Sample | None:
    found = newest_of(session, "sample", period, edition)
    return None if found is None else _sample(found)


def _sample(said: Said) -> Sample:
    s = said.content
    read = {result: int(n) for result, n in s["read"].items()}
    return Sample(
        s["period"], s["commitment"], int(s["percent"]), s["seed"], _number(s["drawn"]), read, said.edition
    )


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
