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
    COLLECT = "publishing.collect"
    """To open collection rounds, to query, return and accept what bodies hand in."""
    ENTER_VALUES = "publishing.enter-values"
    """To enter the values of one's own body, and to put its return forward."""
    SIGN_RETURNS = "publishing.sign-returns"
    """To sign the return of one's own body that somebody else entered."""
    SCREEN_REQUESTS = "publishing.screen-requests"
    """To read a request for a figure before it can appear."""
    ANSWER_REQUESTS = "publishing.answer-requests"
    """To put an answer to a request forward."""
    APPROVE_ANSWERS = "publishing.approve-answers"
    """To publish an answer that somebody else put forward."""
