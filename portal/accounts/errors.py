"""What can go wrong with people, credentials, keys and connections.

NotFound
└── NoSuchPerson, NoSuchKey, NoSuchSession, NoSuchConnection, NoSuchPasskey, NoSuchCertificate
Conflict
├── AddressTaken        another person has this address
├── TooManyPasskeys     one person has enough of them
├── RolesClash          two roles that one person must not hold together
├── NotSetUp            somebody whose key is asked for has none yet
├── KeyIsInUse          a key that does not wait any more cannot be withdrawn
└── AnchorsExist        the first set of keys is enrolled once
Invalid
├── NoSuchRole          not in the role table
├── NoSuchCourse        not in the table of courses
├── NotOnThatDay        a certificate of a day to come, or one that is over
├── CodeRefused         neither the code nor the passkey is right
├── PasskeyRefused      a passkey's answer does not hold
├── NoSuchLanguage      mail is not written in it
├── NoStandIn           not another active person with a role of one's own
└── SignInRefused       the address, the pass phrase or the code is not right (never says which)
Forbidden
├── OwnCertificate      nobody vouches for their own training
├── SignInIsOld         this needs somebody who proved minutes ago to be there
└── KeyNotTrusted       only people with trusted keys vouch for keys, and never for their own
TooMany
└── WaitBeforeSignIn    guesses were made; says how many seconds to wait
Unavailable
├── FirstKeysMissed     nobody's key can be trusted, so no new one can take another's place
└── TooBusy             too many pass phrases are being checked right now
"""

from collections.abc import Iterable

from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable
from portal.foundation.i18n import N_, Message, message


class NoSuchPerson(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such person."))


class NoSuchKey(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such key."))


class NotSetUp(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            message(
                N_("{name} has no key yet: it is made at the first sign-in with the start phrase."),
                name=name,
            )
        )


class KeyIsInUse(Conflict):
    def __init__(self) -> None:
        super().__init__(
            N_("This key is in use: two colleagues have signed it. Make a new one if you do not want to keep it.")
        )


class NoSuchSession(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such session."))


class NoSuchConnection(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such connection."))


class NoSuchPasskey(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such passkey."))


class TooManyPasskeys(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(message(N_("You have {most} passkeys already. Remove one first."), most=most))


class PasskeyRefused(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("The passkey's answer could not be used. Try again."))


class SignInIsOld(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "Confirm first that it is you: open /desk/confirm in another tab, then send this again. What you"
                " typed stays here."
            )
        )


class NoSuchCertificate(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such certificate."))


class NoSuchCourse(Invalid):
    def __init__(self, course: str, known: Iterable[str]) -> None:
        said = message(
            N_("There is no course called {course}. Courses are: {known}."), course=course, known=", ".join(known)
        )
        super().__init__(said)


class NotOnThatDay(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("A certificate of that day is not valid today."))


class OwnCertificate(Forbidden):
    def __init__(self) -> None:
        super().__init__(N_("Somebody else records your training."))


class AddressTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("Another person has this address."))


class RolesClash(Conflict):
    def __init__(self, role: str, other: str) -> None:
        super().__init__(
            message(
                N_("One person must not hold both {role} and {other}."),
                role=role,
                other=other,
            )
        )


class AnchorsExist(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("The first set of keys has been enrolled before. Colleagues vouch for new keys."))


class NothingPending(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("No new pass phrase is waiting to be confirmed. Start again."))


class NotConfirmed(Invalid):
    """Says for each field whether it matched."""

    def __init__(self, *, phrase: bool, code: bool) -> None:
        fields = {}
        if not phrase:
            fields["phrase"] = Message(N_("Type the seven words exactly as they are shown."))
        if not code:
            fields["code"] = Message(N_("Enter the six digits your authenticator shows now."))
        super().__init__(N_("What you typed is not what was shown."), fields)


class NoSuchRole(Invalid):
    def __init__(self, role: str, known: Iterable[str]) -> None:
        said = message(
            N_("There is no role called {role}. Roles are: {known}."), role=role, known=", ".join(known)
        )
        super().__init__(said)


class NoSuchLanguage(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("Mail is not written in this language."))


class NoStandIn(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("Nobody else with a role of yours signs in with this address."))


class CodeRefused(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("This is not the code of now, or it was used already. Wait for the next one."))


class SignInRefused(Invalid):
    def __init__(self) -> None:
        super().__init__(N_("The address, the pass phrase or the code is not right."))


class KeyNotTrusted(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            N_("Only a colleague whose own key is trusted can vouch for a key, and nobody for their own.")
        )


class WaitBeforeSignIn(TooMany):
    def __init__(self, seconds: int) -> None:
        super().__init__(
            message(
                N_("There were several wrong tries. Wait {seconds} seconds, then try again."),
                seconds=seconds,
            ),
            retry_after=seconds,
        )


class FirstKeysMissed(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            N_(
                "The file with the first trusted keys is not there, so nobody could sign a new key. Tell whoever"
                " runs the portal."
            )
        )


class TooBusy(Unavailable):
    def __init__(self) -> None:
        super().__init__(N_("Many people are signing in right now. Try again in a moment."))
