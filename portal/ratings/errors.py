"""What can go wrong with ratings.

PortalError
├── NotFound   NoSuchService, NoSuchComment
├── Invalid    ReceiptNotUsable     spent, expired, unknown or mistyped: one answer for all
│              NotAMonth
├── Conflict   AlreadyDecided       another moderator was quicker
│              MonthStillOpen       a roll-up was asked for before the month was over
└── TooMany    RatedTooOften
"""

from portal.foundation.errors import Conflict, Invalid, NotFound, TooMany


class NoSuchService(NotFound):
    """No service of that code is published."""


class NoSuchComment(NotFound):
    """There is no comment with that id."""


class ReceiptNotUsable(Invalid):
    """The receipt code cannot be used; why is not said, so that nobody learns whether it was used."""


class NotAMonth(Invalid):
    """A month is written 2026-02."""


class AlreadyDecided(Conflict):
    """The comment has already been approved or hidden."""


class MonthStillOpen(Conflict):
    """The month is not over yet."""


class RatedTooOften(TooMany):
    """Many ratings came from one address within a short time."""
