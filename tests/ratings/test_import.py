"""If these failed, a file read upside down, or twice, or by rows instead of people, would speak for the public."""

import csv
from collections import Counter, defaultdict
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.foundation.context import Portal
from portal.foundation.faults import ImportRefused
from portal.ratings import queries
from portal.ratings.cli import ratings
from portal.ratings.imports.mapping import SHIPPED, Mapping, load_mapping
from portal.ratings.imports.placeholders import is_comment
from portal.ratings.imports.reading import Collected, read_ratings
from portal.ratings.jobs import run_publish
from portal.ratings.models import DetailTotalRow, TotalRow
from portal.ratings.values import CommentState
from tests.factories.ratings import publish_services
from tests.ratings.published import statements

SCALE = "[scale]\nbest = 5\nworst = 1\n"
COLUMNS = '[columns]\nlevel = "mark"\nservice = "what"\nmonth = "when"\nrespondent = "who"\ncomment = "words"\n'
HEAD = "who,what,when,mark,words\n"
NHS = Path(__file__).parents[3] / "shared" / "data" / "fft_ratings" / "neas_2021-22.csv"


def read(text: str, mapping: str = COLUMNS + SCALE) -> Collected:
    import tomllib

    found = Mapping.model_validate(tomllib.loads(mapping))
    return read_ratings("f.csv", text.encode(), found, services=frozenset({"permits"}), current="2026-02")


def refused(text: str, mapping: str = COLUMNS + SCALE) -> list[tuple[int, str]]:
    with pytest.raises(ImportRefused) as refusal:
        read(text, mapping)
    return [(fault.row, fault.column) for fault in refusal.value.faults]


def test_people_are_counted_not_rows() -> None:
    rows = "a,permits,2026-01,5,Quick.\na,permits,2026-01,5,Kind.\nb,permits,2026-01,2,\n"
    found = read(HEAD + rows)
    assert found.marks == {("permits", "2026-01", 5): 1, ("permits", "2026-01", 2): 1}
    assert [text for _, text in found.comments] == ["Quick.", "Kind."]


def test_a_scale_without_a_direction_is_refused() -> None:
    assert refused(HEAD + "a,permits,2026-01,1,\n", COLUMNS) == [(1, "mark")]


def test_a_reversed_scale_is_turned_as_the_mapping_says() -> None:
    turned = COLUMNS + "[scale]\nbest = 1\nworst = 5\n"
    assert read(HEAD + "a,permits,2026-01,1,\n", turned).marks == {("permits", "2026-01", 5): 1}
    words = COLUMNS + "[scale]\nlevels = { good = 4, bad = 1 }\n"
    assert read(HEAD + "a,permits,2026-01,bad,\n", words).marks == {("permits", "2026-01", 1): 1}


@pytest.mark.parametrize("scale", ["best = 1", "best = 1\nworst = 7", "best = 3\nworst = 3", ""])
def test_a_scale_that_is_not_five_levels_needs_a_list(scale: str) -> None:
    with pytest.raises(ValueError, match="best"):
        read(HEAD, COLUMNS + f"[scale]\n{scale}\n")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a,permits,2026-01,9,", "mark"),
        ("a,moon,2026-01,5,", "what"),
        ("a,permits,January,5,", "when"),
        ("a,permits,2026-03,5,", "when"),
        (",permits,2026-01,5,", "who"),
    ],
)
def test_a_fault_names_row_and_column_and_nothing_is_taken(row: str, column: str) -> None:
    assert refused(HEAD + f"b,permits,2026-01,5,\n{row}\n") == [(3, column)]


def test_one_person_cannot_have_two_marks() -> None:
    assert refused(HEAD + "a,permits,2026-01,5,\na,permits,2026-01,1,\n") == [(3, "mark")]


def test_a_missing_or_repeated_column_is_told() -> None:
    assert refused("who,what,when,words\n") == [(1, "mark")]
    assert refused("who,what,when,mark,mark,words\n") == [(1, "mark")]


@pytest.mark.parametrize("text", ["Nothing", " nothing. ", "Did not answer", "N/A", "…", "", "无。", "ＮＯＮＥ！"])
def test_a_placeholder_is_no_comment(text: str) -> None:
    assert not is_comment(text)


