"""The acts of the evaluation room, one function each."""

from portal.evaluation.services.cycles import open_cycle
from portal.evaluation.services.marks import enter_mark
from portal.evaluation.services.members import appoint_member, dismiss_member
from portal.evaluation.services.results import (
    decline_result,
    propose_result,
    publish_result,
)
from portal.evaluation.services.reviews import PUBLISH, REVIEW, ask_for_reviews, is_review_due
from portal.evaluation.services.weights import WEIGHTS, approve_weights, decline_weights, propose_weights

__all__ = [
    "PUBLISH",
    "REVIEW",
    "WEIGHTS",
    "appoint_member",
    "approve_weights",
    "ask_for_reviews",
    "decline_result",
    "decline_weights",
    "dismiss_member",
    "enter_mark",
    "is_review_due",
    "open_cycle",
    "propose_result",
    "propose_weights",
    "publish_result",
]
