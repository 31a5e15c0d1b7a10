"""What the rest of the house may know of publishing: keys, editions, kinds of act, shapes of statements.

A *statement* is one published fact as a plain JSON object. Its field ``t`` says what it is:

    body        code, names, parent|null, level, invented; optional: codes (by scheme), valid_from (date),
                ended (on, how, into: codes of those that follow), former (names, until)
    service     code, body, names
    indicator   code, names, definition, unit (text, or by language), direction, kind, body|null, service|null;
                optional: part_of (indicator), weight (decimal string), criteria (by language) and, when a
                published entry is changed, cause and reason ({"digest": …})
    figure      body, indicator, period, target, actual, numerator, denominator (decimal strings|null),
                obs_status|null, note ({"digest": …}|null), cause, replaces (edition|null); optional: handin
                {edition, salt, said}: the act by which the body handed the value in, and what opens its
                commitment there (salt and said are null while the value is suppressed)
    notice      body, indicator, period, state; optional: reason ({"digest": …}) of a withdrawn figure
    release     slug, names, source, licence, period
    rating      service, body, period, suppressed, n (null when suppressed), levels (share, low and high of each);
                optional: threshold, by (channel, code: each part with n and levels, or null when hidden),
                questions (the same of each further question), served (transactions|null, receipts|null),
                set_aside (by rule how many more are not counted)
    rating-body body, period, covers (all: every service; shown: those whose own numbers are shown), suppressed,
                n, levels; optional: threshold, set_aside (findings, ratings: those said of its services)
    rating-answers
                service, body, period (since when the body has owed them), as_of (a day), threshold, asked, came
                (in-time, late, waiting, overdue), ended (explained, claimed, confirmed, elapsed, disputed)
    rating-body-answers
                body, period, covers (all: every service; shown: those of which something is said), as_of,
                threshold, asked, came, ended: the same of a body's services together
    rating-reply
                service, body, period, text ({"digest": …}): the body about a month of its ratings
    comment     service, body, period, level (always null: nothing else of a rating is public), text
                ({"digest": …}): the words of one rater, once a moderator approved them
    evaluation  cycle, body, score, parts
    withdrawal  digest, ground
    key         role (log, files), state (standby, added, retired, lost), key (a C2SP verifier key): see `log.keys`
    calendar    slug, names, period|null, holds (by language), contact, state, when (2027-03, 2027-03-15 or
                2027-03-15T01:30:00Z), sequence, follows (slug|null), reason ({"digest": …}|null); optional:
                missed (true: its confirmed time passed without it)
    access      slug, hours, list (of {office, reason}, each {"digest": …}), views (null before the release)
    reply       body, indicator, period, edition (of the version it is about), text ({"digest": …}|null once
                taken back), signed (body: by a second person of the body; office: for its form only)
    round       slug, names, period, due (a moment), state (open, closed, cancelled): figures asked for
    coverage    body, indicator, period, round, state, reason|null, owes|null: how a figure that is due stands
    filings     day, depth, root: the root over what reports filed before that day came to (see
                `foundation.fixed_tree`); one a day, whether there were any or none
    cases       period, first (quarters: of the reports received from `first` to `period`), as_of (day),
                threshold, suppressed, n (null when suppressed), stages and outcomes (null where hidden), duties
                (of each: in_time, missed, median_days|null)
    sample      period (quarter), commitment (SHA-256 of the seed, in hex), percent, seed (hex|null before it is
                drawn), drawn (null while or where it is not told), read (how many by result, once it is told)
    layout      version: in which layout the data files are written from this edition on (`files.layouts`)
    handin      body, indicator, period, round, number, commitment, late: a body handed a value in, for the
                number-th time; the commitment is a salted digest that tells nothing of the value
    request     reference, body|null, state, text ({"digest"}), received, due, answered|null, days|null,
                answer|null, reason|null, words ({"digest"}|null), figure|null, release|null, expected|null:
                somebody asked for a figure that is not here, and the answer

Measured numbers are decimal strings with the digits given. Texts by people enter only as {"digest": …}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

Statement = Mapping[str, Any]

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


class ActKind(StrEnum):
    """Why something was published."""

    REGISTER = "register"
    RELEASE = "release"
    CORRECTION = "correction"
    NOTICE = "notice"
    RATINGS = "ratings"
    EVALUATION = "evaluation"
    COLLECTION = "collection"
    HANDIN = "handin"
    REQUEST = "request"
    WITHDRAWAL = "withdrawal"
    KEYS = "keys"
    CALENDAR = "calendar"
    REPLY = "reply"
    LAYOUT = "layout"
    FILINGS = "filings"
    CASES = "cases"


class ActState(StrEnum):
    """staged: written, not yet released · pending: waits for the appender · appended: public."""

    STAGED = "staged"
    PENDING = "pending"
    APPENDED = "appended"


class ReleaseState(StrEnum):
    """draft: being prepared · proposed: waits for a second person · scheduled: approved, waits for its time ·
    published: handed to the appender."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


