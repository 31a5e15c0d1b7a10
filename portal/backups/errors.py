"""Why a backup or a restoring is refused; each says what to do."""

from portal.foundation.errors import Conflict


class BackupRefused(Conflict):
    """Nothing was written."""


class RestoreRefused(Conflict):
    """The place is as it was, or, once rows are in it, not let to serve (`place.MARK`)."""
