"""Requests for figures that are not here: received, screened, answered within working days, by two people.

Whoever asks has no account and leaves no address; a follow-up code shows how far the request is before it
is public. Its words enter the log as a salted digest only once somebody has read them.
"""

from portal.publishing.services.asking.answering import PROPOSAL, propose_answer, publish_answer, take_answer_back
from portal.publishing.services.asking.kept import ANSWER, SCREEN
from portal.publishing.services.asking.receiving import Received, find_by_code, grouped, send_request
from portal.publishing.services.asking.screening import publish_request, refuse_request
from portal.publishing.services.asking.telling import OVERDUE, drafted_of, mark_overdue

__all__ = [
    "ANSWER",
    "OVERDUE",
    "PROPOSAL",
    "SCREEN",
    "Received",
    "drafted_of",
    "find_by_code",
    "grouped",
    "mark_overdue",
    "propose_answer",
    "publish_answer",
    "publish_request",
    "refuse_request",
    "send_request",
    "take_answer_back",
]
