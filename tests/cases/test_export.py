"""A case leaves the house only by two people, for one key, and without what could give its reporter away."""

import io
import json
import tarfile
from dataclasses import replace
from functools import partial
from typing import Any

import pyrage
import pytest
from pyrage import x25519

from portal.cases import package
from portal.cases.errors import FilesNotCleaned
from portal.cases.files import FileStore
from portal.cases.queries import read_case
from portal.cases.services import casework, copies, decisions, exports, identities, retention
from portal.cases.values import CaseFile, Entry, Finding, ItemKind, Why
from portal.duties.errors import OwnProposal
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    UNWRITTEN,
    Filed,
    Office,
    answer,
    desk_of,
    filed_by_pages,
    filed_report,
    officer_of,
    problems,
)

AUTHORITY = x25519.Identity.generate()
KEY = str(AUTHORITY.to_public())
WORDS, KEPT_AWAY, NOTE = "wisteria-behind-the-depot", "Ermintrude", "thoughts-of-an-officer"


def a_case(portal: Portal, office: Office, *, cleaned: bool = True) -> Filed:
    report = filed_by_pages(portal, what=WORDS, names=KEPT_AWAY, file=("Wilhelmina.csv", b"day,value\n1,2\n"))
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.add_note, office.officer, report.case_id, text=NOTE, submission="n")
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text="We look.", submission="m")
    if cleaned:
        (file,) = opened(portal, office.officer, report.case_id).files
        copy = copies.clean(FileStore(portal.settings.var), file, day=portal.clock.now().date())
        do(portal, copies.keep, office.officer, report.case_id, copy=copy)
    return report


def opened(portal: Portal, someone: Someone, case_id: str) -> CaseFile:
    with portal.database.read() as session:
        return read_case(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now())


def test_an_authority_gets_what_it_needs_and_nothing_that_gives_the_reporter_away(
    portal: Portal, office: Office
) -> None:
    report = a_case(portal, office)
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    answer(ada, f"{report.address}/export", recipient=KEY, reason="the prosecutor asks")
    assert ada.get(f"{report.address}/package").status_code == 404
    answer(ben, f"{report.address}/export-agree")
    taken = answer(ada, f"{report.address}/package", expect=200)

    assert WORDS.encode() not in taken.data
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(taken.data, [AUTHORITY]))) as archive:
        found = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    about = json.loads(found["about.json"])
    assert [one["body"]["en"] for one in about] == ["Body DPR"], "whoever gets it does not know our codes"
    assert about[0]["published"][0]["edition"] == 1
    assert sorted(found) == [
        "about.json",
        "case.json",
        "files/01.txt",
        "messages.json",
        "report.json",
        "trail.json",
    ]
    everything = b"\n".join([*found.values(), *(name.encode() for name in found)]).decode()
    assert WORDS in everything and "We look." in everything and "1" in found["files/01.txt"].decode()
    for secret in (KEPT_AWAY, NOTE, "Wilhelmina", office.officer.name, office.officer.id, office.decider.id):
        assert secret not in everything, secret
    done = [(one["act"], one["by"]) for one in json.loads(found["trail.json"])]
    assert ("cases.acknowledge", "officer 1") in done and ("cases.export", "officer 2") in done
    stored = everything_stored(portal)
    assert WORDS.encode() not in stored
    with portal.database.read() as session:
        acts = list(session.connection().exec_driver_sql("SELECT act FROM audit_row").scalars())
    assert acts.count("cases.take-export") == 1


def test_it_takes_two_and_a_third_cannot_take_it(portal: Portal, office: Office) -> None:
    dan = person(portal, roles=["case-decider"], name="Dan Second")
    report = a_case(portal, office)
    case = opened(portal, office.decider, report.case_id)
    with portal.database.write() as session:
        asking = {
            "recipient": KEY,
            "reason": "x",
            "officer": officer_of(office.decider),
            "now": portal.clock.now(),
        }
        exports.propose(session, case=case, **asking)
    with pytest.raises(OwnProposal):
        do(portal, exports.agree, office.decider, report.case_id)
    do(portal, exports.agree, dan, report.case_id)
    assert desk_of(portal, office.officer).get(f"{report.address}/package").status_code == 404


