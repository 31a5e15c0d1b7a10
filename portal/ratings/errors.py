"""What can go wrong with ratings.

PortalError
├── NotFound   NoSuchService, NoSuchComment, NoSuchKey, NoSuchBatch,
│              NoSuchFinding, NoSuchSample, NoSuchAnswer,
│              MonthNotShown        words about a month whose numbers are not shown
├── Forbidden  NotYourService       of another body than one's own
│              NotThisUse           a key of an office that is good for something else
│              Recused              connected to the body, or has settled the same before
├── Invalid    ReceiptNotUsable     spent, expired, unknown or mistyped: one answer for all
│              NotAMonth
│              MappingRefused       what a mapping of a file of ratings lacks
│              OtherRequest         an idempotency key was used again for something else
├── Conflict   AlreadyDecided       another moderator was quicker
│              KeyMadeBefore        a key is shown once, and the same page was sent again
│              ImportedBefore       the very same file of ratings was imported already
│              MonthStillOpen       a roll-up was asked for before the month was over
└── TooMany    RatedTooOften
               UsedUp               the key of an office was used as often as it may on a day
"""

from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class NoSuchService(NotFound):
    """No service of that code is published."""


class NoSuchComment(NotFound):
    """There is no comment with that id."""


class NoSuchFinding(NotFound):
    """There is no finding with that id, or it is not about the asker's body."""


class NoSuchSample(NotFound):
    """There is no call-back sample with that id."""


class NoSuchAnswer(NotFound):
    """No answer is owed under that id or code, or it is not the asker's to see."""


class ReceiptNotUsable(Invalid):
    """The receipt code cannot be used; why is not said, so that nobody learns whether it was used."""


class NotAMonth(Invalid):
    """A month is written 2026-02."""


class MonthNotShown(NotFound):
    """Nothing of the month's ratings is shown, so that nothing can be said beside it."""


class AlreadyDecided(Conflict):
    """The comment has already been approved or hidden."""


class MonthStillOpen(Conflict):
    """The month is not over yet."""


class RatedTooOften(TooMany):
    """Many ratings came from one address within a short time."""


class NoSuchKey(NotFound):
    """No key of an office has that id."""


class NotYourService(Forbidden):
    """The service belongs to another body."""


class Recused(Forbidden):
    """Somebody else must settle it: nobody does for a body they are connected to, or twice."""


class OtherRequest(Invalid):
    """The idempotency key belongs to another request."""


class MappingRefused(Invalid):
    """A mapping of a file of ratings cannot be used; the message says what is wrong with it."""


class ImportedBefore(Conflict):
    """The very same file was imported already: its ratings would count twice."""


class NoSuchBatch(NotFound):
    """No paper slips wait under that id: they were checked already, or never entered."""


class NotThisUse(Forbidden):
    """The key of an office is not good for this kind of call."""


class KeyMadeBefore(Conflict):
    """The form was sent before and its key was shown then: nothing can show it again."""


class UsedUp(TooMany):
    """The key of an office has been used as often as it may on a day."""
