"""If these failed, a mark would be lost, counted twice, or kept with more than it needs."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.foundation.clock import months_after
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import queries, services
from portal.ratings.errors import ReceiptNotUsable
from portal.ratings.models import HeldRow, ReceiptRow, TotalRow
from portal.ratings.services import folding
from portal.ratings.services.folding import FRESH
from portal.ratings.services.marks import Mark, mark_key
from portal.ratings.values import Level
from tests.conftest import Beginning
from tests.factories.ratings import fold, issue, leave_marks, with_permits_and_parks


@pytest.fixture
def beginning() -> Beginning:
    return with_permits_and_parks


def save(portal: Portal, key: bytes, level: int, code: str | None = None, service: str = "permits") -> None:
    if code is None:
        now = portal.clock.now()
        services.save_open_mark(portal.database, key=key, mark=Mark(service, Level(level)), now=now)
        return
    receipt = services.receipt_key(portal.keys, code)
    with portal.database.write() as session:
        services.save_mark(
            session, key=key, mark=Mark(service, Level(level)), receipt=receipt, now=portal.clock.now()
        )


def totals(portal: Portal) -> dict[tuple[str, str, int, bool], int]:
    with portal.database.read() as session:
        return {(t.service, t.period, t.level, t.verified): t.count for t in session.scalars(select(TotalRow))}


def spent(portal: Portal) -> list[bool]:
    with portal.database.read() as session:
        return sorted(session.scalars(select(ReceiptRow.spent)))


def test_marks_become_totals_of_their_month(portal: Portal) -> None:
    leave_marks(portal, "permits", [5, 5, 1])
    leave_marks(portal, "parks", [3])
    assert fold(portal) == 4
    assert totals(portal) == {
        ("permits", "2026-02", 5, False): 2,
        ("permits", "2026-02", 1, False): 1,
        ("parks", "2026-02", 3, False): 1,
    }


def test_later_folds_add_to_the_same_total(portal: Portal) -> None:
    for _ in range(3):
        leave_marks(portal, "permits", [4, 4])
        fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, False): 6}


def test_a_double_click_counts_once_and_the_last_answer_wins(portal: Portal) -> None:
    key = mark_key(portal.keys, new_id())
    save(portal, key, 5)
    save(portal, key, 2)
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 2, False): 1}


def test_a_form_sent_again_after_the_fold_adds_nothing(portal: Portal) -> None:
    key, (code,) = mark_key(portal.keys, new_id()), issue(portal, "permits")
    save(portal, key, 5, code)
    fold(portal)
    before = totals(portal)
    save(portal, key, 1, code)
    assert fold(portal) == 0
    assert totals(portal) == before == {("permits", "2026-02", 5, True): 1}


def test_a_form_is_bound_to_the_service_it_was_first_sent_for(portal: Portal) -> None:
    key = mark_key(portal.keys, new_id())
    save(portal, key, 5)
    save(portal, key, 1, service="parks")
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 5, False): 1}


def test_a_receipt_is_redeemed_once(portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    save(portal, mark_key(portal.keys, new_id()), 4, code)
    with pytest.raises(ReceiptNotUsable):
        save(portal, mark_key(portal.keys, new_id()), 4, code)
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, True): 1}


def test_a_double_click_with_a_receipt_is_harmless(portal: Portal) -> None:
    key, (code,) = mark_key(portal.keys, new_id()), issue(portal, "permits")
    save(portal, key, 4, code)
    save(portal, key, 4, code)
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, True): 1}


def test_a_code_added_by_sending_the_form_again_verifies_the_same_mark(portal: Portal) -> None:
    key, (code,) = mark_key(portal.keys, new_id()), issue(portal, "permits")
    save(portal, key, 4)
    save(portal, key, 4, code)
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 4, True): 1}
    assert spent(portal) == [True]


def test_spent_expired_foreign_and_unknown_codes_fail_alike_and_write_nothing(portal: Portal) -> None:
    used, foreign, old = *issue(portal, "permits"), *issue(portal, "parks"), *issue(portal, "permits")
    save(portal, mark_key(portal.keys, new_id()), 4, used)
    with portal.database.write() as session:
        key = services.receipt_key(portal.keys, old)
        session.get_one(ReceiptRow, key).expires = months_after("2026-02", -1)
    answers = set()
    for code in (used, foreign, old, "0000-0000-0000"):
        with pytest.raises(ReceiptNotUsable) as refused:
            save(portal, mark_key(portal.keys, new_id()), 1, code)
        answers.add(str(refused.value))
    assert len(answers) == 1
    with portal.database.read() as session:
        assert queries.count_held(session) == 1


def test_one_receipt_in_many_hands_at_once_counts_once(portal: Portal) -> None:
    (code,) = issue(portal, "permits")
    results: list[str] = []

    def redeem() -> None:
        try:
            save(portal, mark_key(portal.keys, new_id()), 3, code)
            results.append("saved")
        except ReceiptNotUsable:
            results.append("refused")

    threads = [threading.Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused"] * 7 + ["saved"]
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 3, True): 1}


def test_a_double_click_at_the_very_same_moment_is_saved_for_both(portal: Portal) -> None:
    key, (code,) = mark_key(portal.keys, new_id()), issue(portal, "permits")
    failed: list[Exception] = []

    def click() -> None:
        try:
            save(portal, key, 3, code)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 3, True): 1}


def test_a_fold_leaves_out_what_is_not_committed_yet(portal: Portal, engine_name: str) -> None:
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time: no transaction can be open during the fold")
    leave_marks(portal, "permits", [5])
    with portal.database.write() as open_session:
        services.save_mark(
            open_session,
            key=mark_key(portal.keys, new_id()),
            mark=Mark("permits", Level(1)),
            receipt=None,
            now=portal.clock.now(),
        )
        services.fold(portal.database, now=portal.clock.now())
        assert totals(portal) == {("permits", "2026-02", 5, False): 1}
    fold(portal)
    assert totals(portal) == {("permits", "2026-02", 5, False): 1, ("permits", "2026-02", 1, False): 1}


def test_a_failed_fold_changes_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_marks(portal, "permits", [5, 4], comments=["kept"])

    def broken(*_args: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(folding, "_leave_bare_keys", broken)
    with pytest.raises(RuntimeError):
        fold(portal)
    monkeypatch.undo()
    assert totals(portal) == {}
    assert fold(portal) == 3
    assert sum(totals(portal).values()) == 2


def test_a_full_day_is_folded_in_ranges_and_none_is_short(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range with one mark in it would tell, by the total that its transaction wrote, what that mark was."""
    monkeypatch.setattr(folding, "FEWEST_AT_ONCE", 4)
    monkeypatch.setattr(folding, "MOST_AT_ONCE", 8)
    folded_together: list[int] = []
    fold_range = folding._fold_range

    def watched(*given: Any) -> int:
        folded = fold_range(*given)
        folded_together.append(folded)
        return folded

    monkeypatch.setattr(folding, "_fold_range", watched)
    leave_marks(portal, "permits", [5, 4, 3] * 20, comments=["one", "two"])
    assert fold(portal) == sum(folded_together) == 62
    assert len(folded_together) > 4
    assert totals(portal) == {("permits", "2026-02", level, False): 20 for level in (3, 4, 5)}
    portal.clock.at += timedelta(days=3)  # type: ignore[attr-defined]
    fold(portal)
    with portal.database.read() as session:
        assert session.scalars(select(HeldRow)).all() == []


