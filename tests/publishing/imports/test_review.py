"""Before anything is staged, an import says what it changes and what looks odd, and somebody must settle both."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing import queries
from portal.publishing.cli.figures import figures
from portal.publishing.imports.jumps import judge
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import append_waiting, discard_release, prepare_release, publish_release
from portal.publishing.services.reviews import find_review
from portal.publishing.values import Cause, FigureKey
from portal.registry.values import Direction
from tests.factories.accounts import person
from tests.factories.registry import body, indicator
from tests.factories.releases import figures_csv, line, publish

DATA = Path(__file__).parent / "data"
CANADA = ("--mapping", "canada_service_standards.toml")
REASON = ("--reason", "As the source has it.")
WITHOUT_SERVICE = {"service_code": "", "service_name": ""}


def run(portal: Portal, path: Path, *options: str) -> Result:
    return CliRunner().invoke(figures, ["import", str(path), *options], obj=portal)


def imported(portal: Portal, tmp_path: Path, text: str, *options: str) -> Result:
    path = tmp_path / "figures.csv"
    path.write_text(text)
    return run(portal, path, "--source", "Invented", "--licence", "CC BY 4.0", *options)


def put_out(portal: Portal, slug: str) -> int:
    """Publish a draft by two people; returns the edition."""
    registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
    now = portal.clock.now()
    with portal.database.write() as session:
        prepare_release(session, slug=slug, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=slug, actor=publisher.actor, now=now)
    append_waiting(portal)
    with portal.database.read() as session:
        return queries.current_edition(session).n


def documents(result: Result) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return found


def kinds(result: Result) -> dict[str, int]:
    found: dict[str, int] = json.loads(result.stdout)["concern_totals"]
    return found


def test_a_real_file_is_published_as_it_stood_and_as_it_was_revised(portal: Portal) -> None:
    """Canada's standards of 2023-24 on 7 and on 24 January 2025: 58 came, 37 went, 20 were filed late."""
    first = run(portal, DATA / "canada_2025-01-07.csv", *CANADA, *REASON, "--release", "gc-07")
    assert "62 figures are new" in first.output
    assert put_out(portal, "gc-07") == 1
    later = (DATA / "canada_2025-01-24.csv", *CANADA, "--release", "gc-24")
    seen = documents(run(portal, *later, "--dry-run", "--json"))
    told = [(change["kind"], change["body"]) for change in seen["changes"]]
    assert [sum(kind == wanted for kind, _ in told) for wanted in ("added", "completed", "removed")] == [
        58,
        20,
        37,
    ]
    refused = run(portal, *later)
    assert refused.exit_code == 1
    assert "37 published figures are not in the file" in refused.output
    assert run(portal, *later, *REASON, "--absent", "withdraw").exit_code == 0
    assert put_out(portal, "gc-24") == 2
    late, gone = (
        FigureKey("ec", "689-519-onl", "2023-24"),
        FigureKey("cra-arc", "srv01098-stan00001044-onl", "2023-24"),
    )
    with portal.database.read() as session:
        assert queries.get_figure(session, late, edition=1).actual is None
        assert str(queries.get_figure(session, late, edition=2).actual) == "97.33"
        before, now = queries.get_figure(session, gone, edition=1), queries.get_figure(session, gone, edition=2)
    assert (str(before.target), before.current.obs_status) == ("95", "A")
    assert (now.target, now.current.obs_status, now.current.cause) == (None, "L", Cause.SOURCE_CORRECTION)
    assert now.current.note is not None
    assert "No longer supplied" in str(now.current.note.text)
    again = run(portal, *later[:-1], "again", "--dry-run")
    assert "There is nothing to publish" in again.output


def test_zero_targets_of_the_real_file_are_told_one_by_one(portal: Portal) -> None:
    seen = run(portal, DATA / "canada_2025-01-24.csv", *CANADA, "--dry-run", "--json")
    zero = [one for one in documents(seen)["concerns"] if one["kind"] == "zero-target"]
    assert [(one["column"], one["found"]) for one in zero] == [("target", "0")] * len(zero)
    assert zero


