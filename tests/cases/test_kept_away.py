"""Whom a reporter names as people who must not see the report is kept from it whatever their roles: at the desk of
officers, at the desk where a body answers, in what waits for them, and from the package for an authority."""

from typing import Any

import pytest

from portal.cases.errors import NobodyAnswers, NotEligible
from portal.cases.permissions import CasesPermission
from portal.cases.queries import queue
from portal.cases.services import assigning, casework, hearings, joining
from portal.duties.queries import duties_of
from portal.foundation.context import Portal
from tests.cases.test_desk import do, titles
from tests.cases.test_hearing import ASKED, ask
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, desk_of, filed_report, officer_of

NAMED = "Nemo"
OFFICERS = (["case-officer"], ["case-decider"], ["case-decider", "identity-keeper"], ["outside-recipient"])
BODY = (["body-editor"], ["body-signer"])


def of_the_body(portal: Portal, name: str, roles: list[str] | None = None, *more: str) -> Someone:
    return person(portal, roles=roles or ["body-signer"], name=name, connected_to=["DPR", *more])


def assigned(portal: Portal, office: Office, **report: object) -> Filed:
    filed = filed_report(portal, **report)  # type: ignore[arg-type]
    do(portal, casework.acknowledge, office.officer, filed.case_id)
    do(portal, casework.assign, office.officer, filed.case_id, person_id=office.officer.id)
    return filed


def asked_of(portal: Portal, someone: Someone) -> tuple[hearings.Extract, ...]:
    with portal.database.read() as session:
        return hearings.asked_of(session, actor=someone.actor, keys=portal.keys, now=portal.clock.now())


@pytest.mark.parametrize("roles", OFFICERS, ids=lambda roles: roles[-1])
def test_an_officer_who_was_named_finds_nothing_on_any_surface(
    portal: Portal, office: Office, roles: list[str]
) -> None:
    nemo = person(portal, roles=roles, name=f"{NAMED} {roles[0].title()}")
    report = assigned(portal, office, names=f"keep it from {NAMED}")
    desk: Any = desk_of(portal, nemo)
    desk.check_pages = False
    acts = ("", "/timeline", "/message", "/hear", "/export", "/export-agree", "/package", "/identity", "/who")
    acts += ("/mask", "/mask-agree", "/unmasked", "/files/x/unmasked", "/files/x/grid", "/files/x/proposed")
    for act in acts:
        for method in ("GET", "POST"):
            answered = desk.open(report.address + act, method=method)
            assert answered.status_code in (403, 404, 405), (act, method)
    with portal.database.read() as session:
        now = portal.clock.now()
        assert queue(session, officer=officer_of(nemo), now=now).cases == ()
        offered = assigning.suggested(
            session,
            case_id=report.case_id,
            officer=officer_of(office.officer),
            permission=CasesPermission.HANDLE,
            now=now,
        )
        assert nemo.id not in {one.person_id for one in offered}
    assert titles(portal, nemo) == set()
    for letting in (casework.assign, casework.share):
        with pytest.raises(NotEligible):
            do(portal, letting, office.officer, report.case_id, person_id=nemo.id)


@pytest.mark.parametrize("roles", BODY, ids=lambda roles: roles[-1])
def test_one_of_the_body_who_was_named_is_not_asked_and_their_colleagues_are(
    portal: Portal, office: Office, roles: list[str]
) -> None:
    """Were the extract put before the very person the reporter fears, they would know who had reported."""
    nemo = of_the_body(portal, f"{NAMED} Feared", roles)
    other = of_the_body(portal, "Sig Signer")
    report = assigned(portal, office, names=f"{NAMED}\nand nobody else")
    ask(portal, office.officer, report.case_id)

    (asked,) = asked_of(portal, other)
    assert asked.text is not None and ASKED in titles(portal, other)
    assert asked_of(portal, nemo) == () and titles(portal, nemo) == set()
    with portal.database.read() as session:
        assert duties_of(session, nemo.actor, now=portal.clock.now()) == ()
    desk: Any = desk_of(portal, nemo)
    desk.check_pages = False
    assert asked.id not in desk.get("/desk/asked").get_data(as_text=True)
    never = "0" * 26
    for method in ("GET", "POST"):
        mine, none = (desk.open(f"/desk/asked/{one}", method=method) for one in (asked.id, never))
        assert mine.status_code == none.status_code == 404
        assert mine.get_data(as_text=True).replace(asked.id, never) == none.get_data(as_text=True)


def test_who_is_employed_later_was_not_asked(portal: Portal, office: Office) -> None:
    """Else a new account for somebody who was kept away would open the extract."""
    of_the_body(portal, "Sig Signer")
    report = assigned(portal, office)
    ask(portal, office.officer, report.case_id)
    assert asked_of(portal, of_the_body(portal, "Late Comer")) == ()


def test_people_of_a_body_to_keep_away_are_not_asked_though_they_work_for_the_accused_one(
    portal: Portal, office: Office
) -> None:
    both = of_the_body(portal, "Two Hats", None, "DOT")
    sig = of_the_body(portal, "Sig Signer")
    report = assigned(portal, office, bodies=("DOT", "DPR"))
    ask(portal, office.officer, report.case_id)
    assert len(asked_of(portal, sig)) == 1 and asked_of(portal, both) == ()


def test_where_only_a_named_one_could_answer_nobody_is_asked(portal: Portal, office: Office) -> None:
    nemo = of_the_body(portal, f"{NAMED} Feared")
    report = assigned(portal, office, names=NAMED)
    with pytest.raises(NobodyAnswers):
        ask(portal, office.officer, report.case_id)
    assert asked_of(portal, nemo) == ()


def test_names_in_a_report_that_was_joined_count_as_well(portal: Portal, office: Office) -> None:
    nemo, sig = of_the_body(portal, f"{NAMED} Feared"), of_the_body(portal, "Sig Signer")
    main = assigned(portal, office)
    other = filed_report(portal, names=NAMED)
    do(portal, casework.acknowledge, office.officer, other.case_id)
    do(portal, joining.propose_joining, office.officer, other.case_id, into_id=main.case_id, reason="same")
    do(portal, joining.agree_to_joining, office.decider, other.case_id)
    ask(portal, office.officer, main.case_id)
    assert len(asked_of(portal, sig)) == 1 and asked_of(portal, nemo) == ()
