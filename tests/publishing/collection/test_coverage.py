"""A reader sees what is missing and who owes it, from acts alone, as of any edition."""

from datetime import timedelta

from portal.publishing.collecting import Coverage, Entry, Owes, Reason, RoundState
from portal.publishing.queries.coverage import Cell, Filter, counts_by_body, coverage, public_rounds
from portal.publishing.services import rounds
from tests.factories.publishing import append, body, figure, indicator
from tests.factories.releases import figures_csv, line, publish
from tests.factories.rounds import BODY, CHECKED, DAYS, ROUND, Collecting


def cells(house: Collecting, edition: int, **which: object) -> dict[str, Cell]:
    with house.portal.database.read() as session:
        found = coverage(session, Filter(**which), edition=edition)  # type: ignore[arg-type]
    return {f"{one.key.indicator}/{one.key.period}": one for one in found}


def test_a_value_is_asked_handed_in_and_published(house: Collecting) -> None:
    asked = house.open()
    handed = house.hand_in()
    house.accept()
    released = house.release()
    day = f"{DAYS}/2025"
    assert cells(house, asked)[day].state is Coverage.ASKED
    assert (cells(house, handed)[day].state, cells(house, handed)[day].owes) == (Coverage.HANDED_IN, Owes.OFFICE)
    assert cells(house, released) == {}
    assert cells(house, released, body=BODY)[day].state is Coverage.PUBLISHED
    assert cells(house, asked, body=BODY)[day].state is Coverage.ASKED


def test_late_and_missing_name_who_owes(house: Collecting) -> None:
    house.open()
    house.pass_days(31)
    house.write(lambda session, now: rounds.mark_overdue(session, slug=ROUND, now=now))
    late = house.append()
    house.write(lambda session, now: rounds.close_round(session, slug=ROUND, actor=house.officer.actor, now=now))
    closed = house.append()
    one = cells(house, late, state=Coverage.LATE)[f"{DAYS}/2025"]
    assert (one.reason, one.owes, one.round) == (Reason.NOT_HANDED_IN, Owes.BODY, ROUND)
    assert cells(house, closed)[f"{CHECKED}/2025"].state is Coverage.MISSING
    with house.portal.database.read() as session:
        announced = public_rounds(session, edition=closed)[0]
        before = public_rounds(session, edition=late)[0]
    assert (announced.state, before.state) == (RoundState.CLOSED, RoundState.OPEN)


def test_what_was_handed_in_late_does_not_become_punctual_by_coming(house: Collecting) -> None:
    """Otherwise a body could hand in late and stand there as if it had come in time."""
    house.open()
    punctual = house.hand_in()
    with house.portal.database.read() as session:
        due = public_rounds(session, edition=punctual)[0].due
    handed = cells(house, punctual).values()
    assert handed
    assert not any(one.came_late(due) for one in handed)
    assert all(one.came_late(due - timedelta(days=31)) for one in handed)


def test_a_provisional_value_stays_published_while_its_final_one_is_asked_for(house: Collecting) -> None:
    publish(house.portal, figures_csv(line("2025", actual="8.0", obs_status="P")))
    asked = house.open()
    day = f"{DAYS}/2025"
    assert cells(house, asked, body=BODY)[day].state is Coverage.PUBLISHED
    house.pass_days(31)
    house.write(lambda session, now: rounds.mark_overdue(session, slug=ROUND, now=now))
    assert cells(house, house.append(), body=BODY)[day].state is Coverage.LATE


def test_a_suppressed_value_says_so(house: Collecting) -> None:
    house.open()
    house.hand_in(
        review_days=Entry(actual="3", obs_status="Q"), unsafe_checked=Entry(obs_status="L", note="Not counted.")
    )
    house.accept()
    found = cells(house, house.release())
    assert found[f"{DAYS}/2025"].state is Coverage.SUPPRESSED
    assert found[f"{DAYS}/2025"].reason is Reason.CONFIDENTIAL
    assert found[f"{CHECKED}/2025"].state is Coverage.MISSING
    assert found[f"{CHECKED}/2025"].reason is Reason.NOT_COLLECTED


def test_figures_that_never_saw_a_round_are_covered_too(house: Collecting) -> None:
    edition = append(
        house.portal,
        body(),
        indicator(),
        figure(),
        figure(period="2023", actual=None, obs_status="M"),
        figure(period="2021", actual=None, obs_status="O"),
    )
    edition = append(house.portal, figure(period="2021", actual="80", replaces=edition), kind="correction")
    found = cells(house, edition)
    assert {name: (one.state, one.reason) for name, one in found.items()} == {
        "clean-parks/2023": (Coverage.MISSING, Reason.CANNOT_EXIST)
    }
    with house.portal.database.read() as session:
        gaps = coverage(session, Filter(), edition=edition)
        counts = counts_by_body(session, gaps, edition=edition)
    assert counts["DPR"] == {Coverage.PUBLISHED: 2, Coverage.MISSING: 1}


def test_a_withdrawn_figure_is_not_called_published(house: Collecting) -> None:
    edition = append(house.portal, body(), indicator(), figure())
    notice = {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": "2022", "state": "withdrawn"}
    withdrawn = append(house.portal, notice, kind="notice")
    assert cells(house, edition, body="DPR")["clean-parks/2022"].state is Coverage.PUBLISHED
    found = cells(house, withdrawn)["clean-parks/2022"]
    assert (found.state, found.reason) == (Coverage.WITHDRAWN, Reason.WITHDRAWN)


def test_filters_meet_the_cells(house: Collecting) -> None:
    edition = house.open()
    assert set(cells(house, edition, indicator=DAYS)) == {f"{DAYS}/2025"}
    assert set(cells(house, edition, period="2024")) == set()
    assert set(cells(house, edition, round=ROUND)) == {f"{DAYS}/2025", f"{CHECKED}/2025"}
    assert cells(house, edition, state=Coverage.LATE) == {}