def test_bare_keys_go_after_two_days_and_expired_receipts_with_them(portal: Portal) -> None:
    issue(portal, "permits", 3)
    leave_marks(portal, "permits", [5])
    fold(portal)
    with portal.database.read() as session:
        assert len(session.scalars(select(HeldRow)).all()) == 1
    portal.clock.at = portal.clock.at.replace(month=9)  # type: ignore[attr-defined]
    fold(portal)
    with portal.database.read() as session:
        assert session.scalars(select(HeldRow)).all() == []
        assert session.scalars(select(ReceiptRow)).all() == []
        assert [(u.issued, u.used) for u in queries.list_receipt_uses(session, "2026-02")] == [(3, 0)]


def test_the_fold_reads_no_receipt_but_the_fresh_ones_to_end_their_first_day(portal: Portal) -> None:
    issue(portal, "permits", 3)
    with portal.database.write() as session:
        engine, sqlite = session.get_bind(), portal.database.is_sqlite
        if not sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # three rows are read faster than an index
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{FRESH.compile(engine)}")).all()
        assert "ix_rating_receipt_fresh" in repr(plan)


def test_issued_and_used_receipts_are_counted_by_month(portal: Portal) -> None:
    codes = issue(portal, "permits", 5)
    for code in codes[:2]:
        save(portal, mark_key(portal.keys, new_id()), 5, code)
    fold(portal)
    with portal.database.read() as session:
        (use,) = queries.list_receipt_uses(session, "2026-02")
    assert (use.service, use.issued, use.used) == ("permits", 5, 2)


def test_a_code_is_kept_only_as_a_keyed_digest(portal: Portal, tmp_path, engine_name: str) -> None:  # type: ignore[no-untyped-def]
    (code,) = issue(portal, "permits")
    with portal.database.read() as session:
        (row,) = session.scalars(select(ReceiptRow))
    assert code.replace("-", "").encode() not in row.key
    assert len(row.key) == 32