@pytest.mark.parametrize("text", ["Nothing worked.", "No seats", "没有椅子", "42"])
def test_words_that_begin_like_a_placeholder_are_a_comment(text: str) -> None:
    assert is_comment(text)


COUNTS = '[columns]\nservice = "what"\nmonth = "when"\n[counts]\nlevels = { good = 5, bad = 1 }\nhidden = ["<5"]\n'


def test_a_row_with_a_hidden_number_stays_hidden_as_a_whole() -> None:
    found = read("what,when,good,bad\npermits,2026-01,90,<5\npermits,2026-01,7,2\n", COUNTS)
    assert found.marks == {("permits", "2026-01", 5): 7, ("permits", "2026-01", 1): 2}
    assert found.hidden == 1
    assert refused("what,when,good,bad\npermits,2026-01,90,few\n", COUNTS) == [(2, "bad")]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with suppress(ImportRefused):
        read(HEAD + text)


def run(portal: Portal, *arguments: str) -> Result:
    return CliRunner().invoke(ratings, ["import", *arguments], obj=portal)


def test_a_file_is_imported_once_and_never_as_verified(portal: Portal, tmp_path: Path) -> None:
    publish_services(portal, "permits")
    file, mapping = tmp_path / "f.csv", tmp_path / "m.toml"
    file.write_text(HEAD + "a,permits,2026-01,5,Quick.\nb,permits,2026-01,1,Nothing\n")
    mapping.write_text(COLUMNS + SCALE)
    dry = run(portal, str(file), "--mapping", str(mapping), "--dry-run")
    assert "2 ratings, 1 comments" in dry.output and "Nothing was changed" in dry.output
    done = run(portal, str(file), "--mapping", str(mapping))
    assert done.exit_code == 0, done.output
    again = run(portal, str(file), "--mapping", str(mapping))
    assert again.exit_code == 1 and "imported on 2026-02-09" in again.output
    with portal.database.read() as session:
        rows = session.scalars(select(TotalRow)).all()
        assert sorted((row.level, row.channel, row.verified, row.count) for row in rows) == [
            (1, "import", False, 1),
            (5, "import", False, 1),
        ]
        assert queries.list_comments(session, state=CommentState.WAITING).total == 1


def test_a_mapping_that_cannot_be_used_is_told(portal: Portal, tmp_path: Path) -> None:
    file, mapping = tmp_path / "f.csv", tmp_path / "m.toml"
    file.write_text(HEAD)
    for text in ("[scale", "[scale]\nup = 1\n", "[columns]\nlevel = 'x'\n"):
        mapping.write_text(text)
        told = run(portal, str(file), "--mapping", str(mapping))
        assert told.exit_code == 1 and "nothing was imported" in told.output
    assert "There is no mapping" in run(portal, str(file), "--mapping", "moon.toml").output


def test_the_answers_of_nhs_patients_equal_a_count_by_hand() -> None:
    if not NHS.exists():
        pytest.skip("the NHS answers are not on this machine")
    with NHS.open(encoding="utf-8", newline="") as rows:
        by_hand = dict.fromkeys((r["Respondent ID"], r["FFT categorical answer"]) for r in csv.DictReader(rows))
    counted = Counter(mark for _, mark in by_hand)
    services = frozenset({"NEAS-PTS", "NEAS-CONVEY", "NEAS-111"})
    found = read_ratings(
        NHS.name, NHS.read_bytes(), load_mapping(Path("nhs_fft.toml")), services=services, current="2026-02"
    )
    by_level: Counter[int] = Counter()
    for (_, _, level), count in found.marks.items():
        by_level[level] += count
    assert by_level == {6 - int(mark): counted[mark] for mark in "12345"}
    assert found.ratings == sum(counted[mark] for mark in "12345")
    assert {month[:4] for _, month, _ in found.marks} <= {"2021", "2022"}
    assert not any(text.strip(" .").casefold() in {"nothing", "did not answer"} for _, text in found.comments)


