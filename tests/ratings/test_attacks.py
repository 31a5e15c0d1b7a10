"""Attacks on ratings by somebody who wants a number to be another: each is tried, and must come to nothing.

The attack on what links a receipt with an answer is in `test_linking`.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import jobs, office, queries, services
from portal.ratings.codes import new_code
from portal.ratings.models import BusyDayRow, FoldedRow, HeldRow, OwnNetworkRow, TransactionsRow
from portal.ratings.rules.integrity import Fired, Rule
from portal.ratings.services import findings
from portal.ratings.services.folding import add_totals
from portal.ratings.services.watching import watch_day
from portal.ratings.values import Level
from portal.web import limits
from tests.conftest import Beginning, new_client
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import (
    fold,
    held,
    hidden_fields,
    issue,
    leave_marks,
    rate,
    state_network,
    with_permits_and_parks,
)
from tests.pages import PageClient
from tests.ratings.published import statements
from tests.ratings.test_marks import spent

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def beginning() -> Beginning:
    return with_permits_and_parks


@pytest.mark.parametrize("kind", ["r", "q"])
def test_whoever_fetches_a_link_ahead_redeems_nothing(client: PageClient, portal: Portal, kind: str) -> None:
    (code,) = issue(portal, "permits")
    for method in ("GET", "HEAD", "OPTIONS"):
        client.open(f"/rate/{kind}/{code}", method=method)
        client.open("/rate/visit", method=method)
    assert client.post(f"/rate/{kind}/{code}", data={"level": "5"}).status_code == 405
    assert spent(portal) == [False] and held(portal) == 0


def test_a_picture_counts_as_a_picture_and_its_code_once(client: PageClient, portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    client.get(f"/rate/q/{code}")
    page = client.get("/rate/visit").text
    replayed = [client.post("/rate/visit", data=hidden_fields(page) | {"level": "1"}) for _ in range(3)]
    assert [one.status_code for one in replayed] == [303, 303, 303], "a double click is no fault"
    client.get(f"/rate/r/{code}")
    assert "cannot be used" in client.get("/rate/visit").text
    assert fold(portal) == 1
    with portal.database.read() as session:
        assert queries.count_marks(session, "permits", "2026-02") == 1


def test_no_typed_code_tells_what_became_of_it(client: PageClient, portal: Portal) -> None:
    """Spent, of another service, expired and never issued: one answer, byte for byte."""
    used, old = issue(portal, "permits", 2)
    (foreign,) = issue(portal, "parks")
    assert rate(client, "/rate/permits", level="5", receipt=used).status_code == 303
    answers = {_refused(client, code) for code in (used, foreign, new_code(), new_code())}
    portal.clock.at = portal.clock.at.replace(year=2027)  # type: ignore[attr-defined]
    answers.add(_refused(client, old))
    assert len(answers) == 1


def _refused(client: PageClient, code: str) -> tuple[int, str, str]:
    refused = rate(client, "/rate/permits", level="4", receipt=code)
    token = hidden_fields(refused.text)["form_token"]
    return refused.status_code, str(refused.headers), refused.text.replace(token, "").replace(code, "")


def test_of_500_marks_from_one_browser_the_hall_limit_lets_300_pass(
    client: PageClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/rate/permits").text
    hall = {"REMOTE_ADDR": "203.0.113.9"}
    counts = client.application.extensions[limits.EXTENSION]
    before = [counts.hit("rate", hall["REMOTE_ADDR"], portal.clock.now()) for _ in range(499)]
    assert before.count(None) == 300
    late = client.post("/rate/permits", data=hidden_fields(page) | {"level": "1"}, environ_overrides=hall)
    assert (late.status_code, held(portal)) == (429, 0)
    assert 0 < int(late.headers["Retry-After"]) <= 601
    assert re.search(r'value="1" checked', late.text), "nothing typed is lost"


def test_a_body_that_redeems_its_own_codes_is_seen_by_the_gap(portal: Portal) -> None:
    """Thirty codes, thirty best marks; but another source counted twelve matters: none of them counts."""
    for code in issue(portal, "permits", 30):
        key, receipt = services.mark_key(portal.keys, new_id()), services.receipt_key(portal.keys, code)
        mark = services.Mark("permits", Level.VERY_SATISFIED)
        with portal.database.write() as session:
            services.save_mark(session, key=key, mark=mark, receipt=receipt, now=portal.clock.now())
    fold(portal)
    with portal.database.write() as session:
        matters = {"service": "permits", "period": "2026-02", "way": "in-person", "source": "hall counter"}
        session.add(TransactionsRow(count=12, **matters))
    portal.clock.at = datetime(2026, 3, 1, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    (said,) = (one for one in statements(portal, "rating") if one["service"] == "permits")
    assert (said["suppressed"], said["n"]) == (True, None)
    assert said["served"] == {"transactions": "12", "receipts": "30"}
    assert said["set_aside"] == {"codes-without-matters": "30"}


def test_whoever_lets_300_marks_pass_from_one_browser_has_none_of_them_counted(portal: Portal) -> None:
    """The limit of an address stops the other 200; the burst rule keeps these from being counted, and says so."""
    leave_marks(portal, "permits", [3, 4, 2] * 5)
    fold(portal)
    leave_marks(portal, "permits", [5] * 300)
    portal.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    fold(portal)
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
        assert (found.rule, found.levels, found.facts["on_day"]) == (Rule.BURST, {5: 300}, 300)
        assert queries.count_marks(session, "permits", "2026-02") == 15
        (day,) = session.scalars(select(BusyDayRow))
        assert (day.channel, day.verified, day.size) == ("web", False, 8), "of a day only its size is kept"
    portal.clock.at += timedelta(days=29)  # type: ignore[attr-defined]
    fold(portal)
    with portal.database.read() as session:
        assert session.scalars(select(BusyDayRow)).all() == []


def test_a_service_that_is_busy_every_day_has_no_bursts(portal: Portal) -> None:
    for _ in range(16):
        with portal.database.write() as session:
            watch(session, Counter({MARKS: 200}), portal.clock.now())
        portal.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    with portal.database.read() as session:
        early = len(office.list_findings(session))
    with portal.database.write() as session:
        watch(session, Counter({MARKS: 400}), portal.clock.now())
        assert len(office.list_findings(session)) == early


MARKS = ("permits", "2026-02", 5, False, "web")


def watch(session: Session, marks: Counter[tuple[str, str, int, bool, str]], now: datetime) -> int:
    return watch_day(session, marks, today=now.date(), threshold=10, now=now)


@pytest.mark.parametrize("stops_at", ["watch_folded", "renew_duty"])
def test_a_night_that_stops_after_the_fold_loses_no_burst_and_finds_none_twice(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, stops_at: str
) -> None:
    """Else whoever stops the process at the right moment has a thousand marks counted that nobody looked at."""
    leave_marks(portal, "permits", [3, 4, 2] * 5 + [5] * 300)
    with monkeypatch.context() as stopped, pytest.raises(Stopped):
        room = services if stops_at == "watch_folded" else jobs
        stopped.setattr(room, stops_at, _stop)
        fold(portal)
    portal.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    leave_marks(portal, "permits", [5] * 20)
    assert fold(portal) == 20, "what was folded is not folded again"
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
        assert (found.rule, found.facts["on_day"]) == (Rule.BURST, 315), "each day is looked at for itself"
        assert [row.size for row in session.scalars(select(BusyDayRow))] == [8]
        assert session.scalars(select(FoldedRow)).all() == []


class Stopped(BaseException):
    """The process is killed here."""


def _stop(*_: object, **__: object) -> None:
    raise Stopped


def test_praise_copied_with_a_word_changed_counts_as_little_as_praise_copied(portal: Portal) -> None:
    praise = [f"The staff were friendly and my permit was ready in {n} minutes, thank you" for n in range(10, 22)]
    leave_marks(portal, "permits", [5] * 12, comments=praise)
    leave_marks(portal, "permits", [5] * 8 + [2] * 12, comments=["I waited for two hours, and nobody said why"])
    fold(portal)
    portal.clock.at = datetime(2026, 3, 1, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    said = statements(portal, "rating")
    (permits,) = (one for one in said if one["service"] == "permits")
    assert (permits["n"], permits["set_aside"]) == ("20", {"alike-texts": "12"})
    (body,) = statements(portal, "rating-body")
    assert body["set_aside"] == {"findings": "1", "ratings": "12"}
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
        sample = office.sample_of(session, found.id)
    assert len(sample) == 5 and set(sample) <= set(praise)


def test_marks_from_the_desks_of_the_rated_body_are_found_and_no_address_is_kept(
    client: PageClient, portal: Portal
) -> None:
    state_network(portal, "DPR", "198.51.100.0/24")
    portal.clock.at += timedelta(minutes=2)  # type: ignore[attr-defined]  # the process reads ranges each minute
    for n in range(12):
        source = {"REMOTE_ADDR": f"198.51.100.{n}" if n < 11 else "203.0.113.5"}
        page = client.get("/rate/permits").text
        client.post("/rate/permits", data=hidden_fields(page) | {"level": "5"}, environ_overrides=source)
    (code,) = issue(portal, "permits")
    page = client.get("/rate/permits").text
    sent = hidden_fields(page) | {"level": "5", "receipt": code}
    client.post("/rate/permits", data=sent, environ_overrides={"REMOTE_ADDR": "198.51.100.3"})
    with portal.database.read() as session:
        rows = session.execute(select(HeldRow.verified, HeldRow.own_network)).all()
    assert Counter(map(tuple, rows)) == {(False, True): 11, (False, False): 1, (True, None): 1}
    fold(portal)
    portal.clock.at = datetime(2026, 3, 1, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
        assert (found.rule, found.count) == (Rule.OWN_NETWORK, 11)
        assert session.scalars(select(OwnNetworkRow)).all() == []


def test_codes_hoarded_and_used_at_once_are_found_by_their_age(portal: Portal) -> None:
    codes = issue(portal, "permits", 30)
    fold(portal)
    portal.clock.at = datetime(2026, 4, 20, 9, tzinfo=UTC)  # type: ignore[attr-defined]
    for code in codes:
        key, receipt = services.mark_key(portal.keys, new_id()), services.receipt_key(portal.keys, code)
        with portal.database.write() as session:
            services.save_mark(
                session,
                key=key,
                mark=services.Mark("permits", Level.VERY_SATISFIED),
                receipt=receipt,
                now=portal.clock.now(),
            )
    fold(portal)
    portal.clock.at = datetime(2026, 5, 1, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
        assert (found.rule, found.facts["used_old"], found.count) == (Rule.RECEIPT_AGE, 30, 30)


def test_few_marks_are_never_set_aside_so_their_number_cannot_be_worked_out(portal: Portal) -> None:
    fired = Fired(Rule.CODES_WITHOUT_MATTERS, {})
    with portal.database.write() as session:
        add_totals(session, Counter({("permits", "2026-01", 5, True, "qr"): 9}))
        few = findings.set_aside(
            session, fired, service="permits", period="2026-01", threshold=10, now=portal.clock.now()
        )
        assert few is None and office.list_findings(session) == ()


SEEN_BY_STAFF = (
    "",
    "/comments",
    "/ratings",
    "/findings",
    "/own-ratings",
    "/answers",
    "/audit",
    "/receipts",
    "/paper",
)
ROLES = ("moderator", "publisher", "auditor", "body-signer", "service-clerk")


def test_an_officer_who_searches_for_a_rater_finds_a_month_and_no_more(client: PageClient, portal: Portal) -> None:
    """With every right over ratings and audit, and knowing code, address and words of somebody who rated."""
    (code,) = issue(portal, "permits")
    source = {"REMOTE_ADDR": "198.51.100.7"}
    client.get(f"/rate/r/{code}", environ_overrides=source)
    fields = hidden_fields(client.get("/rate/visit", environ_overrides=source).text)
    client.post("/rate/visit", data=fields | {"level": "1"}, environ_overrides=source)
    more = hidden_fields(client.get("/rate/thanks").text) | {"words": "only I would say this", "wants_answer": "y"}
    client.post("/rate/thanks", data=more, environ_overrides=source)
    follow_up = services.follow_up_code(portal.keys, fields["form_token"].split(".")[0])
    fold(portal)
    desk = new_client(portal)
    sign_in(desk, person(portal, roles=ROLES, connected_to=["DPR"]))
    secrets = (code, code.replace("-", ""), follow_up, source["REMOTE_ADDR"], fields["form_token"].split(".")[0])
    seen = {}
    for path in SEEN_BY_STAFF:
        page = desk.get(f"/desk{path}", query_string={"q": "only I", "service": "permits", "period": "2026-02"})
        assert page.status_code == 200, path
        seen[path] = page.text
        assert not [secret for secret in secrets if secret in page.text], path
    assert [path for path, page in seen.items() if "only I would say this" in page] == ["/comments"]
    (link,) = re.findall(r'href="(/desk/comments/[a-z0-9]+)', seen["/comments"])
    comment = desk.get(link).text
    found = re.findall(r"(?:[0-9:]+,? )?(?:[A-Za-z]+ )?2026[-0-9]*(?:,? [0-9:]+)?", comment)
    assert set(found) == {"February 2026"}, "a month, and neither day nor hour"
    assert not [secret for secret in secrets if secret in comment]
