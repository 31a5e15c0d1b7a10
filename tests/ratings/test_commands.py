"""If these failed, codes would be shown twice, stored in clear, or lost half-way."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.ratings.cli import ratings, receipts
from portal.ratings.codes import read_code
from portal.ratings.models import ReceiptRow
from tests.conftest import Beginning
from tests.factories.ratings import leave_marks, with_permits


@pytest.fixture
def beginning() -> Beginning:
    return with_permits


def stored(portal: Portal) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(ReceiptRow)).all())


def issue(portal: Portal, *arguments: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(receipts, ["issue", *arguments], obj=portal)


def test_codes_are_printed_once(portal: Portal) -> None:
    done = issue(portal, "--service", "permits", "--count", "3")
    assert done.exit_code == 0, done.output
    codes = done.stdout.split()
    assert len(codes) == len({read_code(code) for code in codes} - {None}) == 3
    assert stored(portal) == 3


def test_codes_go_to_a_new_file_that_only_its_owner_reads(portal: Portal, tmp_path: Path) -> None:
    out = tmp_path / "codes.txt"
    assert issue(portal, "--service", "permits", "--count", "2", "--out", str(out)).exit_code == 0
    assert len(out.read_text().split()) == 2
    assert out.stat().st_mode & 0o777 == 0o600
    again = issue(portal, "--service", "permits", "--count", "2", "--out", str(out))
    assert again.exit_code == 1
    assert "cannot be made" in again.output
    assert stored(portal) == 2


def test_no_code_is_made_for_an_unknown_service(portal: Portal, tmp_path: Path) -> None:
    out = tmp_path / "codes.txt"
    failed = issue(portal, "--service", "nothing", "--count", "2", "--out", str(out))
    assert failed.exit_code == 1
    assert "no service with this code" in failed.output
    assert not out.exists()
    assert stored(portal) == 0


def test_the_fold_says_what_it_did(portal: Portal) -> None:
    leave_marks(portal, "permits", [5, 4])
    done = CliRunner().invoke(ratings, ["fold"], obj=portal)
    assert done.stdout == "Folded 2 held marks and comments.\n"


def test_issued_receipts_are_listed_for_reconciliation(portal: Portal) -> None:
    issue(portal, "--service", "permits", "--count", "4")
    listed = CliRunner().invoke(ratings, ["receipts", "--period", "2026-02"], obj=portal)
    assert listed.stdout == "2026-02  permits  issued 4  used 0\n"
