"""Two houses with the same people, keys, figures and clock. One of them has cases, of every kind of report.

Whoever is connected to what those cases are about has to read the same in both; see `test_matrix`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

from sqlalchemy import delete, select, update

from portal.accounts.models import ConnectionRow
from portal.accounts.services import connect, declare_interest
from portal.accounts.values import ConnectionKind
from portal.cases.models import Case, StoredFile
from portal.cases.services import (
    batches,
    casework,
    decisions,
    extensions,
    followups,
    identities,
    inspections,
    joining,
    mailbox,
    masks,
)
from portal.cases.values import Finding, Handling, Junk, Lane, Matter, Method, Subject
from portal.foundation import ids
from portal.foundation.context import Portal
from portal.roles import INCOMPATIBLE, ROLES
from tests.conftest import new_client
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.cases import FIGURE, Office, filed_report, officer_of, send
from tests.pages import PageClient

DAILY_ROOT = rb'root=[0-9a-f]{64}|<span class="gp-code[^"]*">[0-9a-f]{12}</span>'  # and row hashes made of it
TOKEN = rb'(name="form_token"[^>]*value=)"[^"]*"'
BODY = "DPR"

ABOUT: Mapping[Matter, dict[str, str]] = {
    Matter.FIGURE: FIGURE,
    Matter.OWN: {"body": BODY, "service": "permits"},
    Matter.RATINGS: {"body": BODY, "service": "permits"},
    Matter.PRESSURE: {"body": BODY},
    Matter.COLLUSION: FIGURE,
    Matter.OTHER: {"body": BODY},
}
"""What a report of each kind is about here: a figure, a service or the body as a whole."""

WAYS: Mapping[ConnectionKind, dict[str, str]] = {
    ConnectionKind.EMPLOYED: {},
    ConnectionKind.SUPERVISING: {},
    ConnectionKind.DECLARED: {},
    ConnectionKind.ENTERED: {"indicator_code": "clean-parks", "period": "2022"},
    ConnectionKind.SIGNED: {"indicator_code": "clean-parks", "period": "2022"},
    ConnectionKind.VERIFIED: {"indicator_code": "clean-parks", "period": "2022"},
    ConnectionKind.SCORED: {"cycle": "2022"},
    ConnectionKind.INSPECTED: {"indicator_code": "clean-parks"},
    ConnectionKind.COUNSELLED: {"period": "2022"},
}
"""How finely each kind of connection is recorded: of the whole body, or of what somebody had in hand there."""

NAMED = "Nora Named"
"""Whom each of the reports names: somebody who may handle cases, and whom nothing connects to the body."""

ALL_ROLES = "all roles"
SEND = "SEND"
ALL_BESIDE_ADMINISTRATION = "all roles beside administration"


@contextmanager
def seeded(number: int) -> Iterator[None]:
    with ids.use_source(random.Random(number).randbytes):
        yield


@dataclass(frozen=True)
class Cases:
    """What there is in one of the houses: each case by the kind of its report, and things that belong to them."""

    by_name: Mapping[str, str]
    things: Mapping[str, str]


def an_office_of_two(portal: Portal) -> Office:
    """Two who hold every case, have most in hand, and are connected to nothing."""
    ada = person(portal, roles=["case-officer", "identity-keeper"], name="Ada Officer")
    ben = person(portal, roles=["case-decider", "identity-keeper"], name="Ben Decider")
    return Office(ada, ben, ada, None)


def one_of_each(portal: Portal) -> dict[str, Someone]:
    """Somebody for each role, and for as many as one person can hold together, with and without administration."""
    clashing = {role for pair in INCOMPATIBLE for role in pair if "administrator" in pair}
    inside = ROLES.keys() - {"outside-recipient"}  # an outsider does nothing else
    wanted = {role: {role} for role in sorted(ROLES)}
    wanted[ALL_ROLES] = inside - {"administrator"}
    wanted[ALL_BESIDE_ADMINISTRATION] = inside - clashing | {"administrator"}
    wanted[NAMED] = {"case-officer", "case-decider"}
    return {name: person(portal, roles=sorted(roles), name=name) for name, roles in wanted.items()}


def bodies_besides(portal: Portal) -> None:
    published.append(portal, published.body("DOT"), published.body("BUS"))


def every_kind_of_case(portal: Portal, office: Office, busy: Someone) -> Cases:
    """A case for each kind of report, each in another state, with something waiting in each for `busy` as well."""
    ada, ben = office.officer, office.decider
    acting: dict[str, Any] = {"now": portal.clock.now()}
    reports = {
        matter.value: filed_report(
            portal,
            subject=ABOUT[matter],
            what=f"clean words of {matter}",
            names=NAMED,
            matter=matter,
            identity="Rae Reporter" if matter is Matter.OWN else "",
            file=("proof.txt", b"proof") if matter is Matter.FIGURE else None,
        )
        for matter in Matter
    }
    filed = {name: report.case_id for name, report in reports.items()}
    filed["several"] = filed_report(
        portal, subject={"body": "BUS"}, more=(Subject(body=BODY),), names=NAMED
    ).case_id
    filed["main"] = filed_report(portal, subject={"body": "DOT"}, names=NAMED).case_id
    filed["joined"] = filed_report(portal, subject={"body": BODY}, names=NAMED).case_id
    with portal.database.write() as session:

        def do(act: Any, someone: Someone, name: str, **fields: Any) -> None:
            act(session, case_id=filed[name], officer=officer_of(someone), **acting, **fields)

        aside = {Matter.RATINGS.value, Matter.OTHER.value}  # one waits to be dismissed, one to be acknowledged
        for name in filed.keys() - aside:
            do(casework.acknowledge, ada, name)
        do(joining.propose_joining, ada, "joined", into_id=filed["main"], reason="so")
        do(joining.agree_to_joining, ben, "joined")
        for name, someone in {"own-matter": busy, "several": busy, "main": busy}.items():
            do(casework.assign, ada, name, person_id=someone.id)
        for name in ("figure", "pressure", "collusion"):
            do(casework.assign, ada, name, person_id=ada.id)
            finding = Finding.REFERRED if name == "figure" else Finding.NOT_ADMISSIBLE
            do(decisions.propose_finding, ada, name, finding=finding, reason="so")
        do(casework.add_note, ada, "figure", text="hm", submission="n")
        do(casework.ask, ada, "figure", text="when?", submission="q")
        for name in ("pressure", "collusion"):
            do(decisions.decide, ben, name)
            do(decisions.close, ada, name, unwritten="so")
        do(decisions.reopen, ada, "collusion", reason="look again")
        do(extensions.propose_extension, busy, "own-matter", reason="so")
        do(identities.propose_opening, ada, "own-matter", reason="so")
        do(masks.propose, busy, "several", words=["clean"], reason="so")
        visit = {"method": Method.OPEN_VISIT, "day": date(2026, 5, 1), "text": "go", "submission": "i"}
        do(inspections.order, busy, "several", team=[busy.id], **visit)
        do(joining.link, ada, "several", other_id=filed["figure"])
        of_house: dict[str, Any] = {"settings": portal.settings, **acting}
        secret = mailbox.enter(session, code=reports["pressure"].code, keys=portal.keys, **of_house)
        said = {"level": Handling.BADLY, "text": "nobody looked", "submission": "j"}
        assert followups.judge(session, secret=secret, **said, **of_house)
        one = filed["ratings"]
        session.execute(update(Case).where(Case.id == one).values(lane=Lane.QUARANTINE))
        given = {"keys": portal.keys, "officer": officer_of(ada), **acting}
        batch = batches.propose(session, body=BODY, why=Junk.ALIKE, **given)
        proposal = session.get_one(Case, filed["figure"]).proposal_id or ""
        file = session.scalars(select(StoredFile.id).where(StoredFile.case_id == filed["figure"])).one()
    return Cases(filed, {"batch_id": batch, "proposal_id": proposal, "file_id": file})


def connect_only(portal: Portal, someone: Someone, kind: ConnectionKind | None) -> None:
    """From now on this alone connects them, to what the cases are about; nothing does, where no kind is given."""
    now = portal.clock.now()
    with portal.database.write() as session:
        session.execute(delete(ConnectionRow).where(ConnectionRow.person_id == someone.id))
        if kind is ConnectionKind.DECLARED:
            declare_interest(session, actor=someone.actor, body_code=BODY, now=now)
        elif kind is not None:
            connect(session, person_id=someone.id, body_code=BODY, kind=kind, now=now, **WAYS[kind])


@dataclass(frozen=True)
class Answer:
    """What came back, but for what is random and for what is the same for everybody."""

    status: int
    headers: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]


class House:
    """One of the two, and a browser in it."""

    def __init__(self, portal: Portal, people: Mapping[str, Someone]) -> None:
        self.portal, self.people = portal, people
        self.client: PageClient = new_client(portal)
        self.client.check_pages = False
        self._acts = 0

    def sign_in(self, name: str) -> None:
        self._acts += 1
        with seeded(self._acts):
            sign_in(self.client, self.people[name])

    def sign_out(self) -> None:
        self.client.delete_cookie("__Host-desk", domain="portal.test", path="/")

    def connect(self, name: str, kind: ConnectionKind | None) -> None:
        self._acts += 1
        with seeded(self._acts):
            connect_only(self.portal, self.people[name], kind)

    def ask(self, how: str, address: str) -> Answer:
        """A page, an address sent to without a form, or the form of a page sent as it stands."""
        with seeded(crc32(f"{self._acts} {how} {address}".encode())):
            if how != SEND:
                return _answer(self.client.open(address, method=how))
            page = self.client.get(address)
            if page.status_code != 200 or b'name="form_token"' not in page.data:
                return _answer(page)
            return _answer(send(self.client, address, page))


def _answer(response: Any) -> Answer:
    body = re.sub(DAILY_ROOT, b"", re.sub(TOKEN, rb'\1""', response.data))
    headers = sorted((key, value) for key, value in response.headers.items() if key != "Set-Cookie")
    return Answer(response.status_code, tuple(headers), tuple(body.decode("utf-8", "replace").splitlines()))
