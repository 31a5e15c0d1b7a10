"""For whoever is connected, a case does not exist: two systems that differ by it answer alike to the byte.

Here is what becomes of somebody who holds cases; every role, kind of connection and address is in `test_matrix`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.services import declare_interest
from portal.app import create_runner
from portal.audit.jobs import HANDLERS as SEALING
from portal.cases.services import casework, joining
from portal.cases.values import reference
from portal.cases.web.acts import ACTS
from portal.duties.jobs import HANDLERS as MAILING
from portal.duties.jobs import SCHEDULES
from portal.foundation import ids
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Runner
from tests.cases.two_systems import DAILY_ROOT, seeded
from tests.conftest import new_client, open_test_portal
from tests.factories import publishing as published
from tests.factories.accounts import person, sign_in
from tests.factories.cases import Office, a_figure, answer, desk_of, filed_by_pages, filed_report, officer_of
from tests.factories.duties import duty
from tests.factories.mail import mail_server

ROLES = ["case-officer", "case-decider", "registrar", "publisher", "moderator", "auditor", "body-signer"]
NEVER_WAS = ids.id_of(bytes(range(16)))


@pytest.fixture
def systems(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[list[Portal]]:
    """Two houses with the same people, keys, figures and clock."""
    made = []
    for name in ("with", "without"):
        clock = FixedClock(datetime(2026, 2, 9, 9, 0, tzinfo=UTC))
        with seeded(1):
            portal = open_test_portal(tmp_path / name, new_database_url(), clock)
            a_figure(portal)
        made.append(portal)
    yield made
    for portal in made:
        portal.database.dispose()


def people_of(portal: Portal) -> tuple[Office, Any]:
    with seeded(2):
        ada = person(portal, roles=["case-officer"], name="Ada Officer")
        ben = person(portal, roles=["case-decider"], name="Ben Decider")
        cleo = person(portal, roles=ROLES, name="Cleo Connected", connected_to=["DPR"])
    return Office(ada, ben, cleo, None), cleo


def a_case_under_way(portal: Portal, office: Office) -> str:
    with seeded(3):
        report = filed_by_pages(portal, what="Look here.", file=("proof.txt", b"proof" * 200_000))
        ada = desk_of(portal, office.officer)
        answer(ada, f"{report.address}/acknowledge")
        answer(ada, f"{report.address}/assign", person=office.officer.id)
        answer(ada, f"{report.address}/note", text="hm")
        answer(ada, f"{report.address}/question", text="when?")
        # a finding against the body would have it heard, and its people know of that by intent
        answer(ada, f"{report.address}/propose", finding="referred", reason="so it is")
    return report.case_id


def joined_cases(portal: Portal, office: Office) -> tuple[str, str]:
    """A case, and another that was joined into it: the connected officer, too, holds both and has them in hand."""
    with seeded(7):
        roads, buses = (filed_report(portal, subject={"body": body}) for body in ("DOT", "BUS"))
        with portal.database.write() as session:
            for one in (roads, buses):
                acting: dict[str, Any] = {"officer": officer_of(office.officer), "now": portal.clock.now()}
                casework.acknowledge(session, case_id=one.case_id, **acting)
            into = {"case_id": buses.case_id, "into_id": roads.case_id, "reason": "so"}
            joining.propose_joining(session, **into, **acting)
            deciding = acting | {"officer": officer_of(office.decider)}
            joining.agree_to_joining(session, case_id=buses.case_id, **deciding)
            casework.assign(session, case_id=roads.case_id, person_id=office.connected.id, **acting)
    return roads.case_id, buses.case_id


def all_desk_pages(portal: Portal) -> list[str]:
    """Every address of the desk that names no thing."""
    app = new_client(portal).application
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ()) and not rule.arguments
    )


def all_case_pages(portal: Portal) -> list[str]:
    """What can stand behind the address of a case: every act of the desk's table, and every other route there is.

    Nothing is listed by hand, so that no act that comes to be can be left out.
    """
    app = new_client(portal).application
    found = {"/nothing"}
    for rule in app.url_map.iter_rules():
        before, _, rest = rule.rule.partition("/desk/cases/<ref>")
        if before or "ref" not in rule.arguments:
            continue
        names = [*ACTS] if "<name>" in rest else [""]
        found |= {re.sub(r"<[^>]+>", "x", rest.replace("<name>", name)) for name in names}
    return sorted(found)


def seen_by(portal: Portal, someone: Any, addresses: list[str]) -> list[tuple[str, int, list[Any], bytes]]:
    """Connected to one more body after signing in: from the next page on its cases and those joined with them are
    gone, though nothing was written of them and no job ran."""
    seen = []
    with seeded(4):
        client = new_client(portal)
        client.check_pages = False
        sign_in(client, someone)
        with portal.database.write() as session:
            declare_interest(session, actor=someone.actor, body_code="BUS", now=portal.clock.now())
        for address in addresses:
            for method in ("GET", "POST"):
                if method == "POST" and not address.startswith("/desk/cases/"):
                    continue
                response = client.open(address, method=method)
                body = re.sub(rb'(name="form_token"[^>]*value=)"[^"]*"', rb'\1""', response.data)
                body = re.sub(DAILY_ROOT, b"", body)
                headers = sorted((k, v) for k, v in response.headers.items() if k != "Set-Cookie")
                seen.append((f"{method} {address}", response.status_code, headers, body))
    return seen


def test_connected_officer_sees_the_same_bytes_with_and_without_the_case(systems: list[Portal]) -> None:
    """Were this to fail, the accused body would learn that somebody reported it, and could look for them."""
    pages, case_id, cleos, joined = [], "", [], [NEVER_WAS]
    for portal in systems:
        office, cleo = people_of(portal)
        cleos.append(cleo)
        with seeded(8):
            published.append(portal, published.body("DOT"), published.body("BUS"))
        if portal is systems[0]:
            case_id = a_case_under_way(portal, office)
            joined += joined_cases(portal, office)
        with seeded(5):
            create_runner(portal).step()
    cases = [f"/desk/cases/{reference(one)}" for one in (case_id, NEVER_WAS)]
    acts = all_case_pages(systems[0])
    assert {"", "/decide", "/files/x/original", "/timeline", "/who", "/package"} < {*acts}
    assert {f"/files/x{part}" for part in ("", "/copy", "/grid", "/unmasked", "/proposed")} < {*acts}
    lists = ["/desk/cases?list=aside", "/desk/cases?list=closed"]
    narrowed = (
        "state=proposed",
        "body=DPR",
        "matter=figure",
        "due=week",
        "whose=nobody",
        "language=en",
        "after=x",
    )
    searched = ("q=clean", "q=2022", "q=look&inside=y", f"q={reference(case_id)}", f"before=9999-12-31.{case_id}")
    lists += [f"/desk/cases?{one}" for one in (*narrowed, *searched)] + ["/desk/cases/views?body=DPR"]
    for portal, cleo in zip(systems, cleos, strict=True):
        addresses = [*all_desk_pages(portal), *lists, *(case + act for case in cases for act in acts)]
        of_joined = ["", "/message", "/lock", "/part", "/share", "/export", "/files/x", "/timeline", "/recuse"]
        of_joined.append("/package")
        addresses += [f"/desk/cases/{reference(one)}{act}" for one in joined for act in of_joined]
        pages.append(seen_by(portal, cleo, addresses))

    assert len(pages[0]) > 40
    for one, other in zip(*pages, strict=True):
        assert one[:3] == other[:3]
        assert one[3].decode().splitlines() == other[3].decode().splitlines(), one[0]
    of_case, of_nothing = (
        [
            (status, body.replace(mark.encode(), b""))
            for url, status, _, body in pages[0]
            if f"/desk/cases/{mark}" in url
        ]
        for mark in (reference(case_id), reference(NEVER_WAS))
    )
    assert of_case == of_nothing[: len(of_case)]
    assert {status for status, _ in of_case} <= {404, 405}  # 405: where nothing is ever sent
    nothing, *of_joined_cases = (
        [
            (status, body.replace(mark.encode(), b""))
            for url, status, _, body in pages[0][-len(joined) * len(of_joined) * 2 :]
            if mark in url
        ]
        for mark in map(reference, joined)
    )
    assert of_joined_cases == [nothing, nothing] and len(nothing) == len(of_joined) * 2


def test_reader_of_the_audit_record_sees_no_case(systems: list[Portal]) -> None:
    """The main chain takes one root of all case chains a day: alike in size, whether there are cases or not."""
    texts = []
    for portal in systems:
        office, _ = people_of(portal)
        auditor = person(portal, roles=["auditor"], name="Una Auditor")
        if portal is systems[0]:
            a_case_under_way(portal, office)
        create_runner(portal).step()
        page = desk_of(portal, auditor).get("/desk/audit").get_data(as_text=True)
        texts.append(page)
    assert "cases." not in texts[0] and "case-finding" not in texts[0]
    assert len(texts[0]) == len(texts[1])


def test_nothing_published_differs_by_the_case_but_the_daily_root(systems: list[Portal]) -> None:
    """The body reads the public log like everybody: were one more entry or byte in it, the day would be known."""
    seen = []
    for portal in systems:
        office, _ = people_of(portal)
        if portal is systems[0]:
            a_case_under_way(portal, office)
        assert isinstance(portal.clock, FixedClock)
        portal.clock.at = datetime(2026, 2, 10, portal.settings.filing_hour, tzinfo=UTC)
        with seeded(6):
            runner = create_runner(portal)
            while runner.step():
                pass
        client = new_client(portal)
        roots = [one["root"] for one in client.get("/verify/filings.json").get_json()["filings"]]
        texts = [client.get(path).get_data(as_text=True) for path in ("/verify/filings", "/log/entries/3")]
        chunk = client.get("/log/entries/3").get_json()["chunks"][0]["sha256"]
        texts.append(client.get(f"/log/chunks/{chunk}").get_data(as_text=True))
        assert len(roots) == 1 and all(roots[0] in text or chunk in text for text in texts)
        seen.append([text.replace(roots[0], "").replace(chunk, "") for text in texts])
        assert client.get("/log/entries/4").status_code == 404
    assert seen[0] == seen[1]


def test_connected_officer_gets_the_same_mail_with_and_without_the_case(systems: list[Portal]) -> None:
    """A letter more or less would tell as much as a page. Those who hold the case are written to."""
    with mail_server() as server:
        letters = []
        for portal in systems:
            office, cleo = people_of(portal)
            if portal is systems[0]:
                a_case_under_way(portal, office)
            duty(portal, people=[cleo.id])
            fields = {"smtp_url": server.url, "mail_from": "portal@office.example"}
            mailing = replace(portal, settings=portal.settings.model_copy(update=fields))
            server.letters.clear()
            for hour in (9, 15):
                assert isinstance(portal.clock, FixedClock)
                portal.clock.at = datetime(2026, 2, 9, hour, tzinfo=UTC)
                runner = Runner(mailing, SEALING | MAILING, SCHEDULES)
                while runner.step():
                    pass
            letters.append(list(server.letters))
        with_case, without = letters
        assert [one for one in with_case if one.to == cleo.address] == without
        assert [one.to for one in without] == [cleo.address]
        assert {office.officer.address, office.decider.address} & {one.to for one in with_case}
