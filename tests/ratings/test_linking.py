"""The linking attack: whoever takes everything after the fold must not find out which mark a receipt left.

If these failed, the body that handed out the codes could tell who said what about it.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal.foundation.context import Portal
from portal.foundation.db import metadata
from portal.ratings import jobs, services
from portal.ratings.answers import Step
from portal.ratings.rules.texts import alike, flags_of
from portal.ratings.services.marks import comment_key
from tests.conftest import Beginning, World, new_client
from tests.factories.accounts import person
from tests.factories.answers import approve_all, hand_over, look_after, reply, say
from tests.factories.ratings import KEEPER, fold, hidden_fields, issue, publish_services, state_network
from tests.pages import PageClient

RATERS = 12
LEVELS = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 5]


@dataclass(frozen=True)
class Rater:
    """Everything an attacker could know of one visit from outside the database."""

    code: str
    level: int
    words: str
    submission_id: str
    cookies: tuple[str, ...]
    address: str


def twelve_rated(portal: Portal) -> list[Rater]:
    """Twelve people who redeemed a receipt each, one after another, and wrote a comment."""
    publish_services(portal, "permits")
    codes = issue(portal, "permits", RATERS)
    client = new_client(portal)
    return [_visit(client, code, LEVELS[n], n) for n, code in enumerate(codes)]


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return twelve_rated if "raters" in request.fixturenames else None


@pytest.fixture
def raters(world: World) -> list[Rater]:
    return world.told


def _visit(client: PageClient, code: str, level: int, n: int) -> Rater:
    client.delete_cookie("rate-visit", path="/rate")
    address = f"198.51.100.{n + 1}"
    source = {"REMOTE_ADDR": address}
    opened = client.get(f"/rate/r/{code}", environ_overrides=source)
    fields = hidden_fields(client.get("/rate/visit", environ_overrides=source).text)
    saved = client.post("/rate/visit", data=fields | {"level": str(level)}, environ_overrides=source)
    assert saved.status_code == 303
    words = f"words-of-rater-{n:02}"
    comment = hidden_fields(client.get("/rate/thanks", environ_overrides=source).text)
    more = {"in-person-attitude": str(level), "capacity": "citizen"}
    if level < 3:
        more |= {"reasons": "waiting", "wants_answer": "y"}
    added = client.post("/rate/thanks", data=comment | {"words": words} | more, environ_overrides=source)
    assert added.status_code == 303
    cookies = tuple(
        re.findall(r"rate-\w+=([^;]{20,})", " ".join(opened.headers.getlist("Set-Cookie")))
        + re.findall(r"rate-\w+=([^;]{20,})", " ".join(saved.headers.getlist("Set-Cookie")))
    )
    assert len(cookies) == 4
    return Rater(code, level, words, fields["form_token"].split(".")[0], cookies, address)


def _rows(portal: Portal) -> Iterator[tuple[str, dict[str, object]]]:
    """Every row of every table, in physical order, with what the engine itself keeps of it."""
    hidden = "*" if portal.database.is_sqlite else "*, ctid::text AS ctid, xmin::text AS xmin, xmax::text AS xmax"
    with portal.database.read() as session:
        for table in sorted(metadata.tables):
            columns = hidden
            if portal.database.is_sqlite and not metadata.tables[table].dialect_options["sqlite"]["with_rowid"]:
                with pytest.raises(Exception, match="no such column: rowid"):
                    session.execute(text(f"SELECT rowid FROM {table}"))
                session.rollback()
            elif portal.database.is_sqlite:
                columns = "*, rowid AS rowid_"
            order = "" if portal.database.is_sqlite else " ORDER BY ctid"
            for row in session.execute(text(f"SELECT {columns} FROM {table}{order}")).mappings():
                yield table, dict(row)


def _table(portal: Portal, name: str) -> list[dict[str, object]]:
    return [row for table, row in _rows(portal) if table == name]


def _files(portal: Portal) -> dict[str, bytes]:
    """The bytes of the database: SQLite's files, or PostgreSQL's files of this room's tables."""
    if portal.database.is_sqlite:
        path = Path(str(portal.database.url.database))
        return {each.name: each.read_bytes() for each in path.parent.glob(path.name + "*") if each.is_file()}
    with portal.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.scalar(text("SHOW data_directory")) or "")
        names = [name for name in metadata.tables if name.startswith("rating_")]
        paths = {name: connection.scalar(text(f"SELECT pg_relation_filepath('{name}')")) for name in names}
        return {name: (folder / str(path)).read_bytes() for name, path in paths.items()}