def test_what_is_published_of_nhs_patients_equals_a_count_by_hand(portal: Portal, tmp_path: Path) -> None:
    """From the file through totals and roll-up: by service and month, of people and not of rows."""
    if not NHS.exists():
        pytest.skip("the NHS answers are not on this machine")
    names = {"PTS\u00a0 - Patient Transport": "NEAS-PTS", "See and Convey": "NEAS-CONVEY", "111": "NEAS-111"}
    by_hand: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    seen = set()
    with NHS.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["Respondent ID"] not in seen and row["FFT categorical answer"] in set("12345"):
                day, month, year = row["Date"].split("/")
                month = month if int(month) <= 12 else day  # the file writes some dates the American way
                about = names[row["Service type 1"]], f"{year}-{month.zfill(2)}"
                by_hand[about][str(6 - int(row["FFT categorical answer"]))] += 1
            seen.add(row["Respondent ID"])
    publish_services(portal, *names.values())
    mapping = tmp_path / "marks_alone.toml"
    shipped = (SHIPPED / "nhs_fft.toml").read_text(encoding="utf-8")
    mapping.write_text(shipped.replace('comment = "FFT answer"\n', ""), encoding="utf-8")
    assert run(portal, str(NHS), "--mapping", str(mapping)).exit_code == 0
    run_publish(portal)
    said = {(one["service"], one["period"]): one for one in statements(portal, "rating")}
    shown = {about for about in by_hand if about in said and not said[about]["suppressed"]}
    assert len(shown) >= 20
    for about in shown:
        counted = by_hand[about]
        assert said[about]["n"] == str(counted.total()), about
        for level in "12345":
            share = Decimal(counted[level]) / counted.total()
            assert said[about]["levels"][level]["share"] == str(share.quantize(Decimal("0.0001"))), about
    for about in by_hand.keys() - shown:
        assert about not in said or said[about]["n"] is None, about


MORE = (
    '[dimensions]\n"polite" = "in-person/attitude"\n[capacity]\ncolumn = "type"\nwords = { firm = "business" }\n'
    '[reasons]\ncolumn = "why"\nseparator = ";"\nwords = { queue = "waiting", rude = "attitude" }\n'
)
MORE_HEAD = "who,what,when,mark,words,polite,type,why\n"


def test_answers_to_further_questions_come_with_each_person_once() -> None:
    rows = (
        "a,permits,2026-01,1,,2,firm,queue; rude;queue\n"
        "a,permits,2026-01,1,,2,firm,queue\n"  # the same person again
        "b,permits,2026-01,5,,,other,queue\n"  # no reasons of a high mark
    )
    found = read(MORE_HEAD + rows, COLUMNS + SCALE + MORE)
    assert found.answers == {
        ("permits", "2026-01", "in-person/attitude", "2"): 1,
        ("permits", "2026-01", "capacity", "business"): 1,
        ("permits", "2026-01", "reason", "waiting"): 1,
        ("permits", "2026-01", "reason", "attitude"): 1,
    }
    assert refused(HEAD, COLUMNS + SCALE + MORE) == [(1, "polite"), (1, "type"), (1, "why")]


@pytest.mark.parametrize(
    "more",
    [
        '[dimensions]\npolite = "in-person/charm"\n',
        '[capacity]\ncolumn = "type"\nwords = { firm = "firm" }\n',
        '[reasons]\ncolumn = "why"\nwords = { queue = "queue" }\n',
    ],
)
def test_a_question_of_another_name_is_refused(more: str) -> None:
    with pytest.raises(ValueError, match=r"not (in-person/charm|firm|queue)"):
        read(MORE_HEAD, COLUMNS + SCALE + more)


def test_imported_answers_join_the_totals_of_their_channel(portal: Portal, tmp_path: Path) -> None:
    publish_services(portal, "permits")
    file, mapping = tmp_path / "f.csv", tmp_path / "m.toml"
    file.write_text(MORE_HEAD + "a,permits,2026-01,1,,2,firm,rude\n")
    mapping.write_text(COLUMNS + SCALE + MORE)
    run = CliRunner().invoke(ratings, ["import", str(file), "--mapping", str(mapping)], obj=portal)
    assert run.exit_code == 0 and "3 answers to further questions." in run.output
    with portal.database.read() as session:
        rows = session.scalars(select(DetailTotalRow)).all()
    assert {(row.channel, row.question, row.answer, row.count) for row in rows} == {
        ("import", "in-person/attitude", "2", 1),
        ("import", "capacity", "business", 1),
        ("import", "reason", "attitude", 1),
    }
