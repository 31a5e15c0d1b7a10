"""An import is whole or nothing, tells every fault with its place, and never changes what is published."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from portal.foundation.context import Portal
from portal.foundation.tables import Fault, ImportRefused, parse_table
from portal.publishing.cli.figures import figures
from portal.publishing.cli.releases import release
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import Mapping, default_mapping
from portal.publishing.models import Act, FigureVersion, ReleaseDraft, SaltedText
from portal.publishing.values import FigureKey
from portal.registry import queries as registry
from tests.factories.registry import body, indicator
from tests.factories.releases import draft, figures_csv, line, plan, publish
from tests.foundation.corpora import naughty_strings, shared_data


def checked(csv_text: str, mapping: Mapping | None = None) -> Checked:
    return check_table(parse_table("figures.csv", csv_text.encode()), mapping or default_mapping())


def faults_of(act: Callable[[], object]) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refusal:
        act()
    return [(fault.row, fault.column, str(fault.expected)) for fault in refusal.value.faults]


def places(csv_text: str, mapping: Mapping | None = None) -> list[tuple[int, str]]:
    return [(row, column) for row, column, _ in faults_of(lambda: checked(csv_text, mapping))]


def nothing_was_written(portal: Portal) -> bool:
    with portal.database.read() as session:
        return all(
            session.scalar(select(func.count()).select_from(table)) == 0
            for table in (Act, FigureVersion, ReleaseDraft, SaltedText)
        )


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"body_code": ""}, "body_code"),
        ({"body_code": "=cmd"}, "body_code"),
        ({"indicator_code": "a.json"}, "indicator_code"),
        ({"service_code": "a b"}, "service_code"),
        ({"direction": "sideways"}, "direction"),
        ({"kind": "hoped"}, "kind"),
        ({"period": "FY22"}, "period"),
        ({"target": "=1+1"}, "target"),
        ({"actual": "n/a"}, "actual"),
        ({"numerator": "1e99"}, "numerator"),
        ({"obs_status": "X"}, "obs_status"),
        ({"obs_status": "O"}, "obs_status"),
        ({"indicator_name": "a\x07b"}, "indicator_name"),
        ({"unit": "\u202edays"}, "unit"),
        ({"obs_note": "x" * 2001}, "obs_note"),
        ({"obs_note": "#N/A"}, "obs_note"),  # a word to a reader, an error to whoever made the sheet
        ({"indicator_name": "#REF!"}, "indicator_name"),
        ({"actual": "Err:502"}, "actual"),
    ],
)
def test_a_fault_names_row_and_column(fields: dict[str, str], column: str) -> None:
    assert places(figures_csv(line("2021"), line(**fields))) == [(3, column)]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_an_error_of_the_spreadsheet_is_a_fault_at_its_cell_whatever_the_format(kind: str) -> None:
    """A missing value is a fact about the body; a formula that broke is none."""
    file = Path(__file__).parents[2] / "foundation" / "data" / f"errors.{kind}"
    given = {"file": {"sheet": "数据"}, "columns": {"indicator_code": "h", "actual": "n", "obs_note": "note"}}
    same = {"body_code": "b", "body_name": "B", "indicator_name": "I", "unit": "%", "period": "2022"}
    mapping = Mapping.model_validate({**given, "constants": {**same, "direction": "up", "kind": "expected"}})
    table = parse_table(file.name, file.read_bytes(), sheet="数据")
    with pytest.raises(ImportRefused) as refusal:
        check_table(table, mapping)
    found = [(fault.file, fault.row, fault.column) for fault in refusal.value.faults]
    cells = [(3, "n"), (3, "note"), (4, "n"), (4, "note"), (5, "n"), (6, "n")]
    assert found == [(file.name, row, column) for row, column in cells]


def test_all_faults_are_told_at_once() -> None:
    wrong = [line(str(year), actual="?", target="?") for year in range(1990, 2020)]
    with pytest.raises(ImportRefused) as refusal:
        checked(figures_csv(*wrong))
    assert refusal.value.total == 60
    assert len(refusal.value.faults) == 50


def test_a_missing_target_is_missing_and_zero_is_a_target() -> None:
    found = checked(figures_csv(line("2021", target=""), line("2022", target="0"), line("2023", actual="")))
    targets = {key.period: figure.target for key, figure in found.figures.items()}
    assert targets == {"2021": None, "2022": "0", "2023": "12"}
    assert [figure.obs_status for figure in found.figures.values()] == ["A", "A", "O"]


def test_a_figure_stands_once_in_a_file() -> None:
    assert places(figures_csv(line(), line("2021"), line(actual="9"))) == [(4, "period")]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("body_name", "Another name"),
        ("indicator_name", "Another name"),
        ("unit", "weeks"),
        ("direction", "up"),
    ],
)
def test_rows_of_a_file_must_agree(field: str, text: str) -> None:
    faults = faults_of(lambda: checked(figures_csv(line("2021"), line(**{field: text}))))
    assert [(row, column) for row, column, _ in faults] == [(3, field)]
    assert "as in row 2" in faults[0][2]


def test_an_indicator_of_several_bodies_belongs_to_none() -> None:
    other = {"body_code": "lakeside", "body_name": "Lakeside", "service_code": "visits", "service_name": "Visits"}
    claim = checked(figures_csv(line(), line(**other))).indicators["review-days"]
    assert (claim.body, claim.service) == (None, None)


def test_a_file_without_our_columns_says_which_are_missing() -> None:
    assert places("a,b\n1,2\n") == [(1, "body_code"), (1, "indicator_code"), (1, "period")]


def test_a_mapping_that_names_no_column_of_the_file_is_told_so() -> None:
    mapping = Mapping(columns={"body_code": "Agency", "period": "Year"}, slugs={"indicator_code": "{ID}"})
    assert places("Agency,x\nA,1\n", mapping) == [(1, "ID"), (1, "Year")]


def test_chinese_files_are_read_in_gb18030() -> None:
    text = figures_csv(line(body_name="河湾建筑局"))
    table = parse_table("figures.csv", text.encode("gb18030"))
    found = check_table(table, Mapping.model_validate({"file": {"locale": "zh_Hans"}}))
    assert found.bodies["riverside"].names == {"zh_Hans": "河湾建筑局"}


def test_years_as_columns_become_figures_and_empty_ones_none() -> None:
    mapping = Mapping.model_validate(
        {
            "file": {"missing": ["..", ""]},
            "columns": {"body_code": "b", "indicator_code": "i"},
            "constants": {"body_name": "B", "indicator_name": "I", "direction": "up"},
            "periods": {"type": "fiscal-year"},
            "melt": [
                {"columns": ["A2003-04", "A2004-05"], "into": "actual", "period": "^A(.*)"},
                {"columns": ["T2004-05"], "into": "target", "period": "^T(.*)", "constants": {"obs_note": "n"}},
            ],
        }
    )
    found = checked("b,i,A2003-04,A2004-05,T2004-05\nx,y,..,2,3\n", mapping)
    assert [(key.period, f.actual, f.target, f.note) for key, f in found.figures.items()] == [
        ("2004-2005", "2", "3", "n")
    ]


def test_nothing_is_imported_when_one_row_is_wrong(portal: Portal, tmp_path: Path) -> None:
    result = run(portal, tmp_path, figures_csv(line("2021"), line(actual="?")))
    assert result.exit_code == 1
    assert "nothing was imported" in result.output
    assert "figures.csv, row 3, column actual: expected a number, found '?'" in result.output
    assert nothing_was_written(portal)


def run(portal: Portal, tmp_path: Path, text: str, *options: str) -> Result:
    path = tmp_path / "figures.csv"
    path.write_text(text)
    given = ["import", str(path), "--source", "Invented", "--licence", "CC BY 4.0", *options]
    return CliRunner().invoke(figures, given, obj=portal)


def test_a_dry_run_says_the_same_and_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    text = figures_csv(line("2021"), line("2022"))
    dry = run(portal, tmp_path, text, "--dry-run")
    assert "2 figures are new" in dry.output
    assert "Dry run: nothing was changed." in dry.output
    assert nothing_was_written(portal)
    done = run(portal, tmp_path, text, "--release", "Review 2022")
    assert done.output.splitlines()[:-1] == dry.output.splitlines()[:-1]
    assert "Draft review-2022 is staged." in done.output
    listed = CliRunner().invoke(release, ["list"], obj=portal)
    assert listed.output == "draft      review-2022  2021/2022  figures\n"


def test_where_figures_come_from_must_be_said(portal: Portal, tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(figures_csv(line()))
    result = CliRunner().invoke(figures, ["import", str(path)], obj=portal)
    assert "--source and --licence" in result.output
    assert nothing_was_written(portal)


def test_the_same_file_again_has_nothing_to_publish(portal: Portal, tmp_path: Path) -> None:
    text = figures_csv(line("2021"), line("2022"))
    publish(portal, text)
    again = run(portal, tmp_path, text)
    assert "0 figures are new, 0 complete or replace a provisional one, 2 are published already." in again.output
    assert "no draft was made" in again.output


def test_more_digits_of_the_same_number_are_no_change(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    assert plan(portal, figures_csv(line(actual="8.50")), "again").counts["unchanged"] == 1


def test_an_import_never_changes_a_published_value(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    for column, value in (("actual", "11.2"), ("actual", ""), ("target", "15"), ("target", "")):
        again = figures_csv(line("2021"), line(**{column: value}))
        faults = faults_of(lambda again=again: plan(portal, again, "again"))  # type: ignore[misc]
        assert [(row, name) for row, name, _ in faults] == [(3, column)]
        published = {"actual": "8.5", "target": "12"}[column]
        assert f"{published}, as published in edition 1" in faults[0][2]
        assert "correction" in faults[0][2]


def test_a_missing_result_is_completed_and_a_provisional_one_replaced(portal: Portal) -> None:
    publish(portal, figures_csv(line("2022", actual=""), line("2023", actual="9", obs_status="P")))
    planned = plan(portal, figures_csv(line("2022"), line("2023", actual="9.4")), "final")
    assert (planned.counts["completed"], planned.counts["register"]) == (2, 0)
    assert [addition.replaces for addition in planned.plan.additions] == [1, 1]


def test_the_target_cannot_be_moved_while_the_result_comes_in(portal: Portal) -> None:
    publish(portal, figures_csv(line(actual="")))
    faults = faults_of(lambda: plan(portal, figures_csv(line(target="20", actual="18")), "final"))
    assert [column for _, column, _ in faults] == ["target"]


def test_the_register_is_not_changed_by_figures(portal: Portal) -> None:
    publish(portal, figures_csv(line("2021")))
    for fields, column in (({"unit": "weeks"}, "unit"), ({"direction": "up"}, "direction")):
        faults = faults_of(lambda fields=fields: plan(portal, figures_csv(line(**fields)), "b"))  # type: ignore[misc]
        assert [name for _, name, _ in faults] == [column]
    renamed = plan(portal, figures_csv(line(body_name="Another")), "b")
    assert renamed.counts["names_kept"] == 1
    assert renamed.register == ()


def test_an_indicator_of_one_body_takes_no_figures_of_another(portal: Portal) -> None:
    publish(portal, figures_csv(line("2021")))
    other = {"body_code": "lakeside", "body_name": "Lakeside", "service_code": "", "service_name": ""}
    faults = faults_of(lambda: plan(portal, figures_csv(line(**other)), "b"))
    assert faults == [(2, "body_code", "riverside, the only body with indicator review-days")]


def test_unknown_codes_need_names_and_a_direction(portal: Portal) -> None:
    bare = line(body_name="", service_name="", indicator_name="", direction="", unit="")
    faults = faults_of(lambda: plan(portal, figures_csv(bare)))
    assert [column for _, column, _ in faults] == ["body_name", "service_name", "indicator_name", "direction"]


def test_codes_alone_are_enough_for_what_the_register_knows(portal: Portal) -> None:
    with portal.database.write() as session:
        body(session, "city")
        body(session, "riverside", parent_code="city")
        indicator(session, "review-days")
    bare = line(body_name="", service_code="", service_name="", indicator_name="", direction="", unit="", kind="")
    planned = plan(portal, figures_csv(bare))
    assert [(s["t"], s["code"]) for s in planned.register] == [
        ("body", "city"),
        ("body", "riverside"),
        ("indicator", "review-days"),
    ]


def test_an_equal_note_is_kept_once(portal: Portal) -> None:
    noted = [line(str(year), obs_note="Counted anew.") for year in (2020, 2021, 2022)]
    draft(portal, figures_csv(*noted))
    with portal.database.read() as session:
        assert session.scalar(select(func.count()).select_from(SaltedText)) == 1


def test_formulas_are_refused_as_numbers_and_codes_and_kept_as_plain_names(portal: Portal) -> None:
    payloads = (shared_data() / "csv_injection" / "csv-payload.txt").read_text().splitlines()
    assert payloads
    for number, payload in enumerate(payloads):
        for column in ("body_code", "indicator_code", "actual", "target", "period"):
            assert places(_quoted(column, payload)) == [(2, column)]
        draft(portal, _quoted("indicator_name", payload, indicator_code=f"i{number}"), f"r{number}")
        with portal.database.read() as session:
            assert registry.get_indicator(session, f"i{number}").names == {"en": payload}


def test_naughty_names_are_kept_as_they_are_or_refused(portal: Portal) -> None:
    kept = 0
    for text in naughty_strings():
        try:
            found = checked(_quoted("body_name", text))
        except ImportRefused:
            continue
        kept += 1
        names = found.bodies["riverside"].names
        assert names == ({"en": " ".join(text.split())} if text.split() else {})
    assert kept > 400


def _quoted(column: str, text: str, **fields: str) -> str:
    """A one-line file with a text that needs quoting in one column."""
    rows = list(csv.DictReader(io.StringIO(figures_csv(line(**fields)))))
    rows[0][column] = text
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_fault_says_file_row_column_expected_and_found() -> None:
    with pytest.raises(ImportRefused) as refusal:
        checked(figures_csv(line(actual="many")))
    assert refusal.value.faults == (Fault("figures.csv", 2, "actual", "a number", "many"),)


def test_keys_read_back_as_written() -> None:
    key = next(iter(checked(figures_csv(line("2023-Q1"))).figures))
    assert FigureKey.parse(str(key)) == key == FigureKey("riverside", "review-days", "2023-Q1")