def test_no_value_of_a_visit_is_kept_beside_its_mark(portal: Portal, raters: list[Rater]) -> None:
    fold(portal)
    dump = [(table, row, repr(row)) for table, row in _rows(portal)]
    for rater in raters:
        receipt = services.receipt_key(portal.keys, rater.code) or b""
        code = services.follow_up_code(portal.keys, rater.submission_id)
        answer = services.follow_up_key(portal.keys, code)
        bare = {services.mark_key(portal.keys, rater.submission_id), comment_key(portal.keys, rater.submission_id)}
        for table, row, shown in dump:
            for secret in (rater.code, rater.code.replace("-", ""), rater.submission_id, *rater.cookies):
                assert secret not in shown, (table, secret)
            assert rater.address not in shown, table
            if receipt in row.values():
                assert table == "rating_receipt"
                known = {"service": "permits", "expires": "2026-05", "spent": True, "fresh": False}
                assert _meaning(row) == known, "a receipt keeps its month, and no day"
            if bare & {value for value in row.values() if isinstance(value, bytes)}:
                assert table == "rating_held"
                assert _meaning(row) == {"folded_on": "2026-02-09"}
            if table == "rating_follow_up" and row["key"] == answer:
                given = {"service", "period", "level", "channel", "details", "comment_id"}
                assert set(_meaning(row)) == given
                assert row["comment_id"] in {one["id"] for _, one, text in dump if rater.words in text}
            elif answer in row.values():
                raise AssertionError(f"the code for an answer is kept in {table}")
            if rater.words in shown:
                assert table == "rating_comment"
                of_the_words = {"text", "flags", "alike"}  # the last two follow from the words alone
                assert set(_meaning(row)) == {"service", "period", "level", "channel", "state"} | of_the_words
                assert (row["flags"], row["alike"]) == (" ".join(flags_of(row["text"])), alike(row["text"]))


def test_a_dump_joined_every_way_pairs_no_receipt_with_an_answer(portal: Portal, raters: list[Rater]) -> None:
    """No value of one receipt, as it is or digested, stands in any other row that not all receipts share."""
    fold(portal)
    receipts = _table(portal, "rating_receipt")
    assert len(receipts) == len(raters)
    shared = set.intersection(*(_joinable(row) for row in receipts))
    others = [(table, _joinable(row)) for table, row in _rows(portal) if table != "rating_receipt"]
    for receipt in receipts:
        own = _joinable(receipt) - shared
        assert own, "the attack has nothing to join by"
        assert [table for table, values in others if values & own] == []


def _joinable(row: dict[str, object]) -> set[object]:
    """Everything a row could be joined by: each value, its hexadecimal form and its digest; not its place."""
    found: set[object] = set()
    for name, value in row.items():
        if name in ("ctid", "rowid_"):
            continue
        raw = value if isinstance(value, bytes) else str(value).encode()
        found |= {raw, raw.hex().encode(), hashlib.sha256(raw).digest()}
    return found


def test_an_order_of_receipts_by_a_system_leads_to_none_of_them(portal: Portal) -> None:
    publish_services(portal, "permits")
    with portal.database.write() as session:
        key = services.make_office_key(session, body="DPR", name="hall", actor=KEEPER, now=portal.clock.now())
    with portal.database.write() as session:
        office = services.find_office(session, key)
        assert office is not None
        services.issue_to_office(
            session,
            office=office,
            service="permits",
            count=3,
            idempotency_key="order-1",
            keys=portal.keys,
            now=portal.clock.now(),
        )
    (order,) = (_joinable(row) for row in _table(portal, "rating_office_request"))
    receipts = [_joinable(row) for row in _table(portal, "rating_receipt")]
    assert all(order & row <= set.intersection(*receipts) for row in receipts)
    assert not any(b"order-1" in repr(row).encode() for _, row in _rows(portal))


def _meaning(row: dict[str, object]) -> dict[str, object]:
    """The columns of a row that say something, without its own random key."""
    own = {"key", "id", "ctid", "xmin", "xmax"}
    found = {name: value for name, value in row.items() if name not in own and value is not None}
    return found | {name: bool(found[name]) for name in ("spent", "fresh") if name in found}


def test_no_order_of_rows_tells_the_order_of_visits(portal: Portal, raters: list[Rater]) -> None:
    fold(portal)
    by_receipt = {services.receipt_key(portal.keys, rater.code): n for n, rater in enumerate(raters)}
    by_words = {rater.words: n for n, rater in enumerate(raters)}
    by_key = {
        key: n
        for n, rater in enumerate(raters)
        for key in (
            services.mark_key(portal.keys, rater.submission_id),
            comment_key(portal.keys, rater.submission_id),
        )
    }
    receipts = [by_receipt[row["key"]] for row in _table(portal, "rating_receipt")]  # type: ignore[index]
    comments = [by_words[str(row["text"])] for row in _table(portal, "rating_comment")]
    keys = [by_key[row["key"]] for row in _table(portal, "rating_held")]  # type: ignore[index]
    visits = list(range(RATERS))
    for order in (receipts, comments, keys):
        assert sorted(set(order)) == visits
        assert order not in (visits, visits[::-1])
        # neighbours in time are not neighbours on disk much more often than chance makes them
        steps = [abs(after - before) for before, after in pairwise(order)]
        assert steps.count(1) <= len(order) * 2 // 3
    assert receipts != comments


