"""A role that needs training counts only while the training is valid, and nobody vouches for themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import rules
from portal.accounts.errors import NoSuchCourse, NotOnThatDay, OwnCertificate
from portal.accounts.jobs import hold_back_untrained
from portal.accounts.queries import certificates, ending_training, get_person, people_with, trusted_keys
from portal.accounts.services import grant_role, load_anchors, record_certificate, settle_roles
from portal.audit.models import AuditEntry
from portal.cases.errors import NoSuchCase
from portal.cases.jobs import change_locks
from portal.cases.services import epochs
from portal.cases.services.access import get_granted
from portal.duties.models import DutyPerson, DutyRow
from portal.duties.training import remind
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from tests.accounts.browsing import is_signed_in, send, token_in, try_sign_in
from tests.accounts.test_new_keys import writing
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.cases import filed_report, officer_of
from tests.pages import PageClient


def later(portal: Portal, **how_much: Any) -> None:
    portal.clock.at += timedelta(**how_much)  # type: ignore[attr-defined]


def train(
    portal: Portal, someone: Someone, *, by: Someone, course: str = "reports", on: date | None = None
) -> str:
    with portal.database.write() as session:
        return record_certificate(
            session,
            person_id=someone.id,
            course=course,
            issued_on=on or portal.clock.now().date(),
            actor=by.actor,
            now=portal.clock.now(),
        )


def roles_of(portal: Portal, someone: Someone) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with portal.database.read() as session:
        found = get_person(session, someone.id)
    return found.roles, found.held_back


def acts_about(portal: Portal, someone: Someone) -> list[str]:
    with portal.database.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == someone.id).order_by(AuditEntry.id))
        return [row.act for row in rows]


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        (date(2026, 2, 9), 24, date(2028, 2, 9)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
    ],
)
def test_a_certificate_ends_on_the_same_day_or_the_months_last(issued: date, months: int, until: date) -> None:
    assert rules.valid_until(issued, months) == until


def test_a_role_waits_for_its_training_and_then_counts(portal: Portal) -> None:
    administrator, someone = person(portal, roles=["administrator"]), person(portal)
    with portal.database.write() as session:
        about: Any = {"person_id": someone.id, "actor": Actor.system(), "now": portal.clock.now()}
        grant_role(session, role="case-officer", **about)
        grant_role(session, role="auditor", **about)
        assert people_with(session, "cases.intake") == ()
        assert trusted_keys(session, "cases.intake", load_anchors(portal.settings.var)) == ()
    assert roles_of(portal, someone) == (("auditor",), ("case-officer",))
    train(portal, someone, by=administrator, course="evaluation")
    assert roles_of(portal, someone)[1] == ("case-officer",)
    train(portal, someone, by=administrator)
    assert roles_of(portal, someone) == (("auditor", "case-officer"), ())
    assert someone.actor.may("cases.intake")


def test_a_role_lapses_the_day_after_its_training_and_sessions_end(portal: Portal, client: PageClient) -> None:
    someone = person(portal, roles=["case-officer"])
    with portal.database.read() as session:
        (own,) = certificates(session, someone.id)
    later(portal, days=(own.valid_until - portal.clock.now().date()).days)
    sign_in(client, someone)
    with writing(portal) as begun:
        hold_back_untrained(portal)
    assert someone.actor.may("cases.read") and is_signed_in(client)
    assert not begun, "nobody who writes waits every ten minutes for a look at nothing"
    later(portal, hours=15)
    with writing(portal) as begun:
        hold_back_untrained(portal)
    assert begun
    assert roles_of(portal, someone) == ((), ("case-officer",))
    assert not someone.actor.may("cases.read") and not is_signed_in(client)
    acts = acts_about(portal, someone)
    assert acts[-1] == "accounts.hold-role"
    hold_back_untrained(portal)  # and once is enough
    with portal.database.read() as session:
        assert len(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == someone.id)).all()) == len(
            acts
        )


def test_signing_in_looks_at_the_training_by_itself(portal: Portal, client: PageClient) -> None:
    """Though the runner was down: a session never begins under a lapsed role."""
    someone = person(portal, roles=["case-officer"])
    later(portal, days=3 * 366)
    assert try_sign_in(client, someone).status_code == 303
    assert roles_of(portal, someone) == ((), ("case-officer",))
    assert "waits for training" in client.get("/desk/training").get_data(as_text=True)


def test_a_lapse_shuts_cases_and_takes_no_key_away(portal: Portal) -> None:
    """Were keys taken with a lapse, a forgotten course could leave reports that nobody opens again."""
    someone = person(portal, roles=["case-officer"])
    other = person(portal, roles=["case-officer"])
    report = filed_report(portal)
    later(portal, days=3 * 366)
    with portal.database.write() as session:
        assert settle_roles(session, now=portal.clock.now()) == 2
    change_locks(portal)
    officer, now = officer_of(someone), portal.clock.now()
    with portal.database.read() as session:
        with pytest.raises(NoSuchCase):
            get_granted(session, case_id=report.case_id, officer=officer, now=now)
        assert epochs.holders_of(session, report.case_id) == tuple(sorted([someone.id, other.id]))
        assert epochs.newest(session, report.case_id) == 1
    train(portal, someone, by=person(portal, roles=["administrator"]))
    with portal.database.read() as session:
        assert get_granted(session, case_id=report.case_id, officer=officer_of(someone), now=now)


def test_who_may_record_and_what(portal: Portal) -> None:
    administrator, someone = person(portal, roles=["administrator"]), person(portal)
    today = portal.clock.now().date()
    with pytest.raises(Forbidden):
        train(portal, someone, by=person(portal, roles=["auditor"]))
    with pytest.raises(OwnCertificate):
        train(portal, administrator, by=administrator)
    with pytest.raises(NoSuchCourse):
        train(portal, someone, by=administrator, course="dancing")
    for day in (today + timedelta(days=1), today - timedelta(days=366 * 3)):
        with pytest.raises(NotOnThatDay):
            train(portal, someone, by=administrator, on=day)


def test_a_warning_comes_a_month_before(portal: Portal) -> None:
    someone = person(portal, roles=["evaluator"])
    person(portal, roles=["moderator"])
    with portal.database.read() as session:
        (own,) = certificates(session, someone.id)
        assert ending_training(session, own.valid_until - timedelta(days=30)) == ()
        for day in (own.valid_until - timedelta(days=29), own.valid_until + timedelta(days=9)):
            (found,) = ending_training(session, day)
            assert (found.person_id, found.course, found.until) == (someone.id, "evaluation", own.valid_until)
    later(portal, days=(own.valid_until - portal.clock.now().date()).days - 10)
    for _ in ("once", "and again"):
        remind(portal)
    assert waiting_for(portal, someone) == [own.valid_until]
    train(portal, someone, by=person(portal, roles=["administrator"]), course="evaluation")
    remind(portal)
    assert waiting_for(portal, someone) == []


def waiting_for(portal: Portal, someone: Someone) -> list[date]:
    """The days by which this person is told to renew a training."""
    with portal.database.read() as session:
        mine = (
            select(DutyRow).join(DutyPerson).where(DutyRow.kind == "training", DutyPerson.person_id == someone.id)
        )
        return [duty.due_at.date() for duty in session.scalars(mine)]


def test_the_register_on_the_desk(portal: Portal, client: PageClient) -> None:
    administrator, someone = person(portal, roles=["administrator"]), person(portal)
    with portal.database.write() as session:
        grant_role(
            session, person_id=someone.id, role="case-officer", actor=Actor.system(), now=portal.clock.now()
        )
    sign_in(client, administrator)
    wrong = send(client, "/desk/training", person=someone.id, course="reports", issued_on="2031-01-01")
    assert wrong.status_code == 422 and "not valid today" in wrong.get_data(as_text=True)
    assert send(
        client, "/desk/training", person=someone.id, course="reports", issued_on="2026-02-01"
    ).status_code == 303  # fmt: skip
    page = client.get("/desk/training").get_data(as_text=True)
    assert someone.name in page.split("Everybody")[-1] and roles_of(portal, someone)[0] == ("case-officer",)
    with portal.database.read() as session:
        (entry,) = certificates(session, someone.id)
    token = token_in(page.split("Everybody")[-1])
    reply = client.post(f"/desk/training/{entry.id}/withdraw", data={"form_token": token})
    assert reply.status_code == 303
    assert roles_of(portal, someone) == ((), ("case-officer",))


def test_whoever_does_not_record_sees_their_own_alone(portal: Portal, client: PageClient) -> None:
    someone, other = person(portal, roles=["case-officer"]), person(portal, roles=["case-officer"])
    sign_in(client, someone)
    page = client.get("/desk/training").get_data(as_text=True)
    assert other.name not in page and "Your certificates" in page
    assert client.post("/desk/training", data={}).status_code == 403
