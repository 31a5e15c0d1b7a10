"""What can go wrong, as the caller needs to know it.

    PortalError
    ├── Invalid       what was typed or imported cannot be used        422
    ├── Forbidden     this person may not do this                      403
    ├── NotFound      there is no such thing, or not for this person   404
    ├── Conflict      the thing is no longer in the state assumed      409
    ├── TooMany       slow down                                        429
    └── Unavailable   cannot be done right now, nothing was changed    503

The web shell turns each into its status and page; a room's errors.py hangs its own below these.
"""

from collections.abc import Mapping

from portal.foundation.i18n import Message


class PortalError(Exception):
    """Base of every error the product raises on purpose; carries a message for a person."""

    status = 500

    def __init__(self, message: Message | str) -> None:
        self.message = message if isinstance(message, Message) else Message(message)
        super().__init__(str(self.message))


class Invalid(PortalError):
    status = 422

    def __init__(self, message: Message | str, fields: Mapping[str, Message] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Forbidden(PortalError):
    status = 403


class NotFound(PortalError):
    status = 404


class Conflict(PortalError):
    status = 409


class TooMany(PortalError):
    status = 429

    def __init__(self, message: Message | str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(PortalError):
    status = 503