def test_transactions_left_in_rows_pair_nothing(portal: Portal, raters: list[Rater], engine_name: str) -> None:
    if engine_name == "sqlite":
        assert all("xmin" not in row for row in _table(portal, "rating_receipt"))
        return  # SQLite keeps no transaction with a row
    assert len({row["xmin"] for row in _table(portal, "rating_receipt")}) == RATERS
    fold(portal)
    folded = ("rating_receipt", "rating_comment", "rating_total", "rating_held")
    for table in (*folded, "rating_detail_total", "rating_follow_up"):
        rows = _table(portal, table)
        (writer,) = {row["xmin"] for row in rows}
        # a wish for an answer names its comment, and the fold that wrote both locked the comment for it
        named = {row["comment_id"] for row in _table(portal, "rating_follow_up")}
        locked = {row["id"] for row in rows if row["xmax"] != "0"} if table == "rating_comment" else set()
        assert locked <= named
        assert {row["xmax"] for row in rows} <= ({"0", writer} if locked else {"0"}), table
    assert raters


def test_answering_adds_no_time_of_the_rater_and_nothing_that_leads_to_a_receipt(
    portal: Portal, raters: list[Rater], engine_name: str
) -> None:
    """From the desk of the body to the rater's word: what is left tells days alone, and joins no receipt."""
    clock: Any = portal.clock
    fold(portal)
    approve_all(portal)
    body = person(portal, roles=["body-editor"], connected_to=["DPR"])
    moderator = person(portal, roles=["moderator"])
    hand_over(portal)
    answers = [str(row["id"]) for row in _table(portal, "rating_answer")]
    assert len(answers) == sum(level < 3 for level in LEVELS)
    for answer in answers:
        reply(portal, answer, Step.FIXED, by=body, moderator=moderator)
    before = len(_table(portal, "audit_entry"))
    clock.at = clock.at.replace(hour=13, minute=37, second=11)
    codes = [services.follow_up_code(portal.keys, one.submission_id) for one in raters if one.level < 3]
    for code in codes:
        say(portal, code, settled=True)
    for row in _table(portal, "rating_answer"):
        assert set(_meaning(row)) == {
            *("owed_since", "state", "due_on", "overdue", "refused", "word", "reply", "counted"),
        }
        assert not row["counted"]
    clock.at = clock.at.replace(day=10, hour=3, minute=0, second=0)
    look_after(portal)
    dump = [(table, row) for table, row in _rows(portal)]
    shown = " ".join(repr(row) for _, row in dump)
    assert "13:37" not in shown and not any(code in shown for code in codes)
    assert sum(table == "audit_entry" for table, _ in dump) == before  # what a rater says leaves no audit row
    for table, row in dump:
        if table.startswith("rating_"):
            assert re.findall(r"\d{1,2}:\d{2}|T\d{2}|\d{10,}", repr(_meaning(row))) == [], (table, row)
        if table == "rating_follow_up":  # the matter has ended: what was written stands apart again
            assert (row["comment_id"], row["details"]) == (None, "[]")
    if engine_name == "postgres":  # whose word came when is not to be told from the transactions either
        assert len({row["xmin"] for table, row in dump if table == "rating_answer"}) == 1
    receipts = [_joinable(row) for table, row in dump if table == "rating_receipt"]
    common = set.intersection(*receipts)
    others = [_joinable(row) for table, row in dump if table in {"rating_answer", "rating_follow_up", "duty"}]
    assert all(not (receipt - common) & other for receipt in receipts for other in others)


def test_the_files_of_the_database_hold_nothing_of_a_held_mark(
    portal: Portal, raters: list[Rater], engine_name: str
) -> None:
    before = _files(portal)
    key = services.mark_key(portal.keys, raters[0].submission_id)
    assert any(key in content for content in before.values()), "the attack looks in the wrong place"
    fold(portal)
    after = _files(portal)
    if engine_name == "sqlite":
        assert after.get("portal.sqlite3-wal", b"") == b""
    else:
        assert b"permits" not in after["rating_held"]
        assert b"words-of-rater" not in after["rating_held"]
    for rater in raters:
        key = services.mark_key(portal.keys, rater.submission_id)
        receipt = services.receipt_key(portal.keys, rater.code) or b""
        assert sum(content.count(key) for content in after.values()) <= 2  # the bare key, and an index of it
        assert sum(content.count(rater.words.encode()) for content in after.values()) == 1
        for content in after.values():
            for found in re.finditer(re.escape(key), content):
                near = content[max(0, found.start() - 400) : found.end() + 400]
                assert receipt not in near
                assert rater.words.encode() not in near


