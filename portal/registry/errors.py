"""What can go wrong in the register."""

from portal.foundation.errors import Invalid, NotFound


class UnknownCode(NotFound):
    """There is no body, service or indicator of this code."""


class RegisterRefused(Invalid):
    """An entry cannot be taken into the register; `fields` says which part and what it should be."""
