"""The desk of publishing: releases from file to publication, and corrections of what is published."""

from . import calendar, corrections, early_access, releases
from .base import desk_pages

__all__ = ["calendar", "corrections", "desk_pages", "early_access", "releases"]
