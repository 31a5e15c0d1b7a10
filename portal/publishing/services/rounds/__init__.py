"""Rounds: the office asks bodies for values until a moment, publicly; what is late or missing becomes public
by an act at that moment, never by a clock in a page.
"""

from portal.publishing.services.rounds.asking import ask_body, extend_round, open_round
from portal.publishing.services.rounds.ending import cancel_round, close_round, mark_overdue, remind
from portal.publishing.services.rounds.kept import CHECK, DUE, REMIND, RETURN, UNSERVED, note_round, open_row
from portal.publishing.services.rounds.statements import coverage_statement, round_statement

__all__ = [
    "CHECK",
    "DUE",
    "REMIND",
    "RETURN",
    "UNSERVED",
    "ask_body",
    "cancel_round",
    "close_round",
    "coverage_statement",
    "extend_round",
    "mark_overdue",
    "note_round",
    "open_round",
    "open_row",
    "remind",
    "round_statement",
]