def test_originals_are_never_handed_over(portal: Portal, office: Office) -> None:
    report = a_case(portal, office, cleaned=False)
    case = opened(portal, office.officer, report.case_id)
    asking = {"reason": "x", "officer": officer_of(office.officer), "now": portal.clock.now()}
    with pytest.raises(FilesNotCleaned), portal.database.write() as session:
        exports.propose(session, case=case, recipient=KEY, **asking)
    for wrong in ("age1", "ssh-ed25519 AAAA", KEY[:-1] + "q"):
        with pytest.raises(Invalid), portal.database.write() as session:
            exports.propose(session, case=case, recipient=wrong, **asking)


def test_a_wrong_key_is_named_on_the_page(portal: Portal, office: Office) -> None:
    report = a_case(portal, office)
    ada = desk_of(portal, office.officer)
    refused = answer(ada, f"{report.address}/export", recipient="age1nothing", reason="x", expect=422)
    assert any("it begins with age1" in one for one in problems(refused))


def test_why_somebody_asks_for_a_name_or_keeps_a_case_stays_in_the_house(portal: Portal, office: Office) -> None:
    """Such reasons say who the reporter may be; the authority gets how the finding was reached, and no more."""
    hold, name, sent_back, handing = "hold-wistful", "name-wistful", "back-wistful", "hand-wistful"
    keepers = [
        person(portal, roles=[role, "identity-keeper"], name=f"Kim {role}")
        for role in ("case-officer", "case-decider")
    ]
    report = filed_report(portal, what=WORDS, identity="I am the clerk")
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, identities.propose_opening, keepers[0], report.case_id, reason=name)
    do(portal, identities.agree_to_opening, keepers[1], report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    finding = {"finding": Finding.NOT_UPHELD, "reason": "found-wistful"}
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding)
    do(portal, decisions.send_back, office.decider, report.case_id, reason=sent_back)
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding)
    do(portal, decisions.decide, office.decider, report.case_id)
    do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)
    do(portal, retention.hold, office.officer, report.case_id, reason=hold)
    case = opened(portal, office.officer, report.case_id)
    with portal.database.write() as session:
        asking = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        exports.propose(session, case=case, recipient=KEY, reason=handing, **asking)
    do(portal, exports.agree, office.decider, report.case_id)

    handed = handed_over(portal, office.officer, report.case_id)
    assert "found-wistful" in handed and sent_back in handed
    for kept in (hold, name, handing, KEY):
        assert kept not in handed, kept
    assert "cases.hold" in handed and "identity" not in handed
    before = Entry("i", ItemKind.REASON, portal.clock.now().date(), "of a time when it was not kept what for")
    assert b"of a time" not in messages_of(replace(case, entries=(before,)))
    assert b"of a time" in messages_of(replace(case, entries=(replace(before, why=Why.FINDING),)))


def test_nobody_tells_from_the_package_that_a_name_was_asked_for(portal: Portal, office: Office) -> None:
    """Who counts halves of acts in it finds none of an act that is left out."""
    keepers = [
        person(portal, roles=[role, "identity-keeper"], name=f"Kim {role}")
        for role in ("case-officer", "case-decider")
    ]
    trails = []
    for acts in ((), (identities.agree_to_opening,), (partial(identities.refuse_opening, reason="no"),)):
        report = filed_report(portal, what=WORDS, identity="I am the clerk")
        do(portal, casework.acknowledge, office.officer, report.case_id)
        for act in acts:
            do(portal, identities.propose_opening, keepers[0], report.case_id, reason="so")
            do(portal, act, keepers[1], report.case_id)
        case = opened(portal, office.officer, report.case_id)
        with portal.database.write() as session:
            asking = {"officer": officer_of(office.officer), "now": portal.clock.now()}
            exports.propose(session, case=case, recipient=KEY, reason="so", **asking)
        do(portal, exports.agree, office.decider, report.case_id)
        trails.append(handed_over(portal, office.officer, report.case_id).partition("trail.json")[2])
    assert trails[0] == trails[1] == trails[2]
    assert "cases.export" in trails[0]


def messages_of(case: CaseFile) -> bytes:
    found = {one.name: b"".join(one.chunks) for one in package.documents(case, [])}
    return found["messages.json"]


def handed_over(portal: Portal, someone: Someone, case_id: str, read: Any = read_case) -> str:
    """All that is in the package, names included."""
    store = FileStore(portal.settings.var)
    with portal.database.write() as session:
        case = read(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now())
        _, members = exports.take(
            session, case=case, store=store, officer=officer_of(someone), now=portal.clock.now()
        )
        found = [(one.name, b"".join(one.chunks).decode()) for one in members]
    return "\n".join(f"{name}\n{text}" for name, text in found)
