"""What can go wrong in this room.

PortalError
├── NotFound
│   ├── NoSuchCase        there is none, or its existence is not for this person: one answer
│   └── NoSuchReply       the office keeps no such text
├── Conflict
│   ├── NothingSaid       a report says nothing yet of what happened
│   ├── WrongState        the case is no longer where this act begins
│   ├── FilesNotCleaned   a case can be handed over only with cleaned copies of its files
│   ├── NobodyAnswers     nobody employed by the body can answer for it
│   ├── AnswersHere       somebody employed by the body can, so it is not asked by letter
│   ├── AnsweredBefore    somebody of the body answered what it was asked
│   ├── AnswerLate        the time is over in which the body could answer
│   ├── NotHeard          the body was not heard: nothing can be found against it yet
│   ├── StillHeld         the time of a case is not over, or something holds it: it cannot be deleted
│   ├── LastHolder        a recusal would leave nobody who can open the case
│   ├── OnlyInspectors    closing would leave nobody who can open the case: its holders inspected the figure
│   ├── KeyNotHeld        this person's key opens no part of this case (any more)
│   │   └── LockForged    a lock of this case was put there by somebody who is not the portal
│   ├── CannotJoin        somebody who holds one of two cases may not hold the other
│   ├── OtherFigures      a case names figures that the one it would be joined to does not
│   ├── NotThere          the person chosen is away: no new case is given to them
│   ├── TooManyViews      somebody keeps as many views of the queue as one can
│   └── FileNotWhole      a sealed file is missing, or is not as it was sealed
├── Invalid
│   └── NotTold           nobody wrote to the reporter since the decision, and nobody said why
├── Forbidden
│   ├── NotEligible       the person chosen may not receive this case
│   └── OwnConnection     whoever enters a report for somebody is connected to the body it is about
└── Unavailable
    ├── KeysNotTrusted    it cannot be said now whose keys are trusted, so no new lock can be made
    ├── TooFewKeepers     no two people could open the reporter's identity together, so it is not taken
    └── ReportingClosed   too few unconnected officers, and no outside recipient
"""

from datetime import date

from portal.cases.values import ToHear
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from portal.foundation.i18n import N_, Message


class NoSuchCase(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("The address may be mistyped or cut off, or the page does not exist."))


class NoSuchReply(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("The address may be mistyped or cut off, or the page does not exist."))


class NothingSaid(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("Say in your own words what it is about."))


class WrongState(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("The case has moved on since you opened this page. Open it again to see where it is."))


class NothingToDismiss(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "There is no report here that can be dismissed with others: only such as were set aside, have no"
                " files, and to which nobody has added anything."
            )
        )


class NoSeedYet(Unavailable):
    """The log has not committed to this quarter's seed: whoever proposes could know what will be drawn."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The sample is drawn by a number that the public log commits to beforehand, and it has not yet for"
                " this quarter. Try again tomorrow."
            )
        )


class NotAllRead(Conflict):
    """The sample is there to be read by whoever signs."""

    def __init__(self) -> None:
        super().__init__(N_("Open every report of the sample first. What others opened does not count for you."))


class StillHeld(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("This case cannot be deleted now: its time is not over, or something holds it. See the case page.")
        )


class LastHolder(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("You are the last who can open this case. Assign it to somebody else first, then step aside.")
        )


class OnlyInspectors(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "Whoever made the inspection loses the case when it is closed, and nobody else can open it. Let"
                " somebody else read it first."
            )
        )


class KeyNotHeld(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("Your key does not open this case. Somebody who can open it has to assign it to you again.")
        )


class LockForged(KeyNotHeld):
    def __init__(self) -> None:
        Conflict.__init__(
            self,
            N_(
                "A lock of this case was not made by this portal: somebody changed the database. Nothing was"
                " opened and nothing written. Tell whoever is responsible for the machine."
            ),
        )


class FileNotWhole(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("The stored file is missing, or not as it was received. Nothing of it can be shown."))


class CannotJoin(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "Not everybody who can read one of the two cases may read the other: they are connected, were"
                " named by a reporter, or stepped aside. Link the cases instead."
            )
        )


class OtherFigures(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "This case is about a figure that the other is not about. Joined, it would never be looked into by"
                " itself. Link the cases instead."
            )
        )


class TooManyViews(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("You keep as many views as one can. Remove one first."))


class NobodyToDecide(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("Nobody else who may decide can open this case. Give it to a second officer first, then propose.")
        )


class FilesNotCleaned(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("Make a cleaned copy of each file first: originals are never handed over."))


class NobodyAnswers(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("Nobody who is employed by this body can answer for it here. Ask it by letter."))


class AnswersHere(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("People of this body can answer here: put it before them at their desk."))


_TO_HEAR = {
    ToHear.NO_BODY: N_("Say first which body it is about: nothing is found against a body that was not heard."),
    ToHear.NOT_ASKED: N_(
        "The body has to be heard before anything is found against it. Ask it for an answer first, at its desk or"
        " by letter."
    ),
    ToHear.MAY_ANSWER: N_(
        "The body may still answer, until {day}. Nothing can be found against it before it has, or before that day"
        " is over."
    ),
}


class NotHeard(Conflict):
    """`missing` says what, and `until` which day the body may answer."""

    def __init__(self, missing: ToHear, until: date | None = None) -> None:
        super().__init__(Message(_TO_HEAR[missing], {"day": until} if until else {}))
        self.missing = missing


class AnsweredBefore(Conflict):
    def __init__(self, day: date) -> None:
        words = N_(
            "Your answer was not taken: somebody of your body answered on {day}, and it is answered once. What you"
            " typed stands below, to be copied."
        )
        super().__init__(Message(words, {"day": day}))


class AnswerLate(Conflict):
    def __init__(self, day: date) -> None:
        words = N_(
            "Your answer was not taken: the time to answer was over on {day}. What you typed stands below, to be"
            " copied."
        )
        super().__init__(Message(words, {"day": day}))


class TooSoon(Conflict):
    """What is done in public would tell by its day when the report came, or the case was decided."""

    def __init__(self, day: date) -> None:
        words = N_(
            "This can be done from {day} on. What the public sees keeps some days' distance, so that its day does"
            " not tell when the report came."
        )
        super().__init__(Message(words, {"day": day}))
        self.day = day


class NotEligible(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            N_("This person cannot receive this case: connected to it, named in it, or without a signed key.")
        )


class NotThere(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("This person is away, and is given no new case until they are back. Choose another."))


class OwnConnection(Forbidden):
    def __init__(self) -> None:
        super().__init__(N_("You are connected to this public body. Somebody who is not has to enter it."))


class NotTold(Invalid):
    """Nobody wrote to the reporter since the decision, and nobody said why."""

    def __init__(self) -> None:
        words = Message(
            N_("Nobody has written to the reporter since the decision. Write what was found, or say here why not.")
        )
        super().__init__(words, {"unwritten": words})


class NotYetCorrected(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("The figure was found false and has not been corrected yet. Propose the correction before closing.")
        )


class KeysNotTrusted(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "This cannot be encrypted at the moment: the file that says whose keys were trusted first is"
                " missing or does not fit. Nothing was changed. Tell whoever runs the portal, who can put the file"
                " back; send this again once that is done."
            )
        )


class TooFewKeepers(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            N_("Your name cannot be sealed safely: too few people may open it. Take it out, then send.")
        )


class ReportingClosed(Unavailable):
    def __init__(self) -> None:
        super().__init__(N_("Reporting here is not open for this public body at the moment."))
