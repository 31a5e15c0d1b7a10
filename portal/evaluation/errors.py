"""What can go wrong in an evaluation.

PortalError
├── NotFound    NoSuchCycle, NoSuchResult
├── Forbidden   NotInGroup                         a mark for a group one does not belong to
│               TookPart                           an appeal against what one had a part in, or is connected to
├── Invalid     BadWeights, BadMark, BadCycle, BadAppeal
└── Conflict    CycleExists, CycleClosed, NothingToPublish, TooLittleScored, ResultOutdated, NoAppeal,
                NobodyToJudge
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


class BadAppeal(Invalid):
    """An appeal or a decision on one lacks what it rests on."""


class TookPart(Forbidden):
    """Whoever decides on an appeal had a part in what is appealed against, or is connected to the figure."""


class NoAppeal(Conflict):
    """Nothing to appeal against, no longer, or not again."""


class NobodyToJudge(Conflict):
    """No second person may decide on this appeal."""


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
