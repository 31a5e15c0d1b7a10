"""What two people masked of a file reaches no reader, no body and no authority; the original stays as it came."""

import io
import json
import tarfile
from dataclasses import replace
from typing import Any

import pyrage
import pytest
from PIL import Image
from sqlalchemy import select

from portal.accounts.services import declare_interest
from portal.cases.areas import areas_in
from portal.cases.cleaning import child, covering
from portal.cases.errors import NoSuchCase, NotEligible
from portal.cases.files import FileStore
from portal.cases.jobs import HANDLERS
from portal.cases.models import StoredFile
from portal.cases.queries import get_file, read_case, read_original
from portal.cases.services import casework, copies, hearings, masked, masks, removals, taking_back
from portal.cases.values import CleanedCopy, FileMask, Marks, Proposed, Shown
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from portal.foundation.jobs import Runner
from portal.foundation.personal import MASK
from tests.cases.conftest import everything_stored
from tests.cases.test_cleaning import WHO, loud_pdf
from tests.cases.test_desk import do
from tests.cases.test_export import AUTHORITY, KEY
from tests.cases.test_masking import acts, opened
from tests.cases.test_unheld import left_by_all, let_in, new_officers
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report, officer_of, problems, sealed_file

THIRD = "Wilhelmina Quist"
LISTED = f"day,who\n1,{THIRD}\n2,WILHELMINA\nQUIST\n".encode()
CELLS = "C4:F9\nZ40"
SIZE = (260, 400)


