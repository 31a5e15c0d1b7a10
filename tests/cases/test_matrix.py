"""Every role, in every way connected, on every surface: two houses answer alike, of which one has cases.

Nothing that is tried is listed by hand but what cannot be found by itself, and then something new fails the
test until it has its place: a role that reads of cases, a kind of connection or of report, a variable of an
address, a way to narrow the queue down, a page that tells of cases. What tells whoever holds all roles of a
case is tried with every kind of connection, and each other surface with one of them; by each role, what its
rights open to it, of what is open to everybody its part, and of what is closed to it a few. PostgreSQL is asked
by those whose rights lead to a case: who is refused without one is refused before anything is read of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import EnumType
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter

from portal.accounts.queries import get_person
from portal.accounts.values import ConnectionKind
from portal.accounts.web.guard import MARK, SETTING_UP, SIGNED_IN
from portal.app import create_runner
from portal.cases.jobs import publish_counts
from portal.cases.permissions import CasesPermission
from portal.cases.values import Asked, Matter, reference
from portal.cases.web.acts import ACTS
from portal.duties.mailing import items_of
from portal.foundation.clock import FixedClock
from portal.publishing.services import append_waiting
from tests.cases.two_systems import (
    ABOUT,
    ALL_ROLES,
    SEND,
    WAYS,
    Answer,
    Cases,
    House,
    an_office_of_two,
    bodies_besides,
    every_kind_of_case,
    one_of_each,
    seeded,
)
from tests.conftest import open_test_portal
from tests.factories.cases import a_figure

KINDS = tuple(ConnectionKind)

READERS = ("case-officer", "case-decider", "outside-recipient", ALL_ROLES)
"""Who reads of cases as long as nothing connects them. A role that comes to, or ceases to, is placed here."""

TELL = {"/desk", *(f"/desk/cases{one}" for one in ("", "/batches", "/handling", "/handover"))}
"""What, of all pages that name no thing, tells whoever may read of cases that there are some."""

SAMPLES = {
    **dict.fromkeys(("answer_id", "appeal_id", "hearing_id", "party", "figure"), "x"),
    **dict.fromkeys(("reply_id", "view_id", "comment_id", "connection_id", "evidence_id", "finding_id"), "x"),
    **dict.fromkeys(("upload_id", "key_id", "passkey_id", "sample_id", "certificate_id", "reference", "id"), "x"),
    **dict.fromkeys(("element", "group", "path", "file", "sha256", "digest", "place", "page"), "x"),
    "body": "DPR",
    "indicator": "clean-parks",
    "period": "2022",
    "service": "permits",
    "slug": "parks-2022",
    "cycle": "2022",
    "code": "clean-parks",
    "day": "2026-04-01",
}
"""What stands for a variable of an address where the cases have no such thing: `Cases.things` has theirs."""

NARROWED = {
    "body": ["body=DPR", "body=DOT"],
    "words": ["q=clean", "q=2022", "q=permits"],
    "inside": ["q=clean&inside=y"],
}
"""How an address asks for what is no choice among few; of those that are, every one is asked for."""
TYPED = {"shelf": "list"}

OWN_KEYS = ("/desk/phrase", "/desk/passkeys", "/desk/set-up", "/desk/sign-in", "/desk/sessions")
"""Whoever sends these forms has other keys, or no session, afterwards."""
LEAVES = "/desk/sign-out"


@pytest.fixture
def houses(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[tuple[House, House, Cases]]:
    made, cases = [], None
    for name in ("with", "without"):
        clock = FixedClock(datetime(2026, 2, 9, 9, 0, tzinfo=UTC))
        with seeded(1):
            portal = open_test_portal(tmp_path / name, new_database_url(), clock)
            a_figure(portal)
            bodies_besides(portal)
            clock.at = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
            publish_counts(portal)  # the seed for what is drawn of a flood
            append_waiting(portal)
        with seeded(2):
            office, people = an_office_of_two(portal), one_of_each(portal)
        if cases is None:
            with seeded(3):
                cases = every_kind_of_case(portal, office, people[ALL_ROLES])
        with seeded(4):
            create_runner(portal).step()
        made.append(House(portal, people))
    assert cases is not None
    yield made[0], made[1], cases
    for house in made:
        house.portal.database.dispose()


@dataclass(frozen=True)
class Asking:
    """One way to ask: a method, or SEND, of an address, and what right its view asks for first."""

    how: str
    address: str
    right: str = SIGNED_IN

    def is_open_to(self, rights: frozenset[str]) -> bool:
        return self.right in {SIGNED_IN, SETTING_UP, *rights}


@dataclass
class Both:
    """The two houses, asked the same by the same person."""

    here: House
    there: House
    name: str = ""
    known: dict[Asking, Answer] = field(default_factory=dict)
    """What the house without cases answered, where it is the same to a person however connected: asked once."""

    def sign_in(self, name: str) -> None:
        if name != self.name:
            self.known.clear()
        self.name = name
        for house in (self.here, self.there):
            house.sign_in(name)

    def connect(self, kind: ConnectionKind | None) -> None:
        for house in (self.here, self.there):
            house.connect(self.name, kind)

    def differ(self, one: Asking) -> bool:
        return self.here.ask(one.how, one.address) != self.there.ask(one.how, one.address)

    def require_same(self, one: Asking, kind: ConnectionKind | None) -> None:
        self._compare(one, kind, self.there.ask(one.how, one.address))
        if one.address == LEAVES:
            self.sign_in(self.name)

    def require_nothing(self, one: Asking, kind: ConnectionKind) -> None:
        """That it answers like what never was, or like what nobody without a right reaches."""
        if one not in self.known:
            self.known[one] = self.there.ask(one.how, one.address)
        assert self.known[one].status in (403, 404), (self.name, one)
        self._compare(one, kind, self.known[one])

    def _compare(self, one: Asking, kind: ConnectionKind | None, there: Answer) -> None:
        here, who = self.here.ask(one.how, one.address), (self.name, kind, one)
        assert here.status == there.status, who
        assert here.lines == there.lines, who
        assert here.headers == there.headers, who


@dataclass(frozen=True)
class Surfaces:
    """Everything there is to try, as the application itself knows it."""

    lists: list[Asking]
    """Pages of the desk that name no thing."""
    narrowed: list[Asking]
    """The queue, in every way in which it can be asked for."""
    others: list[Asking]
    """Forms of the desk, and its pages that name a thing."""
    of_a_case: list[Asking]
    pages_of_cases: list[Asking]
    public: list[Asking]


def surfaces(app: Flask, cases: Cases) -> Surfaces:
    found = Surfaces([], [], [], [], [], [])
    main = reference(cases.by_name["figure"])
    given = {**SAMPLES, **cases.things, "ref": main}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        methods = sorted((rule.methods or set()) & {"GET", "POST"})
        if not rule.rule.startswith("/desk"):
            found.public.extend(Asking("GET", one) for one in addresses(rule, app, given) if "GET" in methods)
            continue
        right = getattr(app.view_functions[rule.endpoint], MARK, SIGNED_IN)
        of_a_case = rule.rule.startswith("/desk/cases/<ref>")
        has_form = "GET" in methods and not rule.arguments and not rule.rule.startswith(OWN_KEYS)
        for name in [*ACTS, "nothing"] if of_a_case and "name" in rule.arguments else [""]:
            for address, method in product(addresses(rule, app, given | {"name": name}), methods):
                asked = Asking(SEND if method == "POST" and has_form else method, address, right)
                plain = found.others if rule.arguments or method == "POST" else found.lists
                (found.of_a_case if of_a_case else plain).append(asked)
    found.narrowed.extend(Asking("GET", f"/desk/cases?{one}", CasesPermission.READ) for one in narrowed(cases))
    for one in cases.by_name.values():
        found.pages_of_cases.append(Asking("GET", f"/desk/cases/{reference(one)}", CasesPermission.READ))
    return found


def addresses(rule: Rule, app: Flask, given: Mapping[str, str]) -> list[str]:
    """The addresses a rule stands for, with a sample for each variable that is no number or choice."""
    fixed: dict[str, Any] = dict(rule.defaults or {})
    choices: dict[str, list[Any]] = {}
    for name in sorted(rule.arguments - set(fixed)):
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            choices[name] = sorted(converter.items)
        elif isinstance(converter, NumberConverter):
            choices[name] = [1]
        else:
            assert name in given, f"{rule.rule}: give a sample for {name} in SAMPLES"
            choices[name] = [given[name]]
    adapter = app.url_map.bind("portal.test")
    found = (dict(zip(choices, chosen, strict=True)) for chosen in product(*choices.values()))
    return [adapter.build(rule.endpoint, {**fixed, **one}, append_unknown=False) for one in found]


def narrowed(cases: Cases) -> Iterator[str]:
    """All by which the queue can be narrowed down, its pages, and words that mean a case."""
    kinds = get_type_hints(Asked)
    for one in fields(Asked):
        choices = [kind for kind in (kinds[one.name], *get_args(kinds[one.name])) if isinstance(kind, EnumType)]
        if not choices:
            assert one.name in NARROWED, f"say how an address asks for {one.name} in NARROWED"
            yield from NARROWED[one.name]
        for choice in choices[0] if choices else ():
            yield f"{TYPED.get(one.name, one.name)}={choice}"
    case_id = cases.by_name["figure"]
    yield f"q={reference(case_id)}"
    yield f"before=9999-12-31.{case_id}"
    yield f"after=2026-01-01.{case_id}"


def rights_of(house: House, name: str) -> frozenset[str]:
    return house.people[name].actor.permissions


def mail_of(house: House, name: str) -> frozenset[tuple[str, str]]:
    with house.portal.database.read() as session:
        someone, now = get_person(session, house.people[name].id), house.portal.clock.now()
        return items_of(session, someone, zone=ZoneInfo("UTC"), now=now)


def share(every: Sequence[Asking], turn: int, of: int = len(KINDS)) -> Sequence[Asking]:
    """The part of them, one of so many, whose turn it is."""
    return every[turn % of :: of]


def test_every_kind_of_report_and_connection_has_its_place() -> None:
    assert set(ABOUT) == set(Matter) and set(WAYS) == set(ConnectionKind)


def test_whoever_is_connected_in_whatever_way_and_role_sees_no_case_anywhere(
    houses: tuple[House, House, Cases], engine_name: str
) -> None:
    """Were this to fail, the accused body would learn that somebody reported it, and could look for them."""
    here, there, cases = houses
    both, tried = Both(here, there), surfaces(here.client.application, cases)
    assert len(tried.lists) > 50 and len(tried.of_a_case) > 60 and len(tried.public) > 150
    telling: dict[str, list[Asking]] = {}
    people = [*reversed(READERS), *(one for one in here.people if one not in READERS)]
    if engine_name == "postgres":
        people = [one for one in people if CasesPermission.READ in rights_of(here, one)]
    for number, name in enumerate(people):
        both.sign_in(name)
        reads, rights = name in READERS, rights_of(here, name)
        # while nothing connects them
        asked = [one for one in (tried.lists if reads else telling[ALL_ROLES]) if one.is_open_to(rights)]
        told = telling[name] = [one for one in asked if both.differ(one)]
        assert bool(told) is reads, (name, told)
        assert name != ALL_ROLES or {one.address for one in told} == TELL
        assert bool(mail_of(here, name) - mail_of(there, name)) is reads, name
        assert (here.ask("GET", tried.pages_of_cases[0].address).status == 200) is reads, name
        assert not reads or any(map(both.differ, share(tried.narrowed, number)))
        try_everything(both, tried, told, turn=number)
    visitor_reads_the_same(both, tried)
    for house in (here, there):  # who is connected has lost the keys by now, too
        with seeded(5):
            create_runner(house.portal).step()
    for name in READERS:
        both.sign_in(name)
        for one in telling[name]:
            both.require_same(one, KINDS[-1])


def try_everything(both: Both, tried: Surfaces, told: Sequence[Asking], *, turn: int) -> None:
    """What tells this person of cases while nothing connects them, with every kind of connection; what else there
    is, with one kind each.

    Whoever has all roles there are sees all that anybody sees, and tries all of it; of what they tried the others
    try a third, each another one.
    """
    reads, rights = bool(told), rights_of(both.here, both.name)
    third = 1 if both.name == ALL_ROLES else 3
    of_anybody = [one for one in tried.others if one.right == SIGNED_IN]
    of_some = [one for one in tried.others if one.right != SIGNED_IN]
    within = [*tried.lists, *of_some, *share(tried.narrowed, turn, third), *share(of_anybody, turn, third)]
    within = [one for one in within if one.is_open_to(rights) and one not in told]
    every = (*tried.lists, *tried.others, *tried.of_a_case, *tried.pages_of_cases)
    beyond = share([one for one in every if not one.is_open_to(rights)], turn, 10)
    of_cases = [one for one in tried.of_a_case if one.is_open_to(rights)]
    kinds = KINDS if reads else KINDS[turn % 3 :: 3]
    for at, kind in enumerate(kinds, start=turn):
        both.connect(kind)
        assert mail_of(both.here, both.name) == mail_of(both.there, both.name), (both.name, kind)
        for one in (*share(told, at, third), *share(within, at, len(kinds))):
            both.require_same(one, kind)
        nothing = *share(of_cases, at, 3 * third), *share(beyond, at, len(kinds))
        for one in (*nothing, *share(tried.pages_of_cases if reads else (), at, third)):
            both.require_nothing(one, kind)


def visitor_reads_the_same(both: Both, tried: Surfaces) -> None:
    """Every public page, and the doors of the desk."""
    both.name = "signed out"
    for house in (both.here, both.there):
        house.sign_out()
    for one in (*tried.public, *tried.lists, *tried.pages_of_cases):
        both.require_same(one, None)
