"""A list of figures says of each what its own page says, in every edition, though it reads far less."""

from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.web.public.rows import IndicatorRow, Line, lines_of, rows_of
from portal.publishing.web.public.shapes import sources_among, sources_of
from tests.factories.publishing import append, body, figure, indicator, release

OTHER = {"body": "DOT"}


def several_editions(portal: Portal) -> int:
    """Figures of two bodies: corrected, given again with other digits, provisional, withdrawn, not there yet."""
    named = [body(), body("DOT"), indicator(), indicator("safe-roads", direction="down")]
    append(portal, *named, kind="register")
    years = [figure(period=str(year), actual=f"{year % 100}.5") for year in range(2014, 2022)]
    roads = [figure(indicator="safe-roads", period="2020", obs_status="B"), figure(indicator="safe-roads")]
    first = append(portal, release(), *years, *roads, figure(**OTHER, actual="7.0"))
    append(portal, release("second"), figure(actual=None), figure(**OTHER, period="2023", obs_status="P"))
    append(portal, figure(period="2021", actual="80", cause="upheld-report", replaces=first), kind="correction")
    append(portal, figure(**OTHER, actual="7", cause="source-correction", replaces=first), kind="correction")
    marked = {"t": "notice", "indicator": "clean-parks", "period": "2023", "state": "withdrawn"}
    return append(portal, {**marked, **OTHER}, kind="notice")


def test_list_of_bodies_says_what_all_their_figures_say(portal: Portal) -> None:
    for edition in range(1, several_editions(portal) + 1):
        with portal.database.read() as session:
            listing = queries.bodies_listed(session, "clean-parks", edition=edition)
            figures = queries.figures_of_indicator(session, "clean-parks", edition=edition)
            indicators, bodies = known(session, edition)
            releases = queries.releases_by_edition(session, edition=edition)
        rows = rows_of(figures, indicators, bodies)
        assert [said(one) for one in lines_of(listing.lines, indicators, bodies)] == [said(one) for one in rows]
        assert sources_among(listing.brought, releases) == sources_of(rows, releases)


def test_list_of_some_indicators_of_a_body_leaves_out_the_others(portal: Portal) -> None:
    last = several_editions(portal)
    with portal.database.read() as session:
        listing = queries.indicators_listed(session, "DPR", ["safe-roads", "unknown"], edition=last)
        figures = queries.figures_of(session, "DPR", edition=last)
        indicators, bodies = known(session, last)
    rows = [row for row in rows_of(figures, indicators, bodies) if row.indicator.code == "safe-roads"]
    assert [said(one) for one in lines_of(listing.lines, indicators, bodies)] == [said(one) for one in rows]


def known(session: Session, edition: int) -> tuple[dict, dict]:  # type: ignore[type-arg]
    return (
        queries.indicators_named(session, ["clean-parks", "safe-roads"], edition=edition),
        queries.bodies_named(session, ["DPR", "DOT"], edition=edition),
    )


def said(row: IndicatorRow | Line) -> tuple[object, ...]:
    """What a line of a list shows."""
    latest = row.latest
    return (
        *(row.indicator.code, row.body.code, row.awaited, row.past, row.status, row.has_empty_target),
        *(latest.key, str(latest.actual), str(latest.target), latest.symbols, latest.is_revised),
        *(latest.is_under_review, latest.is_withdrawn, latest.current.at if latest.is_revised else None),
    )
