"""A report that was received can be proven, to anybody and without us; that there was one shows nowhere else."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.app import create_runner
from portal.cases.models import Filing
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing import queries as published
from portal.publishing.log.checkpoint import parse_head
from portal.publishing.verification import __main__ as program
from portal.publishing.verification.filing import FilingProof, check_filing, parse_filing
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import Remembered
from tests.conftest import new_client
from tests.factories.cases import Filed, Office, answer, filed_by_pages, filed_report
from tests.pages import PageClient

WORDS = "Quokka sheets were swapped."


def at(portal: Portal, hour: int, *, days: int = 0) -> None:
    """Somebody lets the office's machine run at this hour, for as long as there is something to do."""
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at = (portal.clock.at + timedelta(days=days)).replace(hour=hour)
    runner = create_runner(portal)
    while runner.step():
        pass


def at_the_hour(portal: Portal, days: int = 0) -> None:
    at(portal, portal.settings.filing_hour, days=days)


def opened(portal: Portal, report: Filed) -> PageClient:
    client = new_client(portal)
    answer(client, "/report/mailbox", code=report.code)
    return client


def roots(portal: Portal) -> tuple[Any, ...]:
    with portal.database.read() as session:
        return published.filing_roots(session, edition=published.current_edition(session).n)


def proof_of(client: PageClient) -> tuple[str, bytes]:
    got = client.get("/report/mailbox/5/a"), client.get("/report/mailbox/5/b")
    assert all(reply.headers["Content-Disposition"].startswith("attachment") for reply in got)
    return got[0].get_data(as_text=True), got[1].data


