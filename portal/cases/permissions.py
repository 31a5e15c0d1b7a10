"""The acts in this room that need a right. `portal/roles.py` says which role holds which."""

from enum import StrEnum


class CasesPermission(StrEnum):
    READ = "cases.read"
    """Open the list of cases one was granted. Whoever was granted none sees an empty list."""

    INTAKE = "cases.intake"
    """Receive new reports: every trusted, unconnected holder gets the key of a new case."""

    HANDLE = "cases.handle"
    """Work on a case one was granted: acknowledge, assign, write to the reporter, propose a finding."""

    ANSWER = "cases.answer"
    """Answer for the body one is employed by, when the office asks it."""

    DECIDE = "cases.decide"
    """Give the second signature to a finding somebody else proposed."""

    KEEP_REPLIES = "cases.keep-replies"
    """Write and change the texts that officers begin messages to reporters with."""

    IDENTITY = "cases.identity"
    """Give one of the two halves of opening who a reporter is, in a case one was granted."""

    UNMASK = "cases.unmask"
    """Read the words that were masked in a case one was granted, though it is assigned to somebody else."""

    OUTSIDE = "cases.outside"
    """Be the outside recipient: receive every report, and alone those whose body is not recognised."""
