"""The shapes of what the API answers: the one source of openapi.json, held against real answers by the tests.

Answers are not made by these models: validating each row again would cost more than reading it. Nothing is
left out when it is missing: it is null, so that every row of a kind has the same fields.
"""

from portal.publishing.web.api.shapes.around import Code, CodeList, Codes, Fault, Hit, Index, Problem
from portal.publishing.web.api.shapes.figures import Correction, Figure, Notice, Part, Version
from portal.publishing.web.api.shapes.parts import (
    BodyLabel,
    IndicatorLabel,
    Links,
    Note,
    ReleaseLabel,
    ServiceLabel,
    Shape,
)
from portal.publishing.web.api.shapes.ratings import (
    Answers,
    BodyAnswers,
    BodyRating,
    Comment,
    RatedGroup,
    Rating,
    RatingReply,
    Share,
)
from portal.publishing.web.api.shapes.register import Body, Ended, Former, Indicator, Service
from portal.publishing.web.api.shapes.releases import EditionEntry, Release

__all__ = [
    "Answers",
    "Body",
    "BodyAnswers",
    "BodyLabel",
    "BodyRating",
    "Code",
    "CodeList",
    "Codes",
    "Comment",
    "Correction",
    "EditionEntry",
    "Ended",
    "Fault",
    "Figure",
    "Former",
    "Hit",
    "Index",
    "Indicator",
    "IndicatorLabel",
    "Links",
    "Note",
    "Notice",
    "Part",
    "Problem",
    "RatedGroup",
    "Rating",
    "RatingReply",
    "Release",
    "ReleaseLabel",
    "Service",
    "ServiceLabel",
    "Shape",
    "Share",
    "Version",
]
