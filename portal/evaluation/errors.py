"""What can go wrong in an evaluation.

PortalError
├── NotFound    NoSuchCycle, NoSuchResult
├── Forbidden   NotInGroup                         a mark for a group one does not belong to
├── Invalid     BadWeights, BadMark, BadCycle
└── Conflict    CycleExists, CycleClosed, NothingToPublish, TooLittleScored, ResultOutdated
"""

from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound


class NoSuchCycle(NotFound):
    """There is no such cycle, or the body is not evaluated in it."""


class NoSuchResult(NotFound):
    """No such result was computed or published."""


class NotInGroup(Forbidden):
    """The person does not belong to this evaluator group, or not for this body."""


class BadWeights(Invalid):
    """Shares do not add up to 100 in their superior."""


class BadMark(Invalid):
    """A mark is not between 0 and 100, lacks its reason, or is for a group that is computed."""


class BadCycle(Invalid):
    """A cycle lacks something it needs."""


class CycleExists(Conflict):
    """There is already a cycle with this code."""


class CycleClosed(Conflict):
    """The cycle is no longer open for this."""


class NothingToPublish(Conflict):
    """The result would be the one already published."""


class TooLittleScored(Conflict):
    """Less than half of the weight could be scored."""


class ResultOutdated(Conflict):
    """Something the result was made of has changed since it was proposed."""
