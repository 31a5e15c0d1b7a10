"""The acts of publishing that need a right. Each pair is held by two people for one act (see `duties`)."""

from enum import StrEnum


class PublishingPermission(StrEnum):
    SEE = "publishing.see"
    """To see drafts of releases and pending corrections at the desk."""
    SEE_CORRECTIONS = "publishing.see-corrections"
    """To open the corrections that wait for one's own signature, or that one put forward."""
    PREPARE = "publishing.prepare"
    """To import figures and put a release forward."""
    PUBLISH = "publishing.publish"
    """To publish a release that somebody else put forward."""
    PROPOSE_CORRECTION = "publishing.propose-correction"
    APPROVE_CORRECTION = "publishing.approve-correction"
    """To approve a correction that somebody else proposed."""
