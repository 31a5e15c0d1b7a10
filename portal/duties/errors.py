"""What can go wrong with duties and second signatures.

NotFound
└── NoSuchProposal    there is none, or it is not for this person
Conflict
├── AlreadyDecided    somebody signed or declined it before
└── AlreadyProposed   the same act on the same thing is already waiting
Forbidden
└── OwnProposal       nobody gives both halves of an act
"""

from portal.foundation.errors import Conflict, Forbidden, NotFound
from portal.foundation.i18n import N_


class NoSuchProposal(NotFound):
    def __init__(self) -> None:
        super().__init__(N_("There is no such proposal."))


class AlreadyDecided(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("This proposal has already been decided."))


class AlreadyProposed(Conflict):
    def __init__(self) -> None:
        super().__init__(N_("The same proposal is already waiting for a second signature."))


class OwnProposal(Forbidden):
    def __init__(self) -> None:
        super().__init__(N_("You proposed this. Somebody else must give the second signature."))
