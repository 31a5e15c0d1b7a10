"""The acts on ratings that need a right."""

from enum import StrEnum


class RatingsPermission(StrEnum):
    MODERATE = "ratings.moderate"
    """To read comments, and to approve or hide them."""
