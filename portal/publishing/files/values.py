"""What the data files of an edition are written from: plain values, from the database or from the log alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from portal.publishing.values import FigureKey, Statement, Text


@dataclass(frozen=True)
class Line:
    """One version of a figure as the log says it, the edition that said it, and its note if it has one."""

    edition: int
    figure: Statement
    note: Text | None

    @property
    def key(self) -> FigureKey:
        return FigureKey(self.figure["body"], self.figure["indicator"], self.figure["period"])


Lines = Iterable[Line]
"""All versions of all figures up to an edition, by key and then oldest first."""


@dataclass
class Context:
    """What else the log says as of an edition: the register, releases by edition, notices by figure."""

    bodies: dict[str, Statement] = field(default_factory=dict)
    services: dict[str, Statement] = field(default_factory=dict)
    indicators: dict[str, Statement] = field(default_factory=dict)
    releases: dict[int, Statement] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)

    def take(self, edition: int, statement: Statement) -> None:
        """Hear one statement; they must come in the order of the log, so that the newest stays."""
        match statement["t"]:
            case "body":
                self.bodies[statement["code"]] = statement
            case "service":
                self.services[statement["code"]] = statement
            case "indicator":
                self.indicators[statement["code"]] = statement
            case "release":
                self.releases[edition] = statement
            case "notice":
                key = FigureKey(statement["body"], statement["indicator"], statement["period"])
                self.notices[str(key)] = statement["state"]


@dataclass(frozen=True)
class FileHead:
    """Which edition of which log a file gives, and since when that edition is public."""

    origin: str
    edition: int
    at: datetime