def test_rating_leaves_no_job_no_audit_row_and_no_time(portal: Portal, raters: list[Rater]) -> None:
    before = {
        (table, repr(row))
        for table, row in _rows(portal)
        if table in {"job", "audit_entry", "schedule_run", "duty"}
    }
    assert not any("permits" in shown or "rating" in shown for table, shown in before if table == "job")
    fold(portal)
    for table, row in _rows(portal):
        if table.startswith("rating_"):
            moments = re.findall(r"\d{1,2}:\d{2}|T\d{2}|\d{10,}", repr(_meaning(row)))
            assert moments == [], (table, row)
    audited = [row for table, row in _rows(portal) if table == "audit_entry" and "ratings" in repr(row)]
    assert audited == []
    assert raters


def test_rating_writes_no_log_line(portal: Portal, capfd: pytest.CaptureFixture[str]) -> None:
    publish_services(portal, "permits")
    (code,) = issue(portal, "permits")
    client = new_client(portal)
    capfd.readouterr()
    rater = _visit(client, code, 4, 1)
    fold(portal)
    output = capfd.readouterr()
    said = output.out + output.err
    for secret in (code, rater.submission_id, rater.address, rater.words, "permits", 'level": 4'):
        assert secret not in said


def test_two_dumps_a_day_apart_tell_no_more_than_the_day(portal: Portal, raters: list[Rater]) -> None:
    """What is left to someone with backups: which codes were used that day, and the day's sums."""
    fold(portal)
    totals = {(row["level"], row["count"]) for row in _table(portal, "rating_total")}
    assert totals == {(level, LEVELS.count(level)) for level in set(LEVELS)}
    assert all(_meaning(row)["spent"] for row in _table(portal, "rating_receipt"))
    assert len(raters) == RATERS


def test_the_window_before_the_fold_is_as_the_manual_says(portal: Portal, raters: list[Rater]) -> None:
    """Until the fold a mark is a row of its own: with these columns and no others."""
    for row in _table(portal, "rating_held"):
        known = {"service", "period", "level", "channel", "verified", "text", "details", "follow_up", "age"}
        assert set(_meaning(row)) <= known
        assert row["age"] == ("same-day" if row["verified"] else None)
    assert raters


def test_no_age_of_a_code_and_no_network_stands_beside_an_answer(portal: Portal, raters: list[Rater]) -> None:
    """Somebody without a code rates from the body's own network too; after the fold both are numbers apart."""
    state_network(portal, "DPR", "198.51.100.0/24")
    client, source = new_client(portal), {"REMOTE_ADDR": "198.51.100.77"}
    fields = hidden_fields(client.get("/rate/permits", environ_overrides=source).text)
    client.post("/rate/permits", data=fields | {"level": "1"}, environ_overrides=source)
    noted = [row for row in _table(portal, "rating_held") if row["own_network"] is not None]
    assert [(bool(row["own_network"]), bool(row["verified"])) for row in noted] == [(True, False)]
    fold(portal)
    assert all(row["age"] is None and row["own_network"] is None for row in _table(portal, "rating_held"))
    (count,) = _table(portal, "rating_receipt_count")
    assert (count["used"], count["same_day"], count["old"]) == (len(raters), len(raters), 0)
    own = [_meaning(row) for row in _table(portal, "rating_own_network")]
    assert own == [{"service": "permits", "period": "2026-02", "channel": "web", "level": 1, "count": 1}]
    dump = " ".join(repr(row) for table, row in _rows(portal) if table not in {"rating_network", "audit_entry"})
    assert "198.51.100" not in dump
    portal.clock.at = portal.clock.at.replace(month=3)  # type: ignore[attr-defined]
    jobs.run_publish(portal)  # the month has been looked at
    assert _table(portal, "rating_own_network") == []


def test_the_order_of_fresh_receipts_tells_nothing_of_who_used_theirs(
    portal: Portal, raters: list[Rater], engine_name: str
) -> None:
    """Receipts end their first day with the fold: also those that nobody used, and without a trace of when."""
    unused = issue(portal, "permits", 5)
    assert sum(bool(row["fresh"]) for row in _table(portal, "rating_receipt")) == RATERS + len(unused)
    fold(portal)
    rows = _table(portal, "rating_receipt")
    assert not any(row["fresh"] for row in rows)
    if engine_name == "postgres":
        (writer,) = {row["xmin"] for row in rows}
        assert {row["xmax"] for row in rows if row["spent"]} == {"0"}
        assert {row["xmax"] for row in rows} <= {"0", writer}  # the fold locks what it writes anew
