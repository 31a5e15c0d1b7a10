"""What can go wrong in publishing.

PortalError
├── NotFound      NoSuchFigure, NoSuchEdition, NoSuchAct
├── Conflict      ActNotOpen                              the act was already released or published
├── Invalid       BadStatement                            a statement is not of its published shape
│                 MappingRefused                          an import mapping cannot be used
│                 CorrectionRefused                       a correction names no change or no known figure
└── Unavailable   LogDamaged > HistoryForked, StoreBehind   the appender refuses to sign
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


class BadStatement(Invalid):
    """A statement misses a field, or carries a number that is not a decimal string."""


class LogDamaged(Unavailable):
    """Database and log store do not agree; nothing is signed until somebody has looked."""


class HistoryForked(LogDamaged):
    """The database tells another history than the newest signed head."""


class StoreBehind(LogDamaged):
    """The database lacks published acts that the store has (a restored backup): `log recover` brings them."""


class MappingRefused(Invalid):
    """The mapping of an import is not usable; the message says where."""
