"""If these failed, a small number could be read off, or a service's shares would not be what people said."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from portal.foundation.context import Portal
from portal.publishing import queries as published
from portal.publishing.services import append_waiting
from portal.ratings import jobs, services
from portal.ratings.cli import ratings as command
from portal.ratings.errors import MonthStillOpen, NotAMonth
from portal.ratings.models import TransactionsRow
from portal.ratings.rules import wilson
from portal.ratings.services.folding import add_details, add_totals
from tests.factories.ratings import fold, leave_marks, publish_services
from tests.pages import PageClient
from tests.ratings.published import statements


@pytest.fixture(autouse=True)
def _january(portal: Portal) -> None:
    publish_services(portal, "permits", "parks", "library")
    at(portal, 2026, 1, 20)


def at(portal: Portal, *when: int) -> None:
    portal.clock.at = datetime(*when, tzinfo=UTC)  # type: ignore[attr-defined,arg-type,misc]


def test_a_closed_month_is_published_with_n_shares_and_intervals(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 8 + [4] * 3 + [1])
    leave_marks(portal, "parks", [2] * 9)
    fold(portal)
    at(portal, 2026, 2, 1, 3)
    assert len(jobs.run_publish(portal)) == 1
    by_service = {said["service"]: said for said in statements(portal, "rating")}
    share = wilson(8, 12)
    assert by_service["permits"]["n"] == "12"
    assert by_service["permits"]["levels"]["5"] == {"share": share.share, "low": share.low, "high": share.high}
    assert by_service["permits"]["levels"]["2"]["share"] == "0.0000"
    for few in ("parks", "library"):  # nine marks and none look alike
        assert by_service[few] == {
            "t": "rating",
            "service": few,
            "body": "DPR",
            "period": "2026-01",
            "suppressed": True,
            "n": None,
            "levels": {},
        }


def test_publishing_reads_the_roll_up_back(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    fold(portal)
    at(portal, 2026, 2, 1, 3)
    jobs.run_publish(portal)
    append_waiting(portal)
    with portal.database.read() as session:
        edition = published.current_edition(session).n
        (summary,) = published.rating_summaries(session, edition=edition, service="permits")
    assert (summary.n, summary.suppressed, summary.period) == (11, False, "2026-01")


def test_the_month_under_way_is_not_published(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 50)
    fold(portal)
    assert jobs.run_publish(portal) == ()
    with portal.database.write() as session, pytest.raises(MonthStillOpen):
        services.roll_up(session, period="2026-01", threshold=10, now=portal.clock.now())


@pytest.mark.parametrize("period", ["2026", "2026-13", "2026-Q1", "januari", "", "2026-01-01"])
def test_a_period_that_is_no_month_is_refused(portal: Portal, period: str) -> None:
    with portal.database.write() as session, pytest.raises(NotAMonth):
        services.roll_up(session, period=period, threshold=10, now=portal.clock.now())


def test_publishing_twice_says_nothing_twice(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    fold(portal)
    at(portal, 2026, 2, 1, 3)
    assert len(jobs.run_publish(portal)) == 1
    assert jobs.run_publish(portal) == jobs.run_publish(portal, everything=True) == ()


def test_a_late_mark_alone_changes_no_published_month(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    leave_marks(portal, "parks", [5] * 9)
    fold(portal)
    at(portal, 2026, 2, 1, 3)
    jobs.run_publish(portal)
    at(portal, 2026, 1, 31)
    leave_marks(portal, "permits", [1] * 9)  # nine more in both: one would be enough to show "parks"
    leave_marks(portal, "parks", [1] * 9)
    fold(portal)
    at(portal, 2026, 2, 2, 3)
    assert jobs.run_publish(portal) == ()


def test_many_late_marks_together_change_it(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    fold(portal)
    at(portal, 2026, 2, 1, 3)
    jobs.run_publish(portal)
    at(portal, 2026, 1, 31)
    leave_marks(portal, "permits", [1] * 10)
    fold(portal)
    at(portal, 2026, 2, 2, 3)
    assert len(jobs.run_publish(portal)) == 1
    assert statements(portal, "rating")[-1]["n"] == "21"
    assert statements(portal, "rating")[-1]["service"] == "permits"


def test_every_month_since_the_first_mark_is_published_even_when_empty(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    fold(portal)
    at(portal, 2026, 4, 1, 3)
    assert len(jobs.run_publish(portal)) == 3
    periods = {said["period"] for said in statements(portal, "rating")}
    assert periods == {"2026-01", "2026-02", "2026-03"}


def test_nothing_is_published_where_nobody_ever_rated(portal: Portal) -> None:
    at(portal, 2026, 4, 1, 3)
    assert jobs.run_publish(portal) == ()


def test_the_daily_schedule_folds_and_then_publishes(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    at(portal, 2026, 2, 1, 2, 59)
    (daily,) = jobs.SCHEDULES
    assert not daily.due(datetime(2026, 1, 31, 3, tzinfo=UTC), portal.clock.now(), portal.settings)
    at(portal, 2026, 2, 1, 3)
    assert daily.due(datetime(2026, 1, 31, 3, tzinfo=UTC), portal.clock.now(), portal.settings)
    daily.run(portal)
    assert statements(portal, "rating")[0]["period"] == "2026-01"


def test_the_command_publishes_a_month_and_refuses_an_open_one(portal: Portal) -> None:
    leave_marks(portal, "permits", [5] * 11)
    fold(portal)
    runner = CliRunner()
    refused = runner.invoke(command, ["publish", "--period", "2026-01"], obj=portal)
    assert refused.exit_code == 1
    assert "not over yet" in refused.output
    at(portal, 2026, 2, 1, 3)
    done = runner.invoke(command, ["publish", "--period", "2026-01"], obj=portal)
    assert (done.exit_code, done.stdout.startswith("Proposed act ")) == (0, True)
    assert "Nothing to publish" in runner.invoke(command, ["publish"], obj=portal).output


def counted(portal: Portal, service: str, **channels: int) -> None:
    """Marks as the fold would have added them: so many satisfied and as many dissatisfied by each channel."""
    verified = channels.pop("verified", 0)
    counts = Counter(
        {(service, "2026-01", level, False, name): n for name, n in channels.items() for level in (2, 4)}
    )
    counts.update({(service, "2026-01", level, True, "qr"): verified for level in (2, 4) if verified})
    with portal.database.write() as session:
        add_totals(session, counts)


def test_a_month_is_said_part_by_part_and_a_small_part_is_null(portal: Portal) -> None:
    counted(portal, "permits", web=30, paper=2, api=9, verified=12)
    with portal.database.write() as session:
        add_details(session, Counter({("permits", "2026-01", "web", "in-person/attitude", "4"): 11}))
    at(portal, 2026, 2, 1, 3)
    jobs.run_publish(portal)
    said = {one["service"]: one for one in statements(portal, "rating")}["permits"]
    by_channel = said["by"]["channel"]
    assert {name: part and part["n"] for name, part in by_channel.items()} == {
        "web": "60",
        "qr": "24",
        "api": None,  # the smallest of the others hides the small one
        "paper": None,
        "import": "0",
    }
    assert by_channel["web"]["levels"]["2"]["share"] == "0.5000"
    assert {name: part["n"] for name, part in said["by"]["code"].items()} == {"with": "24", "without": "82"}
    assert said["questions"]["in-person/attitude"]["n"] == "11"
    assert by_channel["import"]["levels"] == {}
    assert said["questions"]["online/platform"] is None
    (body,) = statements(portal, "rating-body")
    assert (body["covers"], body["n"]) == ("shown", "106")


def test_the_service_page_shows_parts_and_what_there_was_to_rate(client: PageClient, portal: Portal) -> None:
    counted(portal, "permits", web=30, paper=2, api=9, verified=12)
    with portal.database.write() as session:
        session.add(
            TransactionsRow(service="permits", period="2026-01", way="online", count=212, source="counter")
        )
    at(portal, 2026, 2, 1, 3)
    jobs.run_publish(portal)
    append_waiting(portal)
    page = client.get("/services/permits").text
    for words in ("Paper, entered by staff", "[c]", "212", "<b>50%</b>", "23%"):
        assert words in page, words
    assert "Imported from another collection: 0%" not in page
    told = client.get("/services/permits.json").get_json()["ratings"][0]
    assert (told["by"]["channel"]["paper"], told["active_rate"]) == (None, "0.5000")
    body = client.get("/bodies/DPR")
    assert "services with enough ratings" in body.text
    assert client.get("/bodies/DPR.json").get_json()["ratings"][0]["n"] == 106
