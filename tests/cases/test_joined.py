"""What was joined into another case goes where that one goes: nothing else is done to it by itself.

If an act slipped through, one report could get a finding of its own beside that of the case it belongs to, or be
closed, kept or deleted apart from it.
"""

import re
from datetime import date
from typing import Any

import pytest

from portal.cases import rules
from portal.cases.services import (
    casework,
    check_ins,
    corrections,
    decisions,
    extensions,
    hearings,
    inspections,
    joining,
    letters,
    rereading,
    retention,
)
from portal.cases.values import CaseState, Finding, Method, Reread, SentFile
from portal.cases.web.acts import ACTS
from portal.foundation.context import Portal
from portal.foundation.errors import Conflict, Forbidden, NotFound
from tests.cases.test_desk import do, state_of
from tests.factories.accounts import Someone
from tests.factories.cases import Filed, Office, desk_of, filed_report

SAID = {"text": "so", "submission": "1"}
WHY = {"reason": "so"}
VALUES = {"new_actual": "1", "new_target": ""}
ORDER = {"method": Method.FIELD, "day": date(2026, 3, 2), "text": "look", "submission": "1"}
REFUSED: dict[str, tuple[Any, dict[str, Any]]] = {
    "acknowledge": (casework.acknowledge, {}),
    "triage": (casework.begin_triage, {}),
    "assign": (casework.assign, {"person_id": "officer"}),
    "investigate": (casework.investigate, {}),
    "body": (casework.set_body, {"body_code": "DPR"}),
    "hear": (hearings.ask_body, {**SAID, "keys": "keys"}),
    "letter": (letters.write_letter, SAID),
    "letter-answer": (letters.enter_answer, SAID),
    "inspect": (inspections.order, {**ORDER, "team": ["officer"]}),
    "inspected": (inspections.attach_result, SAID),
    "inspected-file": (inspections.attach_file, {"file": SentFile("a", "a.csv", 1, b""), "submission": "1"}),
    "inspect-cancel": (inspections.cancel, {}),
    "propose": (decisions.propose_finding, {"finding": Finding.NOT_UPHELD, **WHY}),
    "decide": (decisions.decide, {}),
    "send-back": (decisions.send_back, WHY),
    "correct": (corrections.propose, {**VALUES, **WHY}),
    "close": (decisions.close, {}),
    "reopen": (decisions.reopen, WHY),
    "extend": (extensions.propose_extension, WHY),
    "extend-agree": (extensions.agree_to_extension, {}),
    "extend-refuse": (extensions.refuse_extension, WHY),
    "check-in": (check_ins.ask, SAID),
    "reread": (rereading.read_again, {"result": Reread.AGREES, **WHY}),
    "join": (joining.propose_joining, {"into_id": "another", **WHY}),
    "join-agree": (joining.agree_to_joining, {}),
    "join-refuse": (joining.refuse_joining, WHY),
    "hold": (retention.hold, WHY),
    "release": (retention.propose_release, WHY),
    "release-agree": (retention.agree_to_release, {}),
    "release-refuse": (retention.refuse_release, WHY),
    "delete": (retention.propose_deletion, WHY),
    "delete-agree": (retention.agree_to_deletion, {}),
    "delete-refuse": (retention.refuse_deletion, WHY),
}
OPEN = {"part", "message", "question", "note", "share", "link", "export", "lock", "recuse", "conflict"}
ELSEWHERE = {"unlink", "identity", "identity-agree", "identity-refuse", "export-agree", "export-refuse"}
ELSEWHERE |= {"take-back"}
ELSEWHERE |= {"mask", "mask-agree", "mask-refuse"}  # its text is still read, so names in it can still be covered
"""Open where something of the kind waits, and to those it is given to, whatever the state: not here."""


@pytest.fixture
def joined(portal: Portal, office: Office) -> tuple[Filed, Filed]:
    """A case, and another that was joined into it."""
    first, again = filed_report(portal, what="first"), filed_report(portal, what="again")
    for one in (first, again):
        do(portal, casework.acknowledge, office.officer, one.case_id)
    do(portal, joining.propose_joining, office.officer, again.case_id, into_id=first.case_id, **WHY)
    do(portal, joining.agree_to_joining, office.decider, again.case_id)
    return first, again


def test_every_act_is_refused_on_a_joined_case_or_open_on_purpose() -> None:
    assert REFUSED.keys() | OPEN | ELSEWHERE == ACTS.keys()
    assert not REFUSED.keys() & (OPEN | ELSEWHERE)


def test_no_act_that_belongs_to_the_case_itself_is_done_to_a_joined_one(
    portal: Portal, office: Office, joined: tuple[Filed, Filed]
) -> None:
    first, again = joined
    named = {"officer": office.officer.id, "another": first.case_id, "keys": portal.keys}
    went_through = []
    for name, (act, fields) in REFUSED.items():
        given = {
            key: [named["officer"]] if key == "team" else _named(value, named) for key, value in fields.items()
        }
        for someone in (office.officer, office.decider):
            if _is_done(portal, act, someone, again.case_id, given):
                went_through.append((name, someone.name))
    assert went_through == []
    assert state_of(portal, again.case_id) == ("joined", None)


def _named(value: Any, named: dict[str, Any]) -> Any:
    return named.get(value, value) if type(value) is str else value


def _is_done(portal: Portal, act: Any, someone: Someone, case_id: str, given: dict[str, Any]) -> bool:
    try:
        do(portal, act, someone, case_id, **given)
    except (Conflict, Forbidden, NotFound):
        return False
    return True


def test_the_desk_offers_on_a_joined_case_what_is_open_and_nothing_else(
    portal: Portal, office: Office, joined: tuple[Filed, Filed]
) -> None:
    address = joined[1].address
    page = desk_of(portal, office.officer).get(address).get_data(as_text=True)
    offered = set(re.findall(rf'href="{address}/([a-z-]+)"', page)) - {"timeline"}
    assert offered == OPEN


@pytest.mark.parametrize("act", sorted(rules.TRANSITIONS))
def test_a_joined_case_parts_or_follows_and_takes_no_other_step(act: str) -> None:
    assert rules.may(act, CaseState.JOINED) is (act in ("part", "follow"))
