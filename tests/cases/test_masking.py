"""Third parties are masked by two people: for readers, the body and an authority; the original stays sealed."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases.errors import KeyNotHeld, NoSuchCase, NotEligible
from portal.cases.files import FileStore
from portal.cases.listing import Matches
from portal.cases.models import Item, MaskingRow
from portal.cases.queries import queue, read_case, read_original
from portal.cases.services import casework, copies, exports, masks
from portal.cases.values import Asked, CaseFile
from portal.duties.errors import OwnProposal
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from portal.foundation.personal import MASK
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do
from tests.cases.test_export import AUTHORITY, KEY, handed_over
from tests.cases.test_hearing import ask
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report, officer_of, problems

THIRD, NUMBER, REST = "Wilhelmina Quist", "13800138000", "signed the lists at night"
SAID = f"My colleague {THIRD} ({NUMBER}) {REST}."
HOW = "I keep the list myself."


@pytest.fixture
def eve(portal: Portal) -> Someone:
    """Receives reports like others, and works on none."""
    return person(portal, roles=["case-officer"], name="Eve Reader")


@pytest.fixture
def report(portal: Portal, office: Office, eve: Someone) -> Filed:
    filed = filed_report(portal, what=SAID, how=HOW, file=("quist.csv", f"day,who\n1,{THIRD}\n".encode()))
    do(portal, casework.acknowledge, office.officer, filed.case_id)
    do(portal, casework.assign, office.officer, filed.case_id, person_id=office.officer.id)
    do(portal, casework.write_to_reporter, office.officer, filed.case_id, text=f"Who is {THIRD}?", submission="m")
    return filed


def mask(portal: Portal, office: Office, report: Filed, *words: str) -> None:
    do(portal, masks.propose, office.officer, report.case_id, words=words, reason="she did nothing")
    do(portal, masks.agree, office.decider, report.case_id)


def opened(portal: Portal, someone: Someone, report: Filed, read: Any = read_case) -> CaseFile:
    with portal.database.read() as session:
        found = read(session, case_id=report.case_id, officer=officer_of(someone), now=portal.clock.now())
    assert isinstance(found, CaseFile)
    return found


def acts(portal: Portal, report: Filed) -> list[tuple[str, dict[str, str]]]:
    with portal.database.read() as session:
        return [(one.act, dict(one.details)) for one in acts_of_chain(session, case_chain(report.case_id))]


def test_what_two_people_masked_is_masked_for_readers_and_open_on_record_to_those_allowed(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    ada, ben, reader = (desk_of(portal, one) for one in (office.officer, office.decider, eve))
    form = ada.get(f"{report.address}/mask").get_data(as_text=True)
    assert NUMBER in form and "Telephone number" in form
    answer(ada, f"{report.address}/mask", words=f"{THIRD}\nQuist", found=[NUMBER], reason="she did nothing")
    assert THIRD in reader.get(report.address).get_data(as_text=True), "nothing is hidden by one alone"
    proposed = ben.get(f"{report.address}/mask-agree").get_data(as_text=True)
    assert f"My colleague {MASK} ({MASK}) {REST}." in proposed and f'<li dir="auto">{THIRD}</li>' in proposed
    answer(ben, f"{report.address}/mask-agree")

    for desk in (reader, ada, ben):
        page = desk.get(report.address).get_data(as_text=True)
        assert f"My colleague {MASK} ({MASK}) {REST}." in page and f"Who is {MASK}?" in page
        assert "Quist" not in page and "quist" not in page and NUMBER not in page
    assert reader.get(f"{report.address}/unmasked").status_code == 404
    assert reader.get(f"{report.address}/mask").status_code == 404
    for desk in (ada, ben):
        assert SAID not in desk.get(f"{report.address}/unmasked").get_data(as_text=True)
        assert SAID in answer(desk, f"{report.address}/unmasked", expect=200).get_data(as_text=True)

    stored = everything_stored(portal)
    assert b"Wilhelmina" not in stored and NUMBER.encode() not in stored
    done = acts(portal, report)
    assert [act for act, _ in done].count("cases.unmask") == 2
    assert [said["version"] for act, said in done if act == "cases.mask"] == ["1"]


def test_one_person_masks_nothing_and_only_who_works_on_it_begins(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """Else whoever wants a case buried would mask what it rests on."""
    with pytest.raises(NotEligible):
        do(portal, masks.propose, eve, report.case_id, words=[THIRD], reason="x")
    dan = person(portal, roles=["case-decider"], name="Dan Decider")
    do(portal, casework.share, office.officer, report.case_id, person_id=dan.id)
    do(portal, masks.propose, office.decider, report.case_id, words=[THIRD], reason="x")
    with pytest.raises(OwnProposal):
        do(portal, masks.agree, office.decider, report.case_id)
    assert opened(portal, eve, report).masking.marks.words == ()
    do(portal, masks.refuse, dan, report.case_id, reason="x")
    assert opened(portal, eve, report).report.what == SAID


def test_a_newer_mask_takes_the_place_of_the_older_and_none_lifts_it(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    mask(portal, office, report, THIRD)
    with pytest.raises(Invalid):
        do(portal, masks.propose, office.officer, report.case_id, words=[THIRD, " "], reason="x")
    mask(portal, office, report, NUMBER)
    found = opened(portal, eve, report)
    assert found.masking.version == 2 and THIRD in found.report.what and NUMBER not in found.report.what
    mask(portal, office, report)
    assert opened(portal, eve, report).report.what == SAID
    with portal.database.read() as session:
        assert len(session.scalars(select(MaskingRow)).all()) == 3


def test_a_mask_that_cannot_be_opened_shows_nothing(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """Were a lost mask taken for none, deleting one row would lift it for everybody."""
    mask(portal, office, report, THIRD)
    with portal.database.write() as session:
        [row] = session.scalars(select(MaskingRow))
        session.execute(delete(Item).where(Item.id == row.item_id))
    with pytest.raises(KeyNotHeld):
        opened(portal, eve, report)


def test_a_search_finds_no_masked_word(portal: Portal, office: Office, report: Filed, eve: Someone) -> None:
    mask(portal, office, report, THIRD)
    with portal.database.read() as session:
        for words, count in (("wilhelmina", 0), (REST, 1)):
            asked = Asked(words=words, inside=True)
            looking: dict[str, Any] = {"asked": asked, "matches": Matches(), "now": portal.clock.now()}
            assert len(queue(session, officer=officer_of(eve), **looking).cases) == count, words


def test_the_extract_begins_with_masked_words_and_takes_no_other(
    portal: Portal, office: Office, report: Filed
) -> None:
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    mask(portal, office, report, THIRD, NUMBER)
    ada = desk_of(portal, office.officer)
    begun = ada.get(f"{report.address}/hear?begin=masked").get_data(as_text=True)
    assert f"My colleague {MASK} ({MASK}) {REST}." in begun and THIRD not in begun
    assert HOW not in begun, "it says who the reporter is"
    refused = answer(ada, f"{report.address}/hear", text="What did wilhelmina QUIST do?", expect=422)
    assert any("Take out what is masked in this case: Wilhelmina Quist." in one for one in problems(refused))
    assert "There is nothing here." in desk_of(portal, signer).get("/desk/asked").get_data(as_text=True)
    ask(portal, office.officer, report.case_id)


def hand_over(portal: Portal, office: Office, report: Filed, **more: bool) -> str:
    for someone, act in ((office.officer, exports.propose), (office.decider, exports.agree)):
        fields: dict[str, Any] = {"officer": officer_of(someone), "now": portal.clock.now()}
        if act is exports.propose:
            fields |= {"case": opened(portal, someone, report), "recipient": KEY, "reason": "so", **more}
        else:
            fields["case_id"] = report.case_id
        with portal.database.write() as session:
            act(session, **fields)
    read = read_original if more.get("original") else read_case
    return handed_over(portal, office.officer, report.case_id, read=read)


def clean(portal: Portal, office: Office, report: Filed) -> None:
    (file,) = opened(portal, office.officer, report).files
    copy = copies.clean(FileStore(portal.settings.var), file, day=portal.clock.now().date())
    do(portal, copies.keep, office.officer, report.case_id, copy=copy)


def test_an_authority_gets_masked_words_only_where_that_was_said_and_agreed(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    clean(portal, office, report)
    mask(portal, office, report, THIRD, NUMBER)
    handed = hand_over(portal, office, report)
    assert f"My colleague {MASK} ({MASK}) {REST}." in handed and f"1,{MASK}" in handed
    assert "Quist" not in handed and NUMBER not in handed
    assert '"words masked": true' in handed
    whole = hand_over(portal, office, report, original=True)
    assert SAID in whole and f"1,{THIRD}" in whole
    taken = [said["words"] for act, said in acts(portal, report) if act == "cases.take-export"]
    assert taken == ["masked", "original"]
    with portal.database.write() as session:
        asking: dict[str, Any] = {"officer": officer_of(eve), "now": portal.clock.now(), "reason": "so"}
        with pytest.raises(NotEligible):
            exports.propose(session, case=opened(portal, eve, report), recipient=KEY, original=True, **asking)


def test_the_original_goes_to_an_authority_only_with_a_reason(
    portal: Portal, office: Office, report: Filed
) -> None:
    clean(portal, office, report)
    mask(portal, office, report, THIRD)
    ada = desk_of(portal, office.officer)
    asked = {"recipient": str(AUTHORITY.to_public()), "reason": "the prosecutor asks", "original": "y"}
    refused = answer(ada, f"{report.address}/export", expect=422, **asked)
    assert any("why the authority needs" in one for one in problems(refused))
    answer(ada, f"{report.address}/export", need="they know her", **asked)
    answer(desk_of(portal, office.decider), f"{report.address}/export-agree")
    assert opened(portal, office.officer, report).export.original
    answer(ada, f"{report.address}/package", expect=200)


def test_who_may_not_read_what_is_masked_gets_the_answer_of_a_case_that_is_not_there(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    mask(portal, office, report, THIRD)
    with pytest.raises(NoSuchCase):
        opened(portal, eve, report, read_original)
    with pytest.raises(NotEligible):
        do(portal, masks.note_reading, eve, report.case_id)
    assert opened(portal, office.decider, report, read_original).report.what == SAID


def test_nobody_gives_a_masked_case_to_themselves_to_read_what_is_masked(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """Else the mask would hide a third party from readers for as long as it takes to press a button."""
    mask(portal, office, report, THIRD)
    reader = desk_of(portal, eve)
    form = reader.get(f"{report.address}/assign").get_data(as_text=True)
    assert eve.id not in form and office.officer.id in form
    with pytest.raises(NotEligible):
        do(portal, casework.assign, eve, report.case_id, person_id=eve.id)
    assert reader.get(f"{report.address}/unmasked").status_code == 404
    do(portal, casework.assign, office.officer, report.case_id, person_id=eve.id)
    assert SAID in answer(reader, f"{report.address}/unmasked", expect=200).get_data(as_text=True)