def portrait() -> bytes:
    """A photograph of noise, of which no part looks like another, with a name inside."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = WHO
    Image.effect_noise(SIZE, 90).convert("RGB").save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


PORTRAIT, PAGES = portrait(), loud_pdf()
FILES = (("quist_list.csv", LISTED), ("Quist at her desk.jpg", PORTRAIT), ("letter.pdf", PAGES))
CLEANED = tuple(child.cleaned(data) for _, data in FILES)
"""Made once for all and in this process: that it happens in one of its own is tested with attachments."""


@pytest.fixture
def eve(portal: Portal) -> Someone:
    """Receives reports like others, and works on none."""
    return person(portal, roles=["case-officer"], name="Eve Reader")


@pytest.fixture
def report(portal: Portal, office: Office, eve: Someone) -> Filed:
    filed = filed_report(portal, what="Look at the files.", files=FILES)
    do(portal, casework.acknowledge, office.officer, filed.case_id)
    do(portal, casework.assign, office.officer, filed.case_id, person_id=office.officer.id)
    for file, (kind, ending, data) in zip(opened(portal, office.officer, filed).files, CLEANED, strict=True):
        copy = CleanedCopy(file.id, kind.value, sealed_file(portal, f"{file.name[:-4]}.{ending}", data), None)
        do(portal, copies.keep, office.officer, filed.case_id, copy=copy)
    return filed


def cover(portal: Portal, office: Office, report: Filed, cells: str = CELLS) -> FileMask:
    """What readers get of the photograph."""
    case = opened(portal, office.officer, report, read_original)
    (copy,) = [one for one in case.copies if one.is_picture]
    areas = areas_in(cells)
    _, made = covering.covered(CLEANED[1][2], areas)
    return FileMask(copy.of, Shown.COVERED, areas=areas, copy=sealed_file(portal, "a.jpg", made))


def mask(portal: Portal, office: Office, report: Filed, *files: FileMask, words: tuple[str, ...] = ()) -> None:
    do(portal, masks.propose, office.officer, report.case_id, words=words, files=files, reason="did nothing")
    do(portal, masks.agree, office.decider, report.case_id)


def addresses(portal: Portal, office: Office, report: Filed) -> list[str]:
    return [f"{report.address}/files/{one.id}" for one in opened(portal, office.officer, report).files]


def is_covered(data: bytes) -> bool:
    """That everything is black which was to be covered, and everything else is there; raises where it is not."""
    with Image.open(io.BytesIO(data)) as now, Image.open(io.BytesIO(PORTRAIT)) as was:
        assert now.size == was.size == SIZE and not now.getexif() and "comment" not in now.info
        for area in areas_in(CELLS):
            left, top, right, bottom = area.pixels(*SIZE)
            inside = now.crop((left, top, right, bottom))
            # the frame of a black area may be a shade off: a JPEG packs squares of dots together
            assert max(one[1] for one in inside.convert("RGB").getextrema()) < 60
        here, before = (one.convert("L").crop((140, 200, 240, 300)) for one in (now, was))
        off = [abs(a - b) for a, b in zip(here.tobytes(), before.tobytes(), strict=True)]
        assert sum(off) / len(off) < 8
    return True


def test_readers_get_what_two_agreed_on_and_those_allowed_the_original(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    ada, ben, reader = (desk_of(portal, one) for one in (office.officer, office.decider, eve))
    listed, photo, letter = addresses(portal, office, report)
    form = ada.get(f"{report.address}/mask").get_data(as_text=True)
    assert f'href="{photo}/grid"' in form and "Parts of a PDF cannot be covered here" in form
    assert ada.get(f"{photo}/grid").data.startswith(b"\xff\xd8")
    said = {"file_1": "words", "file_2": "covered", "cells_2": CELLS, "file_3": "withheld"}
    said |= {"words": f"{THIRD}\nQuist", "reason": "she did nothing"}
    answer(ada, f"{report.address}/mask", names=[photo.rpartition("/")[2]], **said)
    assert reader.get(f"{photo}/copy").status_code == 200, "nothing is hidden by one alone"
    proposed = ben.get(f"{report.address}/mask-agree").get_data(as_text=True)
    assert "Quist at her desk.jpg" in proposed and "File 2.jpg" in proposed
    assert is_covered(ben.get(f"{photo}/proposed").data)
    assert ben.get(f"{letter}/proposed").status_code == reader.get(f"{photo}/proposed").status_code == 404
    answer(ben, f"{report.address}/mask-agree")

    for desk in (reader, ada, ben):
        page = desk.get(report.address).get_data(as_text=True)
        assert "File 2.jpg" in page and f"{MASK}_list.csv" in page and "uist" not in page
        for address, shown in ((listed, "masked are left out"), (photo, "in black"), (letter, "withheld")):
            page = desk.get(address).get_data(as_text=True)
            assert "uist" not in page and shown in page.lower(), address
        text = desk.get(f"{listed}/copy")
        assert text.data.decode() == f"day,who\n1,{MASK}\n2,{MASK}\n"
        taken = desk.get(f"{photo}/copy")
        assert is_covered(taken.data)
        for headers in (text.headers, taken.headers):
            assert "uist" not in headers["Content-Disposition"] and "%E5" not in headers["Content-Disposition"]
        assert taken.headers["Content-Disposition"] == "attachment; filename=file-2.jpg"
        assert desk.get(f"{letter}/copy").status_code == 404
    for address in (listed, photo, letter):
        for part in ("unmasked", "original", "proposed"):
            assert reader.get(f"{address}/{part}").status_code == 404, part
            assert reader.post(f"{address}/{part}").status_code in (404, 405), part

    whole = answer(ada, f"{photo}/unmasked", expect=200)
    assert whole.data.startswith(b"\xff\xd8") and whole.data != taken.data
    assert answer(ben, f"{letter}/unmasked", expect=200).data.startswith(b"%PDF")
    assert answer(ada, f"{photo}/original", expect=200, sure="y").data == PORTRAIT
    done = acts(portal, report)
    assert [said["file"] for act, said in done if act == "cases.unmask"] == [
        one.rpartition("/")[2] for one in (photo, letter)
    ]
    stored = everything_stored(portal)
    for needle in (b"Wilhelmina", b"at her desk", CELLS.encode(), taken.data[300:360], whole.data[300:360]):
        assert needle not in stored


def package_of(portal: Portal, office: Office, report: Filed, **more: str) -> dict[str, bytes]:
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    answer(ada, f"{report.address}/export", recipient=KEY, reason="the prosecutor asks", **more)
    answer(ben, f"{report.address}/export-agree")
    taken = answer(ada, f"{report.address}/package", expect=200)
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(taken.data, [AUTHORITY]))) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]


def test_an_authority_gets_files_as_readers_do_and_is_told_what_was_withheld(
    portal: Portal, office: Office, report: Filed
) -> None:
    mask(portal, office, report, cover(portal, office, report), words=(THIRD,))
    found = package_of(portal, office, report)
    said = ["about.json", "case.json", "messages.json", "report.json", "trail.json"]
    assert sorted(found) == sorted([*said, "files/01.txt", "files/02.jpg"])
    assert is_covered(found["files/02.jpg"]) and WHO.encode() not in found["files/02.jpg"]
    assert found["files/01.txt"].decode() == f"day,who\n1,{MASK}\n2,{MASK}\n"
    told = json.loads(found["case.json"])["files"]
    assert [one.get("masked") for one in told] == ["words", "covered", None]
    assert told[2] == {"file": 3, "left out": "withheld"}
    assert not any(THIRD.split()[0].lower().encode() in data.lower() for data in found.values())

    whole = package_of(portal, office, report, original="y", need="they know her")
    assert THIRD in whole["files/01.txt"].decode() and whole["files/03.pdf"].startswith(b"%PDF")
    assert whole["files/02.jpg"] != found["files/02.jpg"] and WHO.encode() not in whole["files/02.jpg"]


def test_a_file_that_came_after_the_mask_is_withheld_until_somebody_has_looked_at_it(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """What nobody has looked at may name anybody."""
    listed, photo, letter = (one.id for one in opened(portal, office.officer, report).files)
    mask(portal, office, report, FileMask(photo, Shown.WHOLE), words=(THIRD,))
    shown = {one.of: one.shown for one in opened(portal, eve, report).copies}
    assert shown == {listed: Shown.WORDS, photo: Shown.WHOLE, letter: Shown.WITHHELD}
    assert [bool(one.key) for one in opened(portal, eve, report).files] == [False, False, False]
    for file_id in (letter, photo):  # an original can tell what its cleaned copy does not
        with pytest.raises(NoSuchCase):
            do(portal, copies.take_original, eve, report.case_id, file_id=file_id)
        do(portal, copies.take_original, office.officer, report.case_id, file_id=file_id)
    mask(portal, office, report)
    assert opened(portal, eve, report).copies == opened(portal, eve, report, read_case).copies
    assert all(one.shown is Shown.WHOLE for one in opened(portal, eve, report).copies)


def stored(portal: Portal) -> set[str]:
    runner = Runner(portal, HANDLERS, ())
    while runner.step():
        pass
    with portal.database.read() as session:
        known = set(session.scalars(select(StoredFile.id)))
    assert known == {one.name for one in FileStore(portal.settings.var).folder.iterdir()}
    return known


def test_a_covered_copy_goes_with_the_mask_that_needs_it_and_all_go_with_the_case(
    portal: Portal, office: Office, report: Filed
) -> None:
    before = stored(portal)
    first = cover(portal, office, report)
    assert first.copy is not None
    mask(portal, office, report, first)
    assert stored(portal) == before | {first.copy.id}
    again = replace(first, name="hidden")
    mask(portal, office, report, again)
    assert stored(portal) == before | {first.copy.id}, "the same copy serves the next version"
    refused = cover(portal, office, report, "A1")
    assert refused.copy is not None
    do(portal, masks.propose, office.officer, report.case_id, words=(), files=[refused], reason="x")
    assert refused.copy.id in stored(portal)
    do(portal, masks.refuse, office.decider, report.case_id, reason="x")
    assert stored(portal) == before | {first.copy.id}
    do(
        portal,
        masks.propose,
        office.officer,
        report.case_id,
        words=(),
        files=[cover(portal, office, report, "B1")],
        reason="x",
    )
    do(portal, taking_back.take_back, office.officer, report.case_id, what=Proposed.MASKING)
    assert stored(portal) == before | {first.copy.id}
    with portal.database.write() as session:
        gone = removals.reapply_deletions(session, case_ids=[report.case_id], now=portal.clock.now())
    assert set(gone) == before | {first.copy.id}


def test_nothing_is_said_of_a_file_that_is_not_so(portal: Portal, office: Office, report: Filed) -> None:
    listed, photo, letter = (one.id for one in opened(portal, office.officer, report).files)
    covered, other = cover(portal, office, report), filed_report(portal, files=(("a.txt", b"a"),))
    (elsewhere,) = opened(portal, office.officer, other).files
    wrong = (
        FileMask(elsewhere.id, Shown.WITHHELD),
        FileMask(photo, Shown.COVERED, areas=covered.areas),
        replace(covered, of=letter),
        replace(covered, areas=()),
        FileMask(photo, Shown.WORDS),
    )
    for one in wrong:
        with pytest.raises(Invalid):
            mask(portal, office, report, one)
    do(portal, casework.acknowledge, office.officer, other.case_id)
    do(portal, casework.assign, office.officer, other.case_id, person_id=office.officer.id)
    with pytest.raises(Invalid):
        mask(portal, office, other, FileMask(elsewhere.id, Shown.WHOLE, "hidden"))
    with pytest.raises(Invalid):
        mask(portal, office, report, FileMask(listed, Shown.WORDS), FileMask(letter, Shown.WHOLE))
    assert opened(portal, office.officer, report).masking.version == 0


def test_a_form_that_names_no_cells_says_so_and_loses_nothing(
    portal: Portal, office: Office, report: Filed
) -> None:
    ada = desk_of(portal, office.officer)
    said = {"file_1": "words", "file_2": "covered", "file_3": "withheld", "reason": "so"}
    for cells, problem in (("", "Say which parts"), ("B3:everything", "names no cells")):
        refused = answer(ada, f"{report.address}/mask", expect=422, cells_2=cells, **said)
        assert any(problem in one for one in problems(refused)), problems(refused)
        assert 'value="covered" checked' in refused.get_data(as_text=True)
    answer(ada, f"{report.address}/mask", cells_2="b3：d7", **said)
    proposed = opened(portal, office.officer, report).masking.proposed
    assert [str(area) for one in proposed.files for area in one.areas] == ["B3:D7"]


def test_a_hidden_name_of_a_file_is_masked_in_texts_and_kept_out_of_an_extract(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """Else the body would learn from a letter what a file is called that nobody gets to see."""
    name = FILES[1][0]
    person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    do(portal, casework.write_to_reporter, office.officer, report.case_id, text=f"Thanks: {name}", submission="m")
    photo = opened(portal, office.officer, report).files[1].id
    mask(portal, office, report, FileMask(photo, Shown.WHOLE, "hidden"))
    assert [one.text for one in opened(portal, eve, report).entries if one.kind.shared] == [f"Thanks: {MASK}"]
    said = {"text": f"Is {name.upper()} yours?", "submission": "1", "keys": portal.keys}
    with pytest.raises(Invalid):
        do(portal, hearings.ask_body, office.officer, report.case_id, **said)
    assert opened(portal, eve, report).files[1].name == "file-2.jpg"


def test_a_mask_from_before_files_could_be_masked_shows_no_picture(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    assert masked.to_marks({"words": [THIRD]}) == Marks((THIRD,))
    mask(portal, office, report, words=(THIRD,))
    photo = opened(portal, office.officer, report).files[1].id
    given: dict[str, Any] = {"case_id": report.case_id, "file_id": photo, "now": portal.clock.now()}
    with portal.database.read() as session:
        seen = get_file(session, officer=officer_of(eve), **given)
    assert seen.copy is not None and seen.copy.file is None and not seen.may_take_original
    with pytest.raises(NotEligible):
        do(portal, masks.note_reading, eve, report.case_id, file_id=photo)


def test_whoever_may_not_read_a_withheld_file_does_not_take_the_case_to_read_it(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    letter = opened(portal, office.officer, report).files[2].id
    mask(portal, office, report, FileMask(letter, Shown.WITHHELD))
    with pytest.raises(NotEligible):
        do(portal, casework.assign, eve, report.case_id, person_id=eve.id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=eve.id)
    assert opened(portal, eve, report, read_original).files[2].key


def test_a_reporter_who_lets_others_in_gives_them_files_whose_masks_nobody_knows_any_more(
    portal: Portal, office: Office, report: Filed, eve: Someone
) -> None:
    """What was cleaned was sealed for those who left: it is made anew."""
    mask(portal, office, report, cover(portal, office, report), words=(THIRD,))
    do(portal, masks.propose, office.officer, report.case_id, words=("Quist",), reason="x")
    with portal.database.write() as session:
        declare_interest(session, actor=eve.actor, body_code="DPR", now=portal.clock.now())
    left_by_all(portal, office, report)
    noa, _ = new_officers(portal)
    let_in(portal, report)
    found = opened(portal, noa, report)
    assert not found.masking.marks and not found.masking.proposed and not found.copies
    assert [one.name for one in found.files] == [name for name, _ in FILES]
    kind, ending, data = CLEANED[0]
    copy = CleanedCopy(found.files[0].id, kind.value, sealed_file(portal, f"quist.{ending}", data), None)
    do(portal, copies.keep, noa, report.case_id, copy=copy)
    assert [one.of for one in opened(portal, noa, report).copies] == [found.files[0].id]
