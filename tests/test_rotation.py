"""Every key of the server can be changed, again and again, and nothing that is out becomes void: no seven words,
no code on a receipt or for an answer, no pass phrase, nothing that lies sealed."""

from typing import Any

from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.cli import ROTATABLE, staff
from portal.audit.models import AuditEntry
from portal.cases import stamps
from portal.cases.codes import lookup
from portal.cases.models import Epoch, Mailbox
from portal.cases.queries import read_case
from portal.cases.services import mailbox
from portal.foundation.context import Portal
from portal.foundation.keys import NAMES
from portal.ratings import asked, services
from portal.ratings.models import ReceiptRow
from tests.accounts.browsing import try_sign_in
from tests.conftest import new_client
from tests.factories.answers import want_answer
from tests.factories.cases import Filed, a_figure, an_office, filed_report, officer_of
from tests.factories.ratings import fold, issue, publish_services
from tests.pages import PageClient

SIGN_THE_LOG = {"log-signing", "files-signing"}
"""The log announces in public when these change: `tests/publishing/log/test_keys.py`."""


def rotate(portal: Portal, *names: str) -> None:
    for name in names:
        done = CliRunner().invoke(staff, ["rotate-key", name], obj=portal)
        assert done.exit_code == 0, done.output


def opens(portal: Portal, report: Filed, submission: str) -> bool:
    fields: dict[str, Any] = {"settings": portal.settings, "now": portal.clock.now()}
    with portal.database.write() as session:
        secret = mailbox.enter(session, code=report.code, keys=portal.keys, **fields)
        return mailbox.write(session, secret=secret, text="Once more.", submission=submission, **fields)


def rate(portal: Portal, code: str) -> None:
    """By the pages, as whoever holds the receipt does."""
    client: Any = new_client(portal)
    page = client.get("/rate/permits")
    token = page.get_data(as_text=True).split('name="form_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    sent = client.post("/rate/permits", data={"form_token": token, "level": "5", "receipt": code})
    assert sent.status_code == 303, sent.get_data(as_text=True)


def test_whoever_audits_reads_which_key_was_changed_and_nothing_of_it(portal: Portal) -> None:
    rotate(portal, "lookup", "form-token")
    with portal.database.read() as session:
        rows = session.execute(
            select(AuditEntry.subject, AuditEntry.details).where(AuditEntry.act == "accounts.rotate-key")
        ).all()
    assert sorted(rows) == [("form-token", {}), ("lookup", {})]


def test_a_key_is_not_changed_where_nothing_can_be_recorded(portal: Portal) -> None:
    before = portal.keys.path("lookup").read_bytes()
    with portal.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_row RENAME TO elsewhere")
    assert CliRunner().invoke(staff, ["rotate-key", "lookup"], obj=portal).exit_code
    assert portal.keys.path("lookup").read_bytes() == before


def test_every_key_can_be_rotated() -> None:
    assert set(ROTATABLE) == NAMES - SIGN_THE_LOG


def test_what_is_out_holds_though_every_key_was_changed_twice(portal: Portal, client: PageClient) -> None:
    a_figure(portal)
    publish_services(portal, "permits")
    office, report = an_office(portal), filed_report(portal)
    early, late = issue(portal, "permits", 2)
    answer = want_answer(portal, "permits")
    fold(portal)
    rotate(portal, *ROTATABLE)
    between = filed_report(portal)
    rate(portal, early)
    rotate(portal, *ROTATABLE)

    for filed in (report, between, filed_report(portal)):
        assert opens(portal, filed, "1") and opens(portal, filed, "2")
        with portal.database.read() as session:
            read_case(session, case_id=filed.case_id, officer=officer_of(office.officer), now=portal.clock.now())
    rate(portal, late)
    with portal.database.read() as session:
        assert set(session.scalars(select(ReceiptRow.spent))) == {True}
        key = services.known_follow_up(session, portal.keys, answer)
        assert asked.find_told(session, key or b"") is not None
    assert try_sign_in(client, office.officer).status_code == 303


def test_an_order_that_was_answered_is_answered_alike_after_the_key_changed(portal: Portal) -> None:
    """Else a program that asks again would be given, and count, as many codes again."""
    publish_services(portal, "permits")
    given: dict[str, Any] = {"service": "permits", "count": 2, "keys": portal.keys, "now": portal.clock.now()}
    with portal.database.write() as session:
        first = services.issue_receipts(session, order=b"again", **given)
    rotate(portal, "receipt")
    with portal.database.write() as session:
        assert services.issue_receipts(session, order=b"again", **given) == first
        assert len(session.scalars(select(ReceiptRow.key)).all()) == 2


def test_a_mailbox_that_is_opened_needs_the_keys_from_before_no_more(portal: Portal) -> None:
    a_figure(portal)
    an_office(portal)
    report = filed_report(portal)
    old = {name: portal.keys.get(name) for name in ("lookup", "locks")}
    rotate(portal, *old)
    assert opens(portal, report, "1")
    for name, key in old.items():
        portal.keys.drop(name, key)

    with portal.database.read() as session:
        row = session.get_one(Mailbox, report.case_id)
        assert row.lookup == lookup(report.code, portal.keys.get("lookup"))
        assert row.stamp == stamps.of_mailbox(portal.keys.get("locks"), report.case_id, row.public)
        assert session.scalar(select(Epoch.number)) == 1
    assert opens(portal, report, "2")
