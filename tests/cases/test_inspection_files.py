"""What an officer attaches to an inspection's result is evidence of the case; nothing of it is its reporter's."""

import io
import json
import tarfile
from collections import Counter
from dataclasses import replace
from io import BytesIO
from typing import Any

import pyrage
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.cases.errors import FilesNotCleaned, NoSuchCase, NotEligible, WrongState
from portal.cases.files import FileStore
from portal.cases.models import Item, StoredFile
from portal.cases.services import casework, copies, decisions, exports, inspections, masks, removals
from portal.cases.values import CleanedCopy, FileMask, Finding, Method, SentFile, Shown
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from portal.foundation.migrate import downgrade, upgrade
from portal.foundation.personal import MASK
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do
from tests.cases.test_export import AUTHORITY, KEY
from tests.cases.test_followups import look
from tests.cases.test_masking import opened
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    UNWRITTEN,
    Filed,
    Office,
    answer,
    case_ids,
    desk_of,
    filed_report,
    officer_of,
    problems,
    sealed_file,
)

THIRD = "Wilhelmina"
LISTED = f"day,who\n1,{THIRD}\n".encode()
NAME, TOLD = "lists-of-wilhelmina.csv", "lists-of-wilhelmina"


@pytest.fixture
def eve(portal: Portal) -> Someone:
    return person(portal, roles=["case-officer"], name="Eve Inspector")


@pytest.fixture
def report(portal: Portal, office: Office, eve: Someone) -> Filed:
    """A case in which Eve is to inspect what it is about."""
    filed = filed_report(portal, file=("theirs.txt", b"what the reporter sent"))
    do(portal, casework.acknowledge, office.officer, filed.case_id)
    do(portal, casework.assign, office.officer, filed.case_id, person_id=office.officer.id)
    wanted: dict[str, Any] = {
        "method": Method.FIELD,
        "day": portal.clock.now().date(),
        "text": "Count the sheets.",
    }
    do(portal, inspections.order, office.officer, filed.case_id, team=[eve.id], submission="order", **wanted)
    return filed


def attach(portal: Portal, someone: Someone, report: Filed, *, name: str = NAME, data: bytes = LISTED) -> SentFile:
    file = sealed_file(portal, name, data)
    do(portal, inspections.attach_file, someone, report.case_id, file=file, submission=file.id)
    return file


def cleaned(portal: Portal, someone: Someone, report: Filed) -> None:
    """As if somebody had asked for every copy; that it is made in a process of its own is tested elsewhere."""
    for file in opened(portal, someone, report).files:
        copy = CleanedCopy(file.id, "text", sealed_file(portal, f"{file.name[:-4]}.txt", LISTED), None)
        do(portal, copies.keep, someone, report.case_id, copy=copy)


def stored_files(portal: Portal) -> set[str]:
    return {one.name for one in FileStore(portal.settings.var).folder.iterdir()}


