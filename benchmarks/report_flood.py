"""Ten thousand junk reports in a day, and real ones among them.

Nobody is refused: every report, junk or real, is filed. Junk about one body sets nothing aside that is said about
another: the real ones are on the officers' own list. Their codes open their mailboxes, an officer finds them by
their body, and the lists that officers work through cost no more than before the flood.
"""

import http.client
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from benchmarks import reports
from benchmarks.installation import cookie_of, served
from benchmarks.load import compare_cost, granian
from benchmarks.measures import Measure
from portal.cases import queries
from portal.cases.models import Case
from portal.cases.services import drafts, mailbox
from portal.cases.values import Asked, Lane, Shelf, Subject
from portal.cases.web.forms.report import CheckForm
from portal.foundation.context import Portal
from tests.factories.accounts import person
from tests.factories.cases import FIGURE, officer_of
from tests.factories.publishing import append, body, figure

OTHERS = ("LAKES", "ROADS", "TREES")
"""Bodies about which ordinary reports came before: the first page of the officers' list is full then as after."""
JUNK, REAL, EACH, BEFORE, SENDERS = 10_000, 15, 18, 100, 8
_JUNK = Subject(**FIGURE, edition=1)
_REAL = Subject("PARKS", FIGURE["indicator"], FIGURE["period"], edition=2)
_LISTS = {"The officers' queue": "/desk/cases", "The list set aside": "/desk/cases?list=aside"}


def run(junk: int = JUNK) -> Iterator[Measure]:
    with reports.house() as house:
        portal = house.portal
        append(portal, body("PARKS"), figure(body="PARKS"), *map(body, OTHERS))
        officer = person(portal, roles=["case-officer"], name="Ada Officer")
        args = ("-H", f"Cookie: {cookie_of(portal, officer)}")
        first, flood = reports.drafts_of(portal, _JUNK, BEFORE), reports.drafts_of(portal, _JUNK, junk - BEFORE)
        real = reports.drafts_of(portal, _REAL, REAL)
        ordinary = [one for code in OTHERS for one in reports.drafts_of(portal, Subject(code, edition=2), EACH)]
        answers = []
        with granian("wsgi:app", environment=house.environment) as address:
            for secrets in (ordinary, first):
                answers += _send(address, list(reports.lines_of(portal, CheckForm, secrets)))
        portal.database.dispose()
        before = house.folder / "before"
        shutil.copytree(house.folder, before)
        with granian("wsgi:app", environment=house.environment) as address:
            among = _among(flood, real)
            answers += _send(address, list(reports.lines_of(portal, CheckForm, among)))
            with granian("wsgi:app", environment=served(before)) as quiet:
                costs = {
                    name: compare_cost(address + path, quiet + path, rounds=9, args=args, yardstick_args=args)
                    for name, path in _LISTS.items()
                }
        with portal.database.read() as session:
            filed = session.scalar(select(func.count()).select_from(Case)) or 0
            main = session.scalar(select(func.count()).where(Case.lane == Lane.MAIN)) or 0
            on_list, aside = (
                len(
                    queries.queue(
                        session,
                        officer=officer_of(officer),
                        asked=Asked(shelf=shelf, body="PARKS"),
                        now=portal.clock.now(),
                    ).cases
                )
                for shelf in (Shelf.OPEN, Shelf.ASIDE)
            )
            listed = on_list + aside
        opened = sum(_opens(portal, secret) for secret in real)
    accepted = answers.count(303)
    said = f"{accepted:,} of {len(answers):,} answered with 303, {filed:,} filed, {filed - main:,} set aside"
    refused = len(answers) - min(filed, accepted)
    yield Measure("Reports of a flood, and among it, that were not accepted", refused, said, most=0)
    said = f"of {REAL} real ones {opened} open with their codes, and officers find {listed} by the body"
    yield Measure("Real reports that cannot be found", REAL - min(opened, listed), said, most=0)
    said = f"of {REAL} real ones {on_list} are on the officers' list, {aside} set aside"
    yield Measure("Real reports set aside by junk about another body", REAL - on_list, said, most=0)
    at_first = BEFORE + len(ordinary)
    for name, (ratio, pairs) in costs.items():
        after, earlier = (median(pair[side] for pair in pairs) for side in (0, 1))
        said = f"{earlier:,.0f} µs of processor time at {at_first} reports, {after:,.0f} µs at {filed:,}"
        yield Measure(f"{name} after the flood against before", ratio, said, most=1.2)


def _among(flood: Sequence[str], real: Sequence[str]) -> list[str]:
    """The real ones at even distances in the flood."""
    every, mixed = len(flood) // len(real), []
    for at, secret in enumerate(real):
        mixed += [*flood[at * every : (at + 1) * every], secret]
    return mixed + list(flood[len(real) * every :])


def _send(address: str, lines: Sequence[str]) -> list[int]:
    """Send the last form of each draft, several at a time; the status of each answer."""
    with ThreadPoolExecutor(SENDERS) as pool:
        parts = pool.map(lambda at: _send_in_turn(address, lines[at::SENDERS]), range(SENDERS))
        return [status for part in parts for status in part]


def _send_in_turn(address: str, lines: Sequence[str]) -> list[int]:
    connection, found = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60), []
    for line in lines:
        cookie, _, token = line.partition(" ")
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/report/check", urlencode({"form_token": token}), headers)
        with connection.getresponse() as reply:
            reply.read()
            found.append(reply.status)
    connection.close()
    return found


def _opens(portal: Portal, secret: str) -> bool:
    """Whether the code that the sent draft shows opens a mailbox."""
    now, settings = portal.clock.now(), portal.settings
    with portal.database.write() as session:
        draft = drafts.find(session, secret=secret, now=now)
        if draft is None or draft.code is None:
            return False
        opened = mailbox.enter(session, code=draft.code, keys=portal.keys, settings=settings, now=now)
        return mailbox.look(session, secret=opened, settings=settings, now=now) is not None