def test_a_reporter_takes_a_proof_along_that_the_standalone_program_accepts(
    portal: Portal, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = filed_by_pages(portal, what=WORDS, file=("proof.txt", b"the sheets"))
    others = [filed_report(portal) for _ in range(3)]
    at_the_hour(portal)
    early = opened(portal, report)
    assert "It will be here within two days" in early.get("/report/mailbox").get_data(as_text=True)
    assert "look again tomorrow" in early.get("/report/mailbox/5").get_data(as_text=True)
    assert early.get("/report/mailbox/5/a").status_code == 303
    at_the_hour(portal, days=1)

    client = opened(portal, report)
    page = client.get("/zh-Hans/report/mailbox/5").get_data(as_text=True)
    text, own = proof_of(client)
    assert roots(portal)[0].root in page and "举报回执" in page
    assert "Quokka" not in text and WORDS in own.decode()
    file, own_file = tmp_path / "proof.json", tmp_path / "report.json"
    file.write_text(text)
    own_file.write_bytes(own)
    assert program.main([str(file), "--report", str(own_file), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "A report was filed before 2026-02-10." in said and "exactly the one that was filed" in said
    assert json.loads(own)["files"][0]["sha256"] and "--key" in said
    for other in others:
        check_filing(parse_filing(proof_of(opened(portal, other))[0]))

    own_file.write_bytes(own.replace(b"Quokka", b"Wombat"))
    assert program.main([str(file), "--report", str(own_file), "--lang", "zh"]) == 1
    assert "举报文件与当初提交的不同" in capsys.readouterr().err


def test_a_root_is_published_every_day_reports_or_none_and_once(portal: Portal, office: Office) -> None:
    at_the_hour(portal)
    at_the_hour(portal)
    filed_report(portal)
    at_the_hour(portal, days=1)
    at_the_hour(portal, days=1)
    found = roots(portal)

    assert [one.day.isoformat() for one in found] == ["2026-02-11", "2026-02-10", "2026-02-09"]
    assert len({one.root for one in found}) == 3
    entries = [new_client(portal).get(f"/log/entries/{one.edition}").get_json() for one in found]
    assert {(entry["kind"], len(entry["chunks"])) for entry in entries} == {("filings", 1)}
    page = new_client(portal).get("/verify/filings").get_data(as_text=True)
    assert all(one.root in page for one in found)


def days_told(portal: Portal) -> list[str]:
    return [one.day.isoformat() for one in reversed(roots(portal))]


def test_the_root_of_an_evening_on_which_nobody_ran_is_published_as_soon_as_somebody_does(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    at_the_hour(portal)
    at(portal, 12, days=1)
    of_that_day = filed_report(portal)
    assert days_told(portal) == ["2026-02-09"]
    at(portal, 9, days=1)  # off all evening of the tenth

    assert days_told(portal) == ["2026-02-09", "2026-02-10"]
    assert check_filing(parse_filing(proof_of(opened(portal, report))[0])).before.isoformat() == "2026-02-10"
    early = opened(portal, of_that_day).get("/report/mailbox/5").get_data(as_text=True)
    assert "look again tomorrow" in early  # a root of the eleventh alone may cover the tenth, at its own hour
    at(portal, 11)
    assert days_told(portal) == ["2026-02-09", "2026-02-10"]
    at_the_hour(portal)
    assert days_told(portal) == ["2026-02-09", "2026-02-10", "2026-02-11"]
    assert check_filing(parse_filing(proof_of(opened(portal, of_that_day))[0])).before.isoformat() == "2026-02-11"


def test_a_root_published_late_says_as_much_with_no_report_and_nothing_of_the_day_it_comes(
    portal: Portal, office: Office
) -> None:
    at_the_hour(portal)
    at(portal, 9, days=2)
    filed_report(portal)
    at(portal, 12)

    assert days_told(portal) == ["2026-02-09", "2026-02-10"]
    assert roots(portal)[0].at.date().isoformat() == "2026-02-11"
    with portal.database.read() as session:
        assert session.scalars(select(Filing.filed_on)).all() == [None]


def test_after_many_days_one_root_covers_all_of_them(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    at_the_hour(portal)
    at(portal, 9, days=9)

    assert days_told(portal) == ["2026-02-09", "2026-02-17"]
    assert check_filing(parse_filing(proof_of(opened(portal, report))[0])).before.isoformat() == "2026-02-17"


def test_no_root_is_missed_where_the_evenings_covers_the_same_or_the_log_began_since(
    portal: Portal, office: Office
) -> None:
    at(portal, 12)
    assert days_told(portal) == []
    at_the_hour(portal, days=3)
    at(portal, 23)

    assert days_told(portal) == ["2026-02-12"]


def test_forged_proofs_are_refused(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    other = filed_report(portal, what="Something else.")
    at_the_hour(portal, days=1)
    proof = parse_filing(proof_of(opened(portal, report))[0])
    held = check_filing(proof)
    assert held.before.isoformat() == "2026-02-10" and not held.vouched
    elsewhere = parse_filing(proof_of(opened(portal, other))[0])

    def refused(forged: FilingProof, **more: Any) -> None:
        with pytest.raises(Refuted):
            check_filing(forged, **more)

    refused(replace(proof, nonce=elsewhere.nonce))
    refused(replace(proof, report=elsewhere.report))
    refused(replace(proof, place=elsewhere.place))
    refused(replace(proof, place=replace(proof.place, path=proof.place.path[:-1])))
    refused(replace(proof, line=1))
    refused(replace(proof, part=replace(proof.part, entry=proof.part.entry.replace(b"filings", b"filinga"))))
    head = parse_head(proof.part.proof.checkpoint)
    unknown = "gongping.example/log+00000000+AQ" + "A" * 42
    refused(proof, key=unknown)
    assert check_filing(proof, remembered=Remembered(held.key, proof.part.proof.checkpoint)).vouched
    assert head.size == held.entry.n


@pytest.mark.parametrize(
    "values",
    [{"filed_on": None}, {"position": None}, {"path": b"short"}, {"commitment": b""}, {"day": "filed_on"}],
)
def test_the_database_itself_refuses_half_a_place_and_a_day_that_is_not_over(
    portal: Portal, office: Office, values: dict[str, Any]
) -> None:
    filed_report(portal)
    at_the_hour(portal, days=1)
    changed = {name: Filing.filed_on if value == "filed_on" else value for name, value in values.items()}

    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Filing).values(**changed))


def test_nothing_is_committed_to_before_the_log_has_begun(portal: Portal) -> None:
    at_the_hour(portal)

    assert roots(portal) == ()
