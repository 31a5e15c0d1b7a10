"""What the data files of an edition are written from: plain values, from the database or from the log alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.foundation.i18n import pick
from portal.publishing.log.entries import moment
from portal.publishing.values import FigureKey, Statement, Text


@dataclass(frozen=True)
class Line:
    """One version of a figure as the log says it, the edition that said it, and its note if it has one.

    In what feeds the table of hand-ins a line can be one of these instead: `figure` is then that statement.
    """

    edition: int
    figure: Statement
    note: Text | None

    @property
    def key(self) -> FigureKey:
        return FigureKey(self.figure["body"], self.figure["indicator"], self.figure["period"])


Lines = Iterable[Line]
"""All versions of all figures up to an edition, by key and then oldest first."""


@dataclass(frozen=True)
class Said:
    """A statement and the edition that made it."""

    edition: int
    statement: Statement


@dataclass
class Context:
    """What else the log says as of an edition: the register, releases by edition, notices by figure, ratings, and
    in which layout its files are written.

    `history` holds every statement about an indicator, the oldest first; `moments` when each edition became
    public; `texts` the words behind the digests that these statements cite.
    """

    bodies: dict[str, Statement] = field(default_factory=dict)
    services: dict[str, Statement] = field(default_factory=dict)
    indicators: dict[str, Statement] = field(default_factory=dict)
    releases: dict[int, Statement] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    ratings: dict[tuple[str, str], Said] = field(default_factory=dict)
    rated_bodies: dict[tuple[str, str], Said] = field(default_factory=dict)
    answers: dict[tuple[str, str], Said] = field(default_factory=dict)
    body_answers: dict[tuple[str, str], Said] = field(default_factory=dict)
    registered: dict[tuple[str, str], int] = field(default_factory=dict)
    history: dict[str, list[Said]] = field(default_factory=dict)
    moments: dict[int, datetime] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)
    layout: int = 1

    def take(self, edition: int, statement: Statement) -> None:
        """Hear one statement; they must come in the order of the log, so that the newest stays."""
        match statement["t"]:
            case "body":
                self.bodies[statement["code"]] = statement
                self.registered["body", statement["code"]] = edition
            case "service":
                self.services[statement["code"]] = statement
                self.registered["service", statement["code"]] = edition
            case "indicator":
                self.indicators[statement["code"]] = statement
                self.registered["indicator", statement["code"]] = edition
                self.history.setdefault(statement["code"], []).append(Said(edition, statement))
            case "release":
                self.releases[edition] = statement
            case "notice":
                key = FigureKey(statement["body"], statement["indicator"], statement["period"])
                self.notices[str(key)] = statement["state"]
            case "layout":
                self.layout = statement["version"]
            case "rating":
                self.ratings[statement["service"], statement["period"]] = Said(edition, statement)
            case "rating-answers":
                self.answers[statement["service"], statement["period"]] = Said(edition, statement)
            case "rating-body-answers":
                self.body_answers[statement["body"], statement["period"]] = Said(edition, statement)
            case "rating-body":
                self.rated_bodies[statement["body"], statement["period"]] = Said(edition, statement)

    def when(self, edition: int) -> str | None:
        """When an edition became public, as files write it."""
        at = self.moments.get(edition)
        return None if at is None else moment(at)

    def text_of(self, cited: object) -> Text | None:
        """The text behind {"digest": …}, if the statement cites one."""
        return self.texts.get(cited["digest"]) if isinstance(cited, dict) else None


CONTEXT_KINDS = (
    *("body", "service", "indicator", "release", "notice"),
    *("rating", "rating-body", "rating-answers", "rating-body-answers", "layout"),
)
"""The statements that a context hears; all others leave it as it is."""


@dataclass(frozen=True)
class FileHead:
    """Which edition of which log a file gives, and since when that edition is public."""

    origin: str
    edition: int
    at: datetime


OWN_LICENCE = "CC BY 4.0"
"""The licence of what the office states itself: the register and the summaries of ratings."""


def words_of(text: Text | None) -> str | None:
    """What a file shows of a text by a person."""
    if text is None:
        return None
    if text.withdrawn_in is not None:
        return f"withdrawn by act {text.withdrawn_in}"
    return text.text


def plain(text: str | Mapping[str, str] | None) -> str | None:
    """A text that may come in several languages, in English or in whichever language it is stated."""
    return pick(text, "en") if isinstance(text, Mapping) else text
