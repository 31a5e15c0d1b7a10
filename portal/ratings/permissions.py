"""The acts on ratings that need a right."""

from enum import StrEnum


class RatingsPermission(StrEnum):
    MODERATE = "ratings.moderate"
    """To read comments, and to approve or hide them; and to read bodies' answers before raters do."""
    ISSUE_RECEIPTS = "ratings.issue-receipts"
    """To make rating codes for the services of the body one is employed by."""
    ENTER_PAPER = "ratings.enter-paper"
    """To enter paper slips of these services, or to check what a colleague entered."""
    RECONCILE = "ratings.reconcile"
    """To tell how many matters were settled, to draw samples, and to propose what becomes of ratings set aside."""
    SETTLE = "ratings.settle"
    """To give the second signature on ratings set aside, and to chase a body whose answers are overdue."""
    KEEP_OFFICE_KEYS = "ratings.keep-office-keys"
    """To make and to revoke the keys of bodies' own systems."""
    ANSWER = "ratings.answer"
    """To answer for a body one is employed by: to low ratings, and to findings about its ratings."""
