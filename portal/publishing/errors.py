"""What can go wrong in publishing.

PortalError
├── NotFound      NoSuchFigure, NoSuchEdition, NoSuchAct, NoSuchRelease
│                 NoSuchUpload, NoSuchMapping
│                 NoSuchRound, NoSuchReturn, NoSuchRequest
├── Conflict      ActNotOpen                              the act was already released or published
│                 ReleaseTaken, ReleaseNotOpen, Overtaken the release, or what it was held against, moved on
│                 KeysRefused                             a change of keys that cannot be made now
│                 FigureMoved, NoticeStands               the figure or its notice is no longer as assumed
│                 ProposerConnected                       one of two who must be unconnected is so no more
│                 MarkGuarded                             whoever is connected undoes no mark of the unconnected
│                 RoundTaken, RoundNotOpen, ReturnNotOpen, ValueNotOpen, RequestNotOpen
├── Invalid       BadStatement                            a statement is not of its published shape
│                 MappingRefused                          an import mapping cannot be used
│                 NotSettled                              an import waits for decisions that its fields name
│                 CorrectionRefused                       a correction names no change or no known figure
│                 CalendarRefused                         a date that has passed, or a change without reason
│                 ReplyRefused, WithdrawalRefused         the words, or the ground, are missing or unusable
│                 RoundRefused, EntryRefused, RequestRefused
└── Unavailable   LogDamaged > HistoryForked, DatabaseBehind   the appender refuses to sign
                  ProgramTooOld                           the log has what only a newer version can write
"""

from portal.foundation.errors import Conflict, Invalid, NotFound, Unavailable


class NoSuchFigure(NotFound):
    """No such figure is published in that edition."""


class NoSuchEdition(NotFound):
    """The log holds no such edition."""


class NoSuchAct(NotFound):
    """There is no act with that id."""


class ActNotOpen(Conflict):
    """The act is no longer staged: its statements cannot change any more."""


class NoSuchRelease(NotFound):
    """There is no draft of a release with that code."""


class ReleaseTaken(Conflict):
    """There is already a release, or a draft of one, with that code."""


class ReleaseNotOpen(Conflict):
    """The release is not in the state this act needs."""


class Overtaken(Conflict):
    """Something the draft states was published by another act since: it must be prepared again."""


class FigureMoved(Conflict):
    """The figure has a newer version than the one the correction was to replace."""


class NoticeStands(Conflict):
    """The figure's notice is already in that state."""


class BadStatement(Invalid):
    """A statement misses a field, or carries a number that is not a decimal string."""


class LogDamaged(Unavailable):
    """Database and log store do not agree; nothing is signed until somebody has looked."""


class HistoryForked(LogDamaged):
    """The database tells another history than the newest signed head."""


class DatabaseBehind(LogDamaged):
    """The database lacks published acts that the store has (a restored backup): `log recover` brings them."""


class MappingRefused(Invalid):
    """The mapping of an import is not usable; the message says where."""


class NoSuchUpload(NotFound):
    """The uploaded file was confirmed, dropped, or left too long."""


class NoSuchMapping(NotFound):
    """There is no saved mapping of that code or version."""


class NotSettled(Invalid):
    """An import changes published values, misses some, or looks odd, and nobody has decided about it yet."""


class KeysRefused(Conflict):
    """A change of the log's keys that cannot be made as things stand."""


class CorrectionRefused(Invalid):
    """The correction changes nothing, gives no usable value, or names no cause."""


class MarkGuarded(Conflict):
    """The figure bears a mark that unconnected people placed, and whoever acts is connected to it."""


class ProposerConnected(Conflict):
    """Whoever proposed what two unconnected people have to sign became connected since."""


class NoSuchRound(NotFound):
    """There is no collection round with that code."""


class NoSuchReturn(NotFound):
    """The body has no such return or value, or it is not this person's."""


class NoSuchRequest(NotFound):
    """There is no such request for a figure."""


class RoundTaken(Conflict):
    """There is already a round with that code."""


class RoundNotOpen(Conflict):
    """The round is closed or cancelled, or not yet so far."""


class ReturnNotOpen(Conflict):
    """The return is not in the state this act needs."""


class ValueNotOpen(Conflict):
    """The value is not in the state this act needs."""


class RequestNotOpen(Conflict):
    """The request is not in the state this act needs."""


class RoundRefused(Invalid):
    """What was given for a round cannot be used; the fields say why."""


class EntryRefused(Invalid):
    """What was entered for a value cannot be used; the fields say why."""


class RequestRefused(Invalid):
    """What was given for a request or its answer cannot be used; the fields say why."""


class CalendarRefused(Invalid):
    """The calendar cannot take this: the time has passed, or a published reason is missing."""


class ReplyRefused(Invalid):
    """The reply has no words, or is not about a published figure."""


class WithdrawalRefused(Invalid):
    """The withdrawal names no legal ground, or the text is not published, or withdrawn already."""


class ProgramTooOld(Unavailable):
    """The log was written by a newer version of the portal, in whose layout this one cannot write files."""
