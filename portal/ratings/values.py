"""Levels, marks, summaries and comments as other rooms and templates may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from portal.foundation.clock import months_after
from portal.foundation.i18n import N_


class Level(IntEnum):
    """How satisfied (GB/T 39735-2020, five levels). The number is the order and nothing is averaged over it."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    FAIRLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


LEVEL_WORDS = {
    Level.VERY_SATISFIED: N_("Very satisfied"),
    Level.SATISFIED: N_("Satisfied"),
    Level.FAIRLY_SATISFIED: N_("Fairly satisfied"),
    Level.DISSATISFIED: N_("Dissatisfied"),
    Level.VERY_DISSATISFIED: N_("Very dissatisfied"),
}

LEVEL_TERMS = {
    Level.VERY_SATISFIED: "非常满意",
    Level.SATISFIED: "满意",
    Level.FAIRLY_SATISFIED: "基本满意",
    Level.DISSATISFIED: "不满意",
    Level.VERY_DISSATISFIED: "非常不满意",
}
"""The legal words of the five levels (国办发〔2019〕51号), shown beside the words of any language."""


class Channel(StrEnum):
    """How a rating reached the portal. Those of `BY_THE_BODY` come through the body's own hands."""

    WEB = "web"
    QR = "qr"
    PAPER = "paper"
    IMPORT = "import"
    API = "api"


CHANNEL_WORDS = {
    Channel.WEB: N_("Web page"),
    Channel.QR: N_("QR code"),
    Channel.PAPER: N_("Paper, entered by staff"),
    Channel.IMPORT: N_("Imported from another collection"),
    Channel.API: N_("Sent by the office's own system"),
}
BY_THE_BODY = frozenset({Channel.PAPER, Channel.IMPORT, Channel.API})
"""Channels whose ratings are never verified, whatever came with them."""

COMMENT_LIMIT = 2000  # characters
RECEIPT_MONTHS = 3  # a receipt can be used in the month of issue and this many after it


def month_of(moment: datetime) -> str:
    """The month a mark counts in, as 2026-02, by the clock of the moment: the office's, where there is one.

    Nothing finer is ever kept of a mark.
    """
    return f"{moment.year:04}-{moment.month:02}"


def closed_months(first: str | None, now: datetime) -> Iterator[str]:
    """The months from `first` on that are over; none when there is no first."""
    month, current = first, month_of(now)
    while month is not None and month < current:
        yield month
        month = months_after(month, 1)


@dataclass(frozen=True)
class Counts:
    """How many marks of each level a service had in a month; `by_level[0]` belongs to level 1."""

    by_level: tuple[int, int, int, int, int]

    @property
    def n(self) -> int:
        return sum(self.by_level)

    def of(self, level: Level) -> int:
        return self.by_level[level - 1]


def counts_of(levels: Iterable[int]) -> Counts:
    """From how many marks each of the five levels has, level 1 first."""
    return Counts(tuple(levels))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Share:
    """A level's share with its 95 % Wilson interval, each a decimal string between 0 and 1."""

    share: str
    low: str
    high: str


@dataclass(frozen=True)
class Summary:
    """What is published of a service's month: n and the shares, or only that there were too few marks."""

    suppressed: bool
    n: int | None
    levels: dict[Level, Share]


class CommentState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    HIDDEN = "hidden"


class HideReason(StrEnum):
    """Why a comment is not shown. Its mark stays counted whatever the reason."""

    PERSONAL_DATA = "personal-data"
    ABUSE = "abuse"
    ACCUSATION = "accusation"
    OTHER_MATTER = "other-matter"
    ADVERTISING = "advertising"
    NO_MEANING = "no-meaning"


HIDE_REASON_WORDS = {
    HideReason.PERSONAL_DATA: N_("It contains personal data"),
    HideReason.ABUSE: N_("It insults or threatens somebody"),
    HideReason.ACCUSATION: N_("It accuses a person: that belongs in a fraud report or a complaint"),
    HideReason.OTHER_MATTER: N_("It is not about this service"),
    HideReason.ADVERTISING: N_("It advertises something"),
    HideReason.NO_MEANING: N_("It has no meaning that can be read"),
}


@dataclass(frozen=True)
class Comment:
    """A comment as its moderator reads it. It has a month and no date, and no link to a mark or a receipt."""

    id: str
    service: str
    period: str
    level: Level
    text: str
    state: CommentState
    reason: HideReason | None
    published: bool
    channel: Channel = Channel.WEB
    flags: tuple[str, ...] = ()
    masked: str | None = None


@dataclass(frozen=True)
class ReceiptUse:
    """How many receipts of a service were issued and used in a month, for reconciliation."""

    service: str
    period: str
    issued: int
    used: int
    expired: int = 0


class KeyUse(StrEnum):
    """What a key of a body's own system is good for."""

    RECEIPTS = "receipts"
    RATINGS = "ratings"
    BOTH = "both"

    def covers(self, use: "KeyUse") -> bool:
        return self in (use, KeyUse.BOTH)


KEY_USE_WORDS = {
    KeyUse.RECEIPTS: N_("To order rating codes"),
    KeyUse.RATINGS: N_("To send ratings that its own device collected"),
    KeyUse.BOTH: N_("Both"),
}
KEY_PER_DAY, KEY_MOST_PER_DAY = 5_000, 100_000
"""How many codes and ratings together a key is good for on a day, unless it is said otherwise; and at most."""


@dataclass(frozen=True)
class Office:
    """A body's own system, as its key shows it."""

    key_id: str
    body: str
    good_for: KeyUse = KeyUse.BOTH


@dataclass(frozen=True)
class OfficeKey:
    """What may be shown of a key: never the key itself, and of its use the last day alone."""

    id: str
    body: str
    name: str
    good_for: KeyUse
    per_day: int
    made_on: str
    used_on: str | None
    revoked_on: str | None


@dataclass(frozen=True)
class Issued:
    """Receipts just made: their codes, to be shown once, and the last month in which they can be used."""

    service: str
    codes: tuple[str, ...]
    expires: str