def test_a_published_value_changes_only_for_a_stated_cause(portal: Portal, tmp_path: Path) -> None:
    publish(portal, figures_csv(line("2021"), line()))
    changed = figures_csv(line("2021"), line(actual="11.2"))
    seen = imported(portal, tmp_path, changed, "--dry-run")
    assert "corrected: riverside/review-days/2022 (row 3): actual 8.5 → 11.2" in seen.output
    refused = imported(portal, tmp_path, changed)
    assert "8.5, as published in edition 1" in refused.output
    assert imported(portal, tmp_path, changed, "--cause", "source-correction").exit_code == 0
    assert put_out(portal, "figures") == 2
    with portal.database.read() as session:
        figure = queries.get_figure(session, FigureKey("riverside", "review-days", "2022"), edition=2)
        assert [(str(v.actual), v.cause) for v in figure.versions] == [
            ("8.5", Cause.SCHEDULED),
            ("11.2", Cause.SOURCE_CORRECTION),
        ]


def test_a_draft_with_corrections_is_published_only_by_one_who_may_approve_them(
    portal: Portal, tmp_path: Path
) -> None:
    publish(portal, figures_csv(line()))
    imported(portal, tmp_path, figures_csv(line(actual="9")), "--cause", "method-change")
    registrar, now = person(portal, roles=["registrar"]), portal.clock.now()
    with portal.database.write() as session:
        prepare_release(session, slug="figures", actor=registrar.actor, now=now)
    publisher = person(portal, roles=["publisher"]).actor
    only_releases = replace(publisher, permissions=frozenset({PublishingPermission.PUBLISH}))
    with portal.database.write() as session, pytest.raises(Forbidden):
        publish_release(session, slug="figures", actor=only_releases, now=now)


def test_what_the_source_no_longer_has_is_kept_or_withdrawn_never_dropped(portal: Portal, tmp_path: Path) -> None:
    other = {"indicator_code": "other", "indicator_name": "Other"}
    publish(portal, figures_csv(line(), line(**other)))
    less = figures_csv(line(), line("2023"))
    with_both = figures_csv(line(), line("2023"), line(**other))
    refused = imported(portal, tmp_path, less)
    assert "1 published figures are not in the file" in refused.output
    assert "--absent" in refused.output
    kept = imported(portal, tmp_path, less, "--absent", "keep")
    assert "they stay as they are" in kept.output
    assert put_out(portal, "figures") == 2
    key = FigureKey("riverside", "other", "2022")
    with portal.database.read() as session:
        assert str(queries.get_figure(session, key, edition=2).actual) == "8.5"
    gone = imported(
        portal, tmp_path, less.replace("2023", "2024"), "--absent", "withdraw", "--release", "b", *REASON
    )
    assert "they are marked as no longer supplied" in gone.output
    assert put_out(portal, "b") == 3
    back = imported(portal, tmp_path, with_both, "--release", "c", *REASON)
    assert "1 complete" in back.output
    with portal.database.read() as session:
        assert queries.get_figure(session, key, edition=3).actual is None


def test_another_source_removes_nothing(portal: Portal, tmp_path: Path) -> None:
    publish(portal, figures_csv(line()))
    other = figures_csv(line(indicator_code="other", indicator_name="Other"))
    assert imported(portal, tmp_path, other, "--source", "Another office").exit_code == 0


ODD = [
    ({"target": ""}, "missing-target", "target"),
    ({"target": "0", "direction": "up"}, "zero-target", "target"),
    ({"numerator": "5", "denominator": "4"}, "above-whole", "numerator"),
    ({"numerator": "0", "denominator": "0.0"}, "zero-whole", "denominator"),
    ({"period": "2031"}, "future-period", "actual"),
    ({"period": "2026"}, "before-end", "actual"),
    ({"body_name": "合　计"}, "like-a-total", "body_name"),
]


@pytest.mark.parametrize(("fields", "kind", "column"), ODD, ids=[kind for _, kind, _ in ODD])
def test_what_looks_odd_is_told_with_its_place_and_confirmed_with_a_reason(
    portal: Portal, tmp_path: Path, fields: dict[str, str], kind: str, column: str
) -> None:
    text = figures_csv(line(**fields))
    seen = imported(portal, tmp_path, text, "--dry-run", "--json")
    assert [(one["kind"], one["row"], one["column"]) for one in documents(seen)["concerns"]] == [(kind, 2, column)]
    assert "--reason" in imported(portal, tmp_path, text).output
    assert imported(portal, tmp_path, text, "--reason", "Looked at.").exit_code == 0
    with portal.database.read() as session:
        kept = find_review(session, "figures")
    assert kept is not None
    assert (kept.decisions.reason, kept.totals, kept.file) == ("Looked at.", {kind: 1}, "figures.csv")
    assert [one.column for one in kept.concerns] == [column]
    with portal.database.write() as session:
        actor = person(portal, roles=["registrar"]).actor
        discard_release(session, slug="figures", actor=actor, now=portal.clock.now())
    with portal.database.read() as session:
        assert find_review(session, "figures") is None


