"""The main input: New York's indicators, against the file's own judgement of met and not met."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from portal.foundation.tables import read_table
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import load_mapping
from portal.publishing.values import FigureKey
from portal.registry.values import Direction, Status, status

FILE = Path(__file__).parents[4] / "shared" / "data" / "nyc_mmr" / "tidy_indicator_level_data.csv"
ORACLE = {"Met_Goal": {Status.MET}, "Did_Not_Meet": {Status.NOT_MET}, "NA": {Status.NO_TARGET, Status.NO_RESULT}}

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"the public data of New York is not at {FILE}")


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_table(read_table(FILE), load_mapping(Path("nyc_mmr.toml")))


def _status(checked: Checked, key: FigureKey) -> Status:
    figure = checked.figures[key]
    direction = checked.indicators[key.indicator].direction
    assert direction is not None
    return status(_number(figure.target), _number(figure.actual), direction)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def test_status_equals_the_files_own_oracle_on_every_row(checked: Checked) -> None:
    judged: Counter[str] = Counter()
    keys = {figure.row: key for key, figure in checked.figures.items() if key.period == "2023"}
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            assert _status(checked, keys[number]) in ORACLE[row["Success"]], row["ID"]
            judged[row["Success"]] += 1
    assert judged == {"Met_Goal": 183, "Did_Not_Meet": 168, "NA": 788}


def test_no_year_but_the_projected_one_has_a_target(checked: Checked) -> None:
    for key, figure in checked.figures.items():
        if key.period != "2023":
            assert figure.target is None
            assert _status(checked, key) is Status.NO_TARGET


def test_the_projection_is_never_shown_as_a_result(checked: Checked) -> None:
    for key, figure in checked.figures.items():
        assert figure.obs_status == ("P" if key.period == "2023" else "A")
        assert (figure.note is not None) == (key.period == "2023")


def test_numbers_keep_the_files_digits_and_missing_ones_stay_missing(checked: Checked) -> None:
    key = FigureKey("department-of-buildings", "mmr-119", "2016")
    assert checked.figures[key].actual == "11.11"
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = sum(row[str(year)] != "NA" for row in rows for year in range(2016, 2024))
    assert len(checked.figures) == values == 8297


def test_rows_without_an_agency_are_counted_and_plainly_named(checked: Checked) -> None:
    assert checked.defaulted["Agency not stated in the source"] == 164
    unnamed = checked.bodies["agency-not-stated-in-the-source"]
    assert unnamed.names["zh_Hans"] == "来源未注明机构"
    assert len(checked.bodies) == 37


def test_the_same_text_of_many_agencies_stays_many_indicators(checked: Checked) -> None:
    emails = [
        claim
        for claim in checked.indicators.values()
        if claim.names["en"] == "E-mails responded to in 14 days (%)"
    ]
    assert len(emails) == 31
    assert len({claim.body for claim in emails}) == 31
    assert len(checked.indicators) == 1139


def test_units_come_from_the_name_and_only_units_do(checked: Checked) -> None:
    units = Counter(claim.unit.get("en", "") for claim in checked.indicators.values())
    assert units["%"] >= 380
    assert units["days"] == 74
    assert units["thousand"] >= 34
    assert not {"RHY", "Borough offices", "average", "DOB NOW", "14 days"} & set(units)


def test_direction_of_every_indicator_is_known(checked: Checked) -> None:
    assert {claim.direction for claim in checked.indicators.values()} == {Direction.UP, Direction.DOWN}


def test_only_an_agency_the_source_does_not_name_is_called_so_in_any_language(checked: Checked) -> None:
    assert checked.bodies["department-of-buildings"].names == {"en": "Department of Buildings"}
    assert checked.bodies["agency-not-stated-in-the-source"].names == {
        "en": "Agency not stated in the source",
        "zh_Hans": "来源未注明机构",
    }
