"""The desk of publishing: releases from file to publication, corrections, rounds, returns and requests."""

from . import (
    calendar,
    corrections,
    early_access,
    importing,
    pointing,
    register,
    releases,
    requests,
    returns,
    rounds,
    saying,
)
from .base import desk_pages

__all__ = [
    "calendar",
    "corrections",
    "desk_pages",
    "early_access",
    "importing",
    "pointing",
    "register",
    "releases",
    "requests",
    "returns",
    "rounds",
    "saying",
]