def test_a_plain_target_of_zero_is_fine_where_less_is_better(portal: Portal, tmp_path: Path) -> None:
    assert kinds(imported(portal, tmp_path, figures_csv(line(target="0")), "--dry-run", "--json")) == {}


def test_a_provisional_result_may_come_before_the_end(portal: Portal, tmp_path: Path) -> None:
    text = figures_csv(line("2026", obs_status="P"))
    assert kinds(imported(portal, tmp_path, text, "--dry-run", "--json")) == {}


def test_a_body_that_is_missing_altogether_is_told(portal: Portal, tmp_path: Path) -> None:
    lakeside = {"body_code": "lakeside", "body_name": "Lakeside", **WITHOUT_SERVICE, "indicator_code": "x"}
    publish(portal, figures_csv(line(), line(**lakeside)))
    text = figures_csv(line(), line("2023"))
    assert kinds(imported(portal, tmp_path, text, "--dry-run", "--json")) == {"body-absent": 1}


def test_a_target_that_comes_with_its_result_is_told(portal: Portal, tmp_path: Path) -> None:
    publish(portal, figures_csv(line(target="", actual="")))
    assert kinds(imported(portal, tmp_path, figures_csv(line()), "--dry-run", "--json")) == {"late-target": 1}


@pytest.mark.parametrize(
    ("before", "value", "odd"),
    [
        ([10, 11, 9, 10], 10.5, False),
        ([10, 11, 9, 10], 14, False),
        ([10, 11, 9, 10], 40, True),
        ([10, 11, 9, 10], 100_000, True),
        ([10, 11, 9, 10], 0.001, True),
        ([10, 11, 9], 400, False),
        ([10, 20, 30, 40, 50], 60, False),
        ([10, 20, 30, 40, 50], 61, False),
        ([0, 0, 0, 0], 0, False),
        ([0, 0, 0, 0], 5, True),
        ([100, 300, 100, 300, 100], 300, False),
        ([5, 5, 5, 5], 5.1, False),
        ([-10, -11, -9, -10], 40, True),
    ],
)
def test_a_jump_is_judged_against_the_figures_own_past(before: list[float], value: float, odd: bool) -> None:
    assert (judge(before, value) is not None) is odd


def test_a_change_of_unit_is_recognised() -> None:
    assert "Has the unit changed?" in str(judge([120, 125, 118, 121], 1_205_000))


def test_a_jump_is_seen_across_editions(portal: Portal, tmp_path: Path) -> None:
    years = [line(str(year), actual=str(8 + year % 2)) for year in range(2016, 2022)]
    publish(portal, figures_csv(*years))
    seen = imported(portal, tmp_path, figures_csv(line("2022", actual="800")), "--dry-run", "--json")
    assert [(one["kind"], one["row"], one["column"]) for one in documents(seen)["concerns"]] == [
        ("jump", 2, "actual")
    ]


def test_parts_may_not_exceed_the_total_the_register_names(portal: Portal, tmp_path: Path) -> None:
    with portal.database.write() as session:
        body(session, "riverside")
        for code, total in (("all", None), ("roads", "all"), ("parks", "all")):
            indicator(session, code, part_of=total, direction=Direction.NONE)
    common = {"direction": "none", "target": "", **WITHOUT_SERVICE, "indicator_name": "", "unit": "", "kind": ""}
    rows = [
        line(indicator_code=code, actual=n, **common)
        for code, n in (("all", "10"), ("roads", "7"), ("parks", "4"))
    ]
    seen = imported(portal, tmp_path, figures_csv(*rows), "--dry-run", "--json")
    assert [(one["kind"], one["row"]) for one in documents(seen)["concerns"]] == [("parts-above-total", 2)]
    fine = [row.replace(",7,", ",6,") for row in rows]
    assert kinds(imported(portal, tmp_path, figures_csv(*fine), "--dry-run", "--json")) == {}


def test_a_refused_file_says_so_as_json_too(portal: Portal, tmp_path: Path) -> None:
    result = imported(
        portal, tmp_path, figures_csv(line(actual="many")), "--json", "--marked", str(tmp_path / "m.xlsx")
    )
    assert json.loads(result.stdout)["faults"] == [
        {"row": 2, "column": "actual", "expected": "a number", "found": "many"}
    ]
    assert (tmp_path / "m.xlsx").read_bytes()[:2] == b"PK"
