"""The audit record: what would be lost if these failed is the proof that nobody rewrote what staff did."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from portal.app import create_runner
from portal.audit.cli import audit
from portal.audit.heads import head_file, recall
from portal.audit.queries import main_chain
from portal.audit.services import NotACode, record
from portal.audit.values import Verdict, case_chain
from portal.audit.verifying import verify
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from tests.conftest import Beginning

ACTOR = Actor("0123456789abcdefghjkmnpqrs", "Chen Wei", frozenset())


def act(portal: Portal, subject: str, chain: str = "main") -> None:
    with portal.database.write() as session:
        record(session, actor=ACTOR, act="test.act", subject=subject, now=portal.clock.now(), chain=chain)


def seal(portal: Portal) -> None:
    create_runner(portal).step()


def checked(portal: Portal) -> Verdict:
    with portal.database.read() as session:
        return verify(session, recall(portal.settings.var))


def tamper(portal: Portal, *statements: str) -> None:
    with portal.database.write() as session:
        for statement in statements:
            session.execute(text(statement))


def command(portal: Portal) -> Result:
    return CliRunner().invoke(audit, ["verify"], obj=portal)


def keep_busy(portal: Portal) -> None:
    """An office in which five things happened, and three in each of two cases."""
    for number in range(5):
        act(portal, f"thing-{number}")
    for case in ("aaa", "bbb"):
        for number in range(3):
            act(portal, f"step-{number}", case_chain(case))
    seal(portal)
    assert checked(portal).passed


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return keep_busy if "busy" in request.fixturenames else None


@pytest.fixture
def busy(portal: Portal) -> Portal:
    return portal


def row_at(portal: Portal, position: int, chain: str = "main") -> int:
    with portal.database.read() as session:
        found = session.scalar(
            text("SELECT row_id FROM audit_seal WHERE chain = :chain AND position = :position"),
            {"chain": chain, "position": position},
        )
    assert isinstance(found, int)
    return found


def test_record_passes_as_the_runner_sealed_it(busy: Portal) -> None:
    assert command(busy).output == "The audit record verifies.\n"


def test_an_act_that_failed_leaves_no_row(portal: Portal) -> None:
    with pytest.raises(RuntimeError), portal.database.write() as session:
        record(session, actor=ACTOR, act="test.act", subject="thing", now=portal.clock.now())
        session.flush()
        raise RuntimeError
    seal(portal)
    with portal.database.read() as session:
        assert [row.subject for row in main_chain(session).items if row.act == "test.act"] == []


@pytest.mark.parametrize("column", ["subject", "act", "actor_id", "details", "at"])
def test_changed_row_is_named(busy: Portal, column: str) -> None:
    changed = {"details": '{"a":"b"}', "at": "2026-02-09T09:00:00.000001Z"}.get(column, "other")
    row = row_at(busy, 3)
    tamper(busy, f"UPDATE audit_row SET {column} = '{changed}' WHERE id = {row}")
    assert checked(busy) == Verdict(False, "main chain, row 3", "the row is not what was sealed")
    assert "main chain, row 3" in command(busy).output
    assert command(busy).exit_code == 1


def test_removed_row_is_named(busy: Portal) -> None:
    row = row_at(busy, 2)
    tamper(busy, f"DELETE FROM audit_seal WHERE row_id = {row}", f"DELETE FROM audit_row WHERE id = {row}")
    assert checked(busy).bad_row == "main chain, row 2"


def test_removed_row_is_noticed_when_the_others_close_up(busy: Portal) -> None:
    row = row_at(busy, 2)
    tamper(
        busy,
        f"DELETE FROM audit_seal WHERE row_id = {row}",
        f"DELETE FROM audit_row WHERE id = {row}",
        *(
            f"UPDATE audit_seal SET position = {place - 1} WHERE chain = 'main' AND position = {place}"
            for place in (3, 4, 5)
        ),
    )
    assert checked(busy).bad_row == "main chain, row 2"


def test_cut_off_end_is_noticed(busy: Portal) -> None:
    with busy.database.read() as session:
        last = main_chain(session).items[0].position
    row = row_at(busy, last)
    tamper(
        busy,
        f"DELETE FROM audit_case_root WHERE row_id = {row}",
        f"DELETE FROM audit_seal WHERE row_id = {row}",
        f"DELETE FROM audit_row WHERE id = {row}",
    )
    assert checked(busy).reason == "the chain ends before a row that was sealed"


def test_swapped_rows_are_noticed(busy: Portal) -> None:
    one, two = row_at(busy, 2), row_at(busy, 4)
    tamper(
        busy,
        f"UPDATE audit_row SET subject = 'thing-3' WHERE id = {one}",
        f"UPDATE audit_row SET subject = 'thing-1' WHERE id = {two}",
    )
    assert checked(busy).bad_row == "main chain, row 2"


def test_history_written_anew_with_right_hashes_is_noticed(busy: Portal) -> None:
    """Whoever can write the database can also compute hashes; the head outside it tells."""
    tamper(busy, "DELETE FROM audit_case_root", "DELETE FROM audit_seal", "DELETE FROM audit_row")
    remembered = head_file(busy.settings.var).read_bytes()
    for number in range(9):
        act(busy, f"invented-{number}")
    seal(busy)
    head_file(busy.settings.var).write_bytes(remembered)
    assert checked(busy).passed is False


def test_changed_case_row_is_noticed_without_saying_how_many_cases_there_are(busy: Portal) -> None:
    row = row_at(busy, 2, case_chain("bbb"))
    tamper(busy, f"UPDATE audit_row SET subject = 'other' WHERE id = {row}")
    assert checked(busy) == Verdict(False, "case chain, row 2", "the row is not what was sealed")


def test_case_chain_removed_whole_is_noticed(busy: Portal) -> None:
    tamper(
        busy,
        "DELETE FROM audit_seal WHERE chain = 'case:aaa'",
        "DELETE FROM audit_row WHERE chain = 'case:aaa'",
    )
    assert checked(busy).bad_row == "case chains" or "case chains" in str(checked(busy).reason)


def test_daily_root_is_of_one_size_with_cases_and_without(portal: Portal) -> None:
    seal(portal)
    with portal.database.read() as session:
        (empty,) = [row for row in main_chain(session).items if row.act == "audit.case-root"]
    act(portal, "step", case_chain("aaa"))
    seal(portal)
    portal.clock.at = portal.clock.at.replace(day=10)  # type: ignore[attr-defined]
    seal(portal)
    with portal.database.read() as session:
        full, before = [row for row in main_chain(session).items if row.act == "audit.case-root"]
    assert before == empty
    assert len(str(full.details)) == len(str(empty.details))
    assert full.subject == "2026-02-10"
    assert checked(portal).passed


def test_case_chains_do_not_show_in_the_main_chain(busy: Portal) -> None:
    with busy.database.read() as session:
        shown = main_chain(session)
    assert {row.chain for row in shown.items} == {"main"}
    assert [row.position for row in shown.items] == list(range(shown.total, 0, -1))


@pytest.mark.parametrize("words", ["He said it was false", "数据造假", "two\nlines", "a" * 251])
def test_text_is_kept_out(portal: Portal, words: str) -> None:
    with portal.database.write() as session:
        with pytest.raises(NotACode):
            record(session, actor=ACTOR, act="test.act", subject=words, now=portal.clock.now())
        with pytest.raises(NotACode):
            record(
                session,
                actor=ACTOR,
                act="test.act",
                subject="x",
                details={"why": words},
                now=portal.clock.now(),
            )


def test_sealing_twice_changes_nothing(busy: Portal) -> None:
    with busy.database.read() as session:
        before = main_chain(session)
    seal(busy)
    with busy.database.read() as session:
        assert main_chain(session) == before
