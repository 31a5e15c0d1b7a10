"""Texts the office keeps for writing to reporters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reply:
    """A text to begin a message with, in one language; `{body}` and the like stand for what a case says."""

    id: str
    language: str
    title: str
    text: str
    changed_on: date
    changed_by: str
