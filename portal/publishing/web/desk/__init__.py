"""The desk of publishing: releases from file to publication, and corrections of what is published."""

from . import corrections, releases
from .base import desk_pages

__all__ = ["corrections", "desk_pages", "releases"]
