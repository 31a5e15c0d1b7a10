"""Editions: whoever reads edition n reads the same for ever, whatever was published since."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.errors import NotFound
from portal.publishing import queries
from portal.publishing.changes import Changed, ChangeFilter, FieldChange
from portal.publishing.errors import NoSuchEdition, NoSuchFigure
from portal.publishing.values import Cause, FigureKey
from tests.factories.publishing import append, body, figure, indicator, release, service

PARKS_2022 = FigureKey("DPR", "clean-parks", "2022")


def notice(state: str, period: str = "2022") -> dict[str, str]:
    return {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": period, "state": state}


def corrected(portal: Portal, clock: FixedClock) -> tuple[int, int]:
    """A figure published and then corrected; the editions of both acts."""
    append(portal, body(), indicator(), service(), kind="register")
    first = append(portal, release(), figure(period="2021", actual="90.1"), figure())
    clock.at += timedelta(days=10)
    second = append(portal, figure(actual="81.0", cause="upheld-report", replaces=first), kind="correction")
    return first, second


def test_old_edition_keeps_its_value_and_new_one_keeps_both(portal: Portal, clock: FixedClock) -> None:
    first, second = corrected(portal, clock)
    with portal.database.read() as session:
        before = queries.get_figure(session, PARKS_2022, edition=first)
        after = queries.get_figure(session, PARKS_2022, edition=second)
    assert before.actual == Decimal("91.50")
    assert not before.is_revised
    assert after.actual == Decimal("81.0")
    assert [str(old.actual) for old in after.replaced] == ["91.50"]


def test_figure_is_not_there_before_its_edition(portal: Portal, clock: FixedClock) -> None:
    first, _ = corrected(portal, clock)
    with portal.database.read() as session:
        assert queries.find_figure(session, PARKS_2022, edition=first - 1) is None
        with pytest.raises(NoSuchFigure):
            queries.get_figure(session, PARKS_2022, edition=first - 1)


def test_staged_act_is_invisible(portal: Portal) -> None:
    from portal.publishing.services import propose_act

    append(portal, body(), kind="register")
    with portal.database.write() as session:
        propose_act(
            session,
            kind="register",
            statements=[body("SECRET")],
            proposed_by="p",
            approved_by=None,
            now=portal.clock.now(),
            ready=False,
        )
    with portal.database.read() as session:
        n = queries.current_edition(session).n
        assert [one.code for one in queries.list_bodies(session, edition=n)] == ["DPR"]
        assert queries.search(session, "SECRET", edition=n).total == 0


def test_correction_tells_old_new_cause_and_both_editions(portal: Portal, clock: FixedClock) -> None:
    first, second = corrected(portal, clock)
    with portal.database.read() as session:
        old_at = queries.get_edition(session, first).at
        assert queries.changes(session, edition=first) == ()
        (found,) = queries.changes(session, edition=second)
        assert queries.count_changes(session, edition=second) == 1
        assert queries.changes(session, edition=second, only=ChangeFilter(body="OTHER")) == ()
    assert found.key == PARKS_2022
    assert found.fields == (FieldChange(Changed.ACTUAL, "91.50", "81.0"),)
    assert (found.old_edition, found.new_edition) == (first, second)
    assert found.cause is Cause.UPHELD_REPORT
    assert old_at is not None
    assert found.at - old_at == timedelta(days=10)


def test_same_value_published_again_is_no_correction(portal: Portal) -> None:
    first = append(portal, figure())
    n = append(portal, figure(replaces=first))
    with portal.database.read() as session:
        assert queries.changes(session, edition=n) == ()


def test_correction_of_a_missing_value_is_a_correction(portal: Portal) -> None:
    first = append(portal, figure(actual=None))
    n = append(portal, figure(replaces=first, cause="source-correction"), kind="correction")
    with portal.database.read() as session:
        (found,) = queries.changes(session, edition=n)
    assert found.fields == (FieldChange(Changed.ACTUAL, None, "91.50"),)


def test_notice_stands_on_its_figure_until_lifted(portal: Portal) -> None:
    append(portal, figure(period="2021"), figure())
    under_review = append(portal, notice("under-review"), kind="notice")
    lifted = append(portal, notice("lifted"), kind="notice")
    with portal.database.read() as session:
        marked = {
            one.key.period: one.is_under_review for one in queries.figures_of(session, "DPR", edition=under_review)
        }
        after = queries.get_figure(session, PARKS_2022, edition=lifted)
    assert marked == {"2021": False, "2022": True}
    assert not after.is_under_review
    assert len(after.notices) == 2


def test_history_is_in_order_of_time_and_of_one_body_only(portal: Portal) -> None:
    periods = ["2021-04", "2020", "2021", "2019-Q4"]
    n = append(portal, *(figure(period=period) for period in periods), figure(body="OTHER"))
    with portal.database.read() as session:
        found = queries.history(session, "DPR", "clean-parks", edition=n)
    assert [one.key.period for one in found] == ["2019-Q4", "2020", "2021", "2021-04"]


def test_renamed_body_keeps_its_old_name_in_the_old_edition(portal: Portal) -> None:
    old = append(portal, body(names={"en": "Parks", "zh_Hans": "公园"}), kind="register")
    new = append(portal, body(names={"en": "Green Spaces", "zh_Hans": "绿地"}), kind="register")
    with portal.database.read() as session:
        assert queries.get_body(session, "DPR", edition=old).names["en"] == "Parks"
        assert queries.get_body(session, "DPR", edition=new).names["en"] == "Green Spaces"
        assert queries.search(session, "公园", edition=old).total == 1
        assert queries.search(session, "公园", edition=new).total == 0


def test_bodies_form_a_tree_and_orphans_stand_at_the_top(portal: Portal) -> None:
    n = append(portal, body("CITY"), body("DPR", parent="CITY"), body("LOST", parent="UNKNOWN"), kind="register")
    with portal.database.read() as session:
        tree = queries.tree_of(queries.list_bodies(session, edition=n))
    assert [(node.body.code, [below.body.code for below in node.below]) for node in tree] == [
        ("CITY", ["DPR"]),
        ("LOST", []),
    ]


def test_service_that_moved_belongs_to_its_new_body_only(portal: Portal) -> None:
    append(portal, service(body="DPR"), kind="register")
    n = append(portal, service(body="DOB"), kind="register")
    with portal.database.read() as session:
        assert queries.list_services(session, edition=n, body="DPR") == ()
        assert [one.code for one in queries.list_services(session, edition=n, body="DOB")] == ["permits"]


def rating(period: str = "2026-01", **fields: object) -> dict[str, object]:
    shares = {str(level): {"share": "0.2", "low": "0.1", "high": "0.3"} for level in range(1, 6)}
    return {
        "t": "rating",
        "service": "permits",
        "body": "DPR",
        "period": period,
        "suppressed": False,
        "n": "40",
        "levels": shares,
    } | fields


def test_rating_summaries_are_the_newest_of_each_period_the_latest_first(portal: Portal) -> None:
    append(portal, rating("2025-12"), rating("2026-01"), rating(service="permits2"), kind="ratings")
    n = append(portal, rating("2025-12", n="41"), kind="ratings")
    with portal.database.read() as session:
        found = queries.rating_summaries(session, edition=n, service="permits")
    assert [(one.period, one.n) for one in found] == [("2026-01", 40), ("2025-12", 41)]
    assert [share.level.value for share in found[0].shares] == ["5", "4", "3", "2", "1"]


def test_suppressed_summary_holds_no_number_at_all(portal: Portal) -> None:
    n = append(portal, rating(suppressed=True), kind="ratings")
    with portal.database.read() as session:
        (found,) = queries.rating_summaries(session, edition=n)
    assert found.n is None
    assert found.shares == ()


def test_evaluation_versions_show_the_score_before_and_after(portal: Portal) -> None:
    result = {"t": "evaluation", "cycle": "2025", "body": "DPR", "score": "80.10", "parts": []}
    append(portal, result, kind="evaluation")
    n = append(portal, result | {"score": "71.00"}, kind="evaluation")
    with portal.database.read() as session:
        (now,) = queries.evaluations(session, "DPR", edition=n)
        versions = queries.evaluation_versions(session, "DPR", "2025", edition=n)
    assert now.score == Decimal("71.00")
    assert [str(one.score) for one in versions] == ["80.10", "71.00"]


def test_release_counts_its_figures_and_gives_source_and_licence(portal: Portal) -> None:
    n = append(portal, release(), figure(), figure(period="2021"))
    append(portal, notice("under-review"), kind="notice")
    with portal.database.read() as session:
        found = queries.get_release(session, "parks-2022", edition=n + 1)
        assert queries.releases(session, edition=n + 1) == (found,)
        assert queries.releases(session, edition=n - 1) == ()
        keys = queries.figures_published_by(session, n)
    assert (found.figures, found.source, found.edition) == (2, "NYC Open Data", n)
    assert [key.period for key in keys] == ["2021", "2022"]


def test_search_finds_bodies_services_and_indicators_names_before_definitions(portal: Portal) -> None:
    n = append(
        portal,
        body(names={"en": "Department of Buildings", "zh_Hans": "建筑局"}),
        service(names={"en": "Building permit", "zh_Hans": "建筑许可"}),
        indicator("aa", names={"en": "Days", "zh_Hans": "天数"}, definition={"en": "Buildings only."}),
        indicator("bb", names={"en": "Buildings inspected", "zh_Hans": "检查的建筑"}),
        kind="register",
    )
    with portal.database.read() as session:
        english = queries.search(session, "building", edition=n)
        chinese = queries.search(session, "建筑", edition=n)
        both = queries.search(session, "建筑 permit", edition=n)
        nothing = queries.search(session, "%", edition=n)
    assert [hit.code for hit in english.hits] == ["permits", "bb", "DPR", "aa"]
    assert {hit.code for hit in chinese.hits} == {"DPR", "permits", "bb"}
    assert [hit.code for hit in both.hits] == ["permits"]
    assert nothing.total == 0


def test_what_is_not_published_is_not_found(portal: Portal) -> None:
    with portal.database.read() as session:
        assert queries.current_edition(session).n == 0
        for get in (queries.get_body, queries.get_service, queries.get_indicator, queries.get_release):
            with pytest.raises(NotFound):
                get(session, "nope", edition=0)
        with pytest.raises(NoSuchEdition):
            queries.get_edition(session, 1)
