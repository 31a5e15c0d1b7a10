"""The second input: Canada's service standards, against the file's own judgement of met and not met."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from portal.foundation.tables import read_table
from portal.publishing.imports.checked import Checked, FigureInput
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import load_mapping
from portal.publishing.values import FigureKey
from portal.registry.values import Direction, Status, status
from tests.foundation.corpora import shared_data


@pytest.fixture(scope="module")
def path() -> Path:
    return shared_data() / "canada_service_standards" / "service_standards_2023-24.csv"


@pytest.fixture(scope="module")
def checked(path: Path) -> Checked:
    return check_table(read_table(path), load_mapping(Path("canada_service_standards.toml")))


@pytest.fixture(scope="module")
def rows(path: Path) -> dict[int, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return dict(enumerate(csv.DictReader(file), start=2))


def status_of(figure: FigureInput) -> Status:
    target, actual = (None if text is None else Decimal(text) for text in (figure.target, figure.actual))
    return status(target, actual, Direction.UP)


def test_status_equals_the_files_own_oracle_on_every_row(
    checked: Checked, rows: dict[int, dict[str, str]]
) -> None:
    judged: Counter[tuple[str, Status]] = Counter()
    for figure in checked.figures.values():
        judged[rows[figure.row]["target_met"], status_of(figure)] += 1
    assert judged["Y", Status.MET] == 1303
    assert judged["N", Status.NOT_MET] == 451
    assert {found for said, found in judged if said in {"NA", ""}} == {Status.NO_RESULT, Status.NO_TARGET}
    assert sum(judged.values()) == len(rows) == 2325


def test_missing_targets_stay_missing_and_zero_targets_stay_zero(checked: Checked) -> None:
    targets = Counter(figure.target for figure in checked.figures.values())
    assert (targets[None], sum(n for text, n in targets.items() if text and not Decimal(text))) == (117, 43)


def test_volumes_stand_with_the_share_they_make(checked: Checked) -> None:
    shares = [
        (Decimal(f.numerator) / Decimal(f.denominator), Decimal(f.actual))
        for f in checked.figures.values()
        if f.numerator and f.denominator and f.actual and Decimal(f.denominator)
    ]
    assert len(shares) > 1700
    assert all(abs(100 * made - said) <= Decimal("0.005") for made, said in shares)


def test_a_share_is_written_in_per_cent_and_keeps_its_digits(checked: Checked) -> None:
    """Readers know 98.72 %; the point moves and no digit is made up."""
    calls = checked.figures[FigureKey("aafc-aac", "2224-3261-tel", "2023-24")]
    assert (calls.target, calls.actual, checked.indicators["2224-3261-tel"].unit) == ("90", "98.72", {"en": "%"})


def test_a_standard_is_one_indicator_for_each_channel(checked: Checked) -> None:
    assert len(checked.bodies) == 61
    assert checked.bodies["aafc-aac"].names == {"en": "Agriculture and Agri-Food Canada"}
    calls = checked.indicators["2224-3261-tel"]
    assert calls.names == {"en": "Answer calls received within 60 seconds (by telephone)"}
    assert (calls.direction, calls.body) == (Direction.UP, "aafc-aac")
    assert {key.period for key in checked.figures} == {"2022-23", "2023-24"}
