"""Who cannot use a computer reports as safely as everybody, and nobody connected writes it down."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.audit.models import AuditEntry
from portal.cases.models import Case
from portal.cases.services.epochs import holders_of
from portal.cases.values import reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.conftest import new_client
from tests.factories.accounts import person
from tests.factories.cases import Office, answer, case_ids, code_on, desk_of, filed_report, problems, send

LETTER = {"channel": "letter", "body": "DPR", "matter": "pressure", "what": "Quokka: we were told to rate five."}


def test_what_came_by_letter_is_a_case_like_any_other_and_its_words_open_the_mailbox(
    portal: Portal, office: Office
) -> None:
    ada = desk_of(portal, office.officer)
    assert "/desk/cases/enter" in ada.get("/desk/cases").get_data(as_text=True)
    code = code_on(answer(ada, "/desk/cases/enter", expect=200, **LETTER))
    (case_id,) = case_ids(portal)
    page = ada.get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Quokka" in page and "By letter" in page
    mailbox: Any = new_client(portal)
    answer(mailbox, "/report/mailbox", code=code)
    assert "Your report has arrived" in mailbox.get("/report/mailbox").get_data(as_text=True)
    stored = everything_stored(portal)
    for trace in (b"Quokka", code.encode(), code.replace(" ", "").encode()):
        assert trace not in stored
    with portal.database.read() as session:
        holders = holders_of(session, case_id)
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == case_id)).all()
    assert office.decider.id in holders and office.connected.id not in holders
    assert list(acts) == ["cases.enter"]


def test_the_words_are_shown_once(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    form = ada.get("/desk/cases/enter")
    first = send(ada, "/desk/cases/enter", form, **LETTER)
    again = send(ada, "/desk/cases/enter", form, **LETTER)

    assert first.headers["Cache-Control"] == "no-store"
    assert "filed already" in again.get_data(as_text=True) and code_on(first) not in again.get_data(as_text=True)
    assert len(case_ids(portal)) == 1


def test_connected_officer_cannot_enter_a_report_about_their_body(portal: Portal, office: Office) -> None:
    cleo = desk_of(portal, office.connected)
    page = answer(cleo, "/desk/cases/enter", expect=403, **LETTER)

    assert "Somebody who is not has to enter it" in problems(page)[0]
    assert "Quokka" in page.get_data(as_text=True)
    assert case_ids(portal) == set()


def test_only_those_who_receive_reports_enter_them(portal: Portal, office: Office) -> None:
    moderator = desk_of(portal, person(portal, roles=["moderator"]))
    assert office.outside is not None
    for client in (moderator, desk_of(portal, office.outside)):
        assert client.get("/desk/cases/enter").status_code == 403
        assert "/desk/cases/enter" not in client.get("/desk").get_data(as_text=True)


def test_people_named_in_a_letter_do_not_receive_it(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    answer(ada, "/desk/cases/enter", expect=200, **LETTER, names="Mr Decider, their head")
    (case_id,) = case_ids(portal)

    with portal.database.read() as session:
        assert office.decider.id not in holders_of(session, case_id)


def test_where_too_few_could_receive_it_nothing_is_filed_and_nothing_lost(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    page = answer(ada, "/desk/cases/enter", expect=503, **LETTER, names="Officer, Decider, Outside")

    assert "not open" in problems(page)[0] and "Quokka" in page.get_data(as_text=True)
    assert not re.search("gp-words", page.get_data(as_text=True)) and case_ids(portal) == set()


def test_database_itself_refuses_an_unknown_channel(portal: Portal, office: Office) -> None:
    filed_report(portal)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(channel="pigeon"))
