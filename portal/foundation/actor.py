"""Who acts, and what they may do: a value that accounts makes and every service takes."""

from dataclasses import dataclass

from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_


@dataclass(frozen=True)
class Actor:
    """A signed-in person, or the system itself (job runner, commands)."""

    person_id: str
    name: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the actor holds `permission`."""
        if not self.may(permission):
            raise Forbidden(N_("You do not have the right to do this."))

    @classmethod
    def system(cls) -> "Actor":
        """The portal acting by rule. It holds no permissions: what needs a person cannot be done by it."""
        return cls("system", "system", frozenset())
