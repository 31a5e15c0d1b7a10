"""Who cannot use a computer reports as safely as everybody, and nobody connected writes it down."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import rules
from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.audit.models import AuditEntry
from portal.cases.models import Case, ReporterSession, StoredFile
from portal.cases.services.epochs import holders_of
from portal.cases.values import reference
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.conftest import new_client
from tests.factories import publishing as published
from tests.factories.accounts import person
from tests.factories.cases import Office, answer, case_ids, code_on, desk_of, filed_report, problems, send

ENTER, CHECK = "/desk/cases/enter", "/desk/cases/enter/check"
LETTER = {"channel": "letter", "body": "DPR", "matter": "pressure", "what": "Quokka: we were told to rate five."}


def entered(client: Any, **fields: Any) -> str:
    """What somebody said, checked and filed: the words to hand over."""
    assert answer(client, ENTER, **{**LETTER, **fields}).headers["Location"] == CHECK
    return code_on(answer(client, CHECK, expect=200))


def test_what_came_by_letter_is_a_case_like_any_other_and_its_words_open_the_mailbox(
    portal: Portal, office: Office
) -> None:
    ada = desk_of(portal, office.officer)
    assert "/desk/cases/enter" in ada.get("/desk/cases").get_data(as_text=True)
    code = entered(ada)
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
    answer(ada, ENTER, **LETTER)
    form = ada.get(CHECK)
    first, again = send(ada, CHECK, form), send(ada, CHECK, form)

    assert first.headers["Cache-Control"] == "no-store"
    assert "filed already" in again.get_data(as_text=True) and code_on(first) not in again.get_data(as_text=True)
    assert len(case_ids(portal)) == 1
    assert ada.get(CHECK).headers["Location"] == ENTER, "nothing of it is left to the officer"
    assert "Quokka" not in ada.get(ENTER).get_data(as_text=True)
    with portal.database.read() as session:
        assert session.scalars(select(ReporterSession)).all() == []


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
    entered(ada, names="Mr Decider, their head")
    (case_id,) = case_ids(portal)

    with portal.database.read() as session:
        assert office.decider.id not in holders_of(session, case_id)


def test_where_too_few_could_receive_it_nothing_is_filed_and_nothing_lost(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    answer(ada, ENTER, **LETTER, names="Officer, Decider, Outside")
    assert "Nobody can receive it like this" in ada.get(CHECK).get_data(as_text=True)
    page = answer(ada, CHECK, expect=503)

    assert "not open" in problems(page)[0] and "Quokka" in page.get_data(as_text=True)
    assert not re.search("gp-words", page.get_data(as_text=True)) and case_ids(portal) == set()


@pytest.fixture
def roads(portal: Portal, office: Office) -> str:
    """A figure of another body, as a form names it."""
    given = published.figure(body="DOT", indicator="potholes", actual="12")
    published.append(portal, published.body("DOT"), published.indicator("potholes"), given)
    return "DOT|potholes|2022||2"


def test_a_letter_can_be_about_several_figures_and_bring_files(portal: Portal, office: Office, roads: str) -> None:
    ada = desk_of(portal, office.officer)
    near = person(portal, roles=["case-decider"], name="Rhoda Roads", connected_to=["DOT"])
    assert answer(ada, ENTER, **LETTER, then="about").headers["Location"] == f"{ENTER}/about"
    found = answer(ada, f"{ENTER}/about", expect=200, q="potholes", then="search").get_data(as_text=True)
    assert f'value="{roads}"' in found
    answer(ada, f"{ENTER}/about", q="potholes", chosen=[roads], then="add")
    answer(ada, f"{ENTER}/files", file=(BytesIO(b"wombat,1"), "sheet.csv"), then="add")
    answer(ada, f"{ENTER}/files", file=(BytesIO(b"other"), "other.csv"), then="add")
    second = re.findall(r'name="remove" value="([0-9a-z]+)"', ada.get(f"{ENTER}/files").get_data(as_text=True))[1]
    answer(ada, f"{ENTER}/files", remove=second)
    page = ada.get(CHECK).get_data(as_text=True)
    assert "Indicator potholes, 2022" in page and "Body DPR" in page and "By letter" in page
    assert "sheet.csv" in page and "other.csv" not in page
    assert b"wombat" not in everything_stored(portal)
    answer(ada, CHECK, expect=200)

    (case_id,) = case_ids(portal)
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        assert (case.body_code, case.indicator_code, case.further, case.files) == ("DOT", "potholes", 1, 1)
        assert case.channel == "letter"
        held = holders_of(session, case_id)
    assert office.decider.id in held and near.id not in held and office.connected.id not in held
    assert "sheet.csv" in ada.get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)


def test_an_officer_connected_to_any_of_them_cannot_enter_it(portal: Portal, office: Office, roads: str) -> None:
    """Else they would write down, in their own words, what is said of the body they belong to."""
    rhoda = person(portal, roles=["case-officer"], name="Rhoda Roads", connected_to=["DOT"])
    desk = desk_of(portal, rhoda)
    answer(desk, ENTER, **LETTER)
    refused = answer(desk, f"{ENTER}/about", expect=403, q="potholes", chosen=[roads], then="add")
    assert "Somebody who is not has to enter it" in problems(refused)[0]
    assert "Indicator potholes" not in desk.get(CHECK).get_data(as_text=True)
    with portal.database.write() as session:
        connect(
            session,
            person_id=rhoda.id,
            kind=ConnectionKind.EMPLOYED,
            body_code="DPR",
            now=portal.clock.now(),
        )
    assert "Somebody who is not has to enter it" in problems(answer(desk, CHECK, expect=403))[0]
    assert case_ids(portal) == set()


def test_a_name_that_is_given_is_sealed_apart(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    assert "Who they are" not in ada.get(ENTER).get_data(as_text=True), "nobody could open it"
    for name in ("Ike First", "Ira Second"):
        person(portal, roles=["case-officer", "identity-keeper"], name=name)
    answer(ada, ENTER, expect=503, **LETTER, identity="Numbat", names="First")
    entered(ada, identity="Numbat, at the lake", bodies=["DPR"])
    (case_id,) = case_ids(portal)
    page = ada.get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)
    assert "Sealed apart" in page and "Numbat" not in page
    assert "People of Body DPR" in page


def test_whoever_chooses_a_kind_sees_its_questions_before_the_summary(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    page = answer(ada, ENTER, expect=200, **LETTER, asked="other").get_data(as_text=True)
    assert "Questions about this kind" in page and "Who asked what of whom?" in page and "Quokka" in page
    answer(ada, ENTER, **LETTER, asked="pressure", pressed="The head, of the counter.")
    assert "The head, of the counter." in ada.get(CHECK).get_data(as_text=True)
    answer(ada, CHECK, expect=200)
    (case_id,) = case_ids(portal)
    assert "The head, of the counter." in ada.get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)


def test_what_an_officer_began_is_theirs_alone_and_forgotten_when_they_stop(
    portal: Portal, office: Office
) -> None:
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    answer(ada, ENTER, **LETTER)
    answer(ada, f"{ENTER}/files", file=(BytesIO(b"wombat"), "sheet.csv"), then="add")
    assert "Quokka" in ada.get(ENTER).get_data(as_text=True)
    assert (
        ben.get(CHECK).headers["Location"]
        == desk_of(portal, office.officer).get(CHECK).headers["Location"]
        == ENTER
    )
    assert ada.post(f"{ENTER}/leave").status_code == 303
    assert "Quokka" not in ada.get(ENTER).get_data(as_text=True)
    with portal.database.read() as session:
        assert session.scalars(select(ReporterSession)).all() == session.scalars(select(StoredFile)).all() == []


def test_what_an_officer_is_entering_outlasts_the_secret_of_their_cookie(
    portal: Portal, office: Office, clock: FixedClock
) -> None:
    """Who takes a statement down for half an hour has another secret at its end, and confirming gives one."""
    ada = desk_of(portal, office.officer)
    secrets = [ada.get_cookie("__Host-desk", domain="portal.test").value]
    answer(ada, ENTER, **LETTER)
    answer(ada, f"{ENTER}/files", file=(BytesIO(b"wombat"), "sheet.csv"), then="add")
    for _ in range(3):
        clock.at += rules.SECRET_LASTS
        assert "Quokka" in ada.get(ENTER).get_data(as_text=True), "opened with the old secret"
        page = ada.get(CHECK).get_data(as_text=True)
        assert "Quokka" in page and "sheet.csv" in page, "opened with the new one"
        secrets.append(ada.get_cookie("__Host-desk", domain="portal.test").value)
    answer(ada, "/desk/confirm", code=office.officer.code)
    secrets.append(ada.get_cookie("__Host-desk", domain="portal.test").value)
    assert len(set(secrets)) == 5

    form = ada.get(CHECK)
    clock.at += rules.SECRET_LASTS
    ada.get("/desk")
    clock.at += timedelta(seconds=1)
    code = code_on(send(ada, CHECK, form))
    assert ada.get(CHECK).headers["Location"] == ENTER
    mailbox: Any = new_client(portal)
    answer(mailbox, "/report/mailbox", code=code)
    assert "Your report has arrived" in mailbox.get("/report/mailbox").get_data(as_text=True)


def test_database_itself_refuses_an_unknown_channel(portal: Portal, office: Office) -> None:
    filed_report(portal)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(channel="pigeon"))