class Cause(StrEnum):
    """Why a version of a figure exists."""

    SCHEDULED = "scheduled"
    SOURCE_CORRECTION = "source-correction"
    UPHELD_REPORT = "upheld-report"
    SELF_DISCLOSED = "self-disclosed"
    METHOD_CHANGE = "method-change"


class ObsStatus(StrEnum):
    """What kind of value an actual is: codes of the SDMX code list CL_OBS_STATUS, version 2.2."""

    NORMAL = "A"
    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    FORECAST = "F"
    IMPUTED = "I"
    NOT_COLLECTED = "L"
    CANNOT_EXIST = "M"
    NOT_SIGNIFICANT = "N"
    MISSING_VALUE = "O"
    PROVISIONAL = "P"
    SUPPRESSED = "Q"
    LOW_RELIABILITY = "U"
    UNVALIDATED = "V"

    @property
    def means_missing(self) -> bool:
        """Whether the code says that there is no value."""
        return self.value in "LMOQ"


class Ground(StrEnum):
    """On which legal ground the words of a person are taken from the public: the only ones there are."""

    PERSONAL_DATA = "personal-data"
    COURT_ORDER = "court-order"
    RIGHTS_OF_OTHERS = "rights-of-others"
    STATE_SECRET = "state-secret"  # noqa: S105 - a ground, no secret
    CRIMINAL_CONTENT = "criminal-content"


class NoticeState(StrEnum):
    """A mark beside a figure: its value is being looked at, is no longer vouched for, or neither any more."""

    UNDER_REVIEW = "under-review"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"


class FigureKey(NamedTuple):
    """Which figure: a body's value of an indicator in a period, whatever its version.

    A tuple, because an import holds a million of them and looks each one up.
    """

    body: str
    indicator: str
    period: str

    def __str__(self) -> str:
        return f"{self.body}/{self.indicator}/{self.period}"

    @classmethod
    def parse(cls, text: str) -> "FigureKey":
        """Read ``body/indicator/period``. Raises ValueError when it is not three parts."""
        body, indicator, period = text.split("/")
        return cls(body, indicator, period)


@dataclass(frozen=True)
class Edition:
    """The public state after n acts; edition 0, before the first act, has no moment.

    `newest` is set when a reader asked for edition n by its number.
    """

    n: int
    at: datetime | None
    newest: "Edition | None" = None


@dataclass(frozen=True)
class AppendedAct:
    """The act that made edition n: its kind and when it became public."""

    n: int
    kind: str
    at: datetime


@dataclass(frozen=True)
class DraftedFigure:
    """A figure as a draft states it; `replaces` names the edition of the version it completes."""

    key: FigureKey
    target: str | None
    actual: str | None
    obs_status: str | None
    replaces: int | None


@dataclass(frozen=True)
class DraftedRelease:
    """A release as the desk sees it. `counts` says what its import found: rows, added, completed, …"""

    slug: str
    act_id: str
    names: Mapping[str, str]
    source: str
    licence: str
    period: str
    bodies: tuple[str, ...]
    counts: Mapping[str, int]
    state: ReleaseState
    drafted_by: str
    drafted_at: datetime
    proposal_id: str | None


@dataclass(frozen=True)
class Text:
    """A text by a person, cited by its digest: either readable, or withdrawn by the act of an edition."""

    digest: str
    text: str | None
    withdrawn_in: int | None


def is_decimal(text: object) -> bool:
    """Whether `text` is a plain decimal string: digits as given, no exponent, sign only when negative."""
    return isinstance(text, str) and _DECIMAL.fullmatch(text) is not None


def cite(digest: str) -> dict[str, str]:
    """How a statement carries a text by a person: its salted digest (see `services.salt_text`)."""
    return {"digest": digest}