def test_one_of_the_team_attaches_a_file_and_those_who_hold_the_case_get_its_copy(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    inspector, ada = desk_of(portal, eve), desk_of(portal, office.officer)
    attaching = f"{report.address}/inspected-file"
    answer(inspector, attaching, file=(BytesIO(LISTED), NAME))
    answer(inspector, f"{report.address}/inspected", text="They were made up.")
    again = answer(inspector, attaching, file=(BytesIO(LISTED), "more.csv"))
    assert again.headers["Location"] == attaching
    assert NAME in inspector.get(attaching).get_data(as_text=True), "also after the result was written"

    case = opened(portal, office.officer, report)
    assert [(one.name, one.by) for one in case.files] == [
        ("theirs.txt", None),
        (NAME, eve.id),
        ("more.csv", eve.id),
    ]
    page = ada.get(report.address).get_data(as_text=True)
    assert NAME in page and "Files of the inspection, which the reporter never sees" in page
    file = f"{report.address}/files/{case.files[1].id}"
    answer(ada, file)
    assert THIRD in ada.get(f"{file}/copy").get_data(as_text=True)
    answer(ada, f"{file}/original", expect=200, sure="y")
    assert "Attached a file to what the inspection found" in ada.get(f"{report.address}/timeline").get_data(
        as_text=True
    )
    stored = everything_stored(portal)
    assert THIRD.encode() not in stored and TOLD.encode() not in stored


def test_the_reporter_learns_nothing_of_it(portal: Portal, office: Office, report: Filed, eve: Someone) -> None:
    """Neither its name, nor its number, nor that there is one; nor does it take the place of a file of theirs."""
    before = look(portal, report)
    for number in range(inspections.MOST_FILES):
        attach(portal, eve, report, name=f"{number}-{NAME}")
    assert look(portal, report) == before and before is not None
    assert [one.name for one in before.files] == ["theirs.txt"]
    box = new_client(portal)
    answer(box, "/report/mailbox", code=report.code)
    answer(box, "/report/mailbox/1", file=(BytesIO(b"x"), "later.csv"))
    for address in ("/report/mailbox", "/report/mailbox/1"):
        page = box.get(address).get_data(as_text=True)
        assert "later.csv" in page and TOLD not in page and "inspection" not in page
    numbers = [number for number, one in enumerate(opened(portal, eve, report).files, 1) if one.by is None]
    assert numbers == [1, 32] and opened(portal, eve, report).summary.files == 2


def test_for_a_connected_officer_there_is_no_such_file_as_there_is_no_such_case(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    file = attach(portal, eve, report)
    cleo, nowhere = (
        desk_of(portal, office.connected),
        report.address[:-1] + ("0" if report.address[-1] != "0" else "1"),
    )
    for rest in ("inspected-file", f"files/{file.id}", f"files/{file.id}/copy", f"files/{file.id}/original"):
        there, none = cleo.get(f"{report.address}/{rest}"), cleo.get(f"{nowhere}/{rest}")
        assert (there.status_code, none.status_code) == (404, 404)
        assert there.get_data(as_text=True).replace(report.address, nowhere) == none.get_data(as_text=True)
    sent = {"file": (BytesIO(LISTED), NAME), "form_token": "x"}
    refused = cleo.post(f"{report.address}/inspected-file", data=sent, content_type="multipart/form-data")
    assert refused.status_code == 404
    with pytest.raises(NoSuchCase):
        attach(portal, office.connected, report)


def test_only_the_team_attaches_and_only_while_the_case_is_open(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    assert desk_of(portal, office.officer).get(f"{report.address}/inspected-file").status_code == 404
    with pytest.raises(NotEligible):
        attach(portal, office.officer, report)
    do(portal, inspections.cancel, office.officer, report.case_id)
    with pytest.raises(WrongState):
        attach(portal, eve, report)
    do(portal, decisions.propose_finding, office.officer, report.case_id, finding=Finding.NOT_UPHELD, reason="so")
    do(portal, decisions.decide, office.decider, report.case_id)
    do(portal, decisions.close, office.officer, report.case_id, **UNWRITTEN)
    with pytest.raises(WrongState):
        attach(portal, eve, report)


def test_what_is_refused_leaves_no_file_and_what_was_typed_is_on_a_page_of_its_own(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    small = replace(portal, settings=portal.settings.model_copy(update={"upload_limit_mb": 1}))
    inspector, attaching = desk_of(small, eve), f"{report.address}/inspected-file"
    before = stored_files(portal)
    empty = answer(inspector, attaching, file=(BytesIO(b""), ""), expect=422)
    assert problems(empty) == ["Choose a file first. Empty files cannot be added."]
    large = answer(inspector, attaching, file=(BytesIO(b"x" * (1024 * 1024 + 1)), "big.bin"), expect=413)
    page = large.get_data(as_text=True)
    assert "A file may have up to 1 MB." in page and f'href="{attaching}"' in page
    assert stored_files(portal) == before
    kept = answer(inspector, f"{report.address}/inspected", text="y" * 20_001, expect=422)
    assert "y" * 20_001 in kept.get_data(as_text=True)


def test_the_same_form_sent_twice_is_kept_once_and_a_full_case_says_so(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    inspector, attaching = desk_of(portal, eve), f"{report.address}/inspected-file"
    page = inspector.get(attaching)
    token = page.get_data(as_text=True).split('name="form_token"')[1].split('value="')[1].split('"')[0]
    for _ in range(2):
        sent = {"file": (BytesIO(LISTED), NAME), "form_token": token}
        assert inspector.post(attaching, data=sent, content_type="multipart/form-data").status_code == 303
    files = opened(portal, eve, report).files
    assert len(files) == 2 and stored_files(portal) == {one.id for one in files}
    for _ in range(inspections.MOST_FILES - 1):
        attach(portal, eve, report)
    full = answer(inspector, attaching, file=(BytesIO(LISTED), NAME), expect=422)
    assert problems(full) == ["A case takes 30 files of inspections, and has them."]
    with pytest.raises(Invalid):
        attach(portal, eve, report)


def test_a_mask_covers_it_like_every_file(portal: Portal, office: Office, report: Filed, eve: Someone) -> None:
    file = attach(portal, eve, report)
    cleaned(portal, eve, report)
    theirs = opened(portal, eve, report).files[0]
    said = (FileMask(file.id, Shown.WORDS), FileMask(theirs.id, Shown.WORDS))
    do(portal, masks.propose, office.officer, report.case_id, words=[THIRD], files=said, reason="did nothing")
    do(portal, masks.agree, office.decider, report.case_id)

    reader, address = desk_of(portal, eve), f"{report.address}/files/{file.id}"
    page = reader.get(report.address).get_data(as_text=True)
    assert TOLD not in page and f"lists-of-{MASK}.csv" in page
    copy = reader.get(f"{address}/copy").get_data(as_text=True)
    assert THIRD not in copy and MASK in copy
    assert reader.get(f"{address}/original").status_code == 404
    said = (FileMask(file.id, Shown.WITHHELD), FileMask(theirs.id, Shown.WORDS))
    do(portal, masks.propose, office.officer, report.case_id, words=[THIRD], files=said, reason="did nothing")
    do(portal, masks.agree, office.decider, report.case_id)
    assert reader.get(f"{address}/copy").status_code == 404


def test_an_authority_gets_its_cleaned_copy_and_who_attached_it_by_number(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    attach(portal, eve, report)
    asking: dict[str, Any] = {"reason": "x", "officer": officer_of(office.officer), "now": portal.clock.now()}
    with pytest.raises(FilesNotCleaned), portal.database.write() as session:
        exports.propose(session, case=opened(portal, office.officer, report), recipient=KEY, **asking)
    cleaned(portal, eve, report)
    ada = desk_of(portal, office.officer)
    answer(ada, f"{report.address}/export", recipient=KEY, reason="the prosecutor asks")
    answer(desk_of(portal, office.decider), f"{report.address}/export-agree")
    taken = answer(ada, f"{report.address}/package", expect=200)
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(taken.data, [AUTHORITY]))) as archive:
        found = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    assert found["files/02.txt"] == LISTED
    theirs, ours = json.loads(found["case.json"])["files"]
    assert "attached by" not in theirs and ours["attached by"].startswith("officer ")
    assert not any(eve.id.encode() in one or TOLD.encode() in one for one in found.values())


def test_it_goes_with_the_case(portal: Portal, office: Office, report: Filed, eve: Someone) -> None:
    attach(portal, eve, report)
    cleaned(portal, eve, report)
    with portal.database.write() as session:
        gone = removals.reapply_deletions(session, case_ids=[report.case_id], now=portal.clock.now())
    assert set(gone) == stored_files(portal) and len(gone) == 4
    with portal.database.read() as session:
        assert session.scalars(select(Item)).all() == [] == session.scalars(select(StoredFile)).all()
    assert case_ids(portal) == set()


def test_the_kinds_of_items_come_down_and_up_again_with_all_the_others(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    attach(portal, eve, report)
    before = kinds(portal)
    assert before.pop("inspection-file") == 1
    downgrade(portal.database, "0070_session_secrets")
    assert kinds(portal) == before
    with pytest.raises(IntegrityError):
        become(portal, "inspection-file")
    upgrade(portal.database)
    assert kinds(portal) == before
    with pytest.raises(IntegrityError):
        become(portal, "anything")
    attach(portal, eve, report)


def kinds(portal: Portal) -> Counter[str]:
    with portal.database.read() as session:
        return Counter(session.scalars(select(Item.kind)))


def become(portal: Portal, kind: str) -> None:
    with portal.database.write() as session:
        session.execute(update(Item).values(kind=kind))
