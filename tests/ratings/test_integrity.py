"""If these failed, marks nobody can stand by would count, or one person alone could decide that they do."""

from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.duties.errors import NoSuchProposal, OwnProposal
from portal.duties.queries import duties_of
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.errors import Invalid
from portal.ratings import jobs, networks, office, sampling
from portal.ratings.cli import ratings as command
from portal.ratings.errors import AlreadyDecided, NoSuchFinding, Recused
from portal.ratings.models import ReceiptCountRow, TransactionsRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.integrity import Codes, Rule, judge_channels, judge_codes
from portal.ratings.services import findings
from portal.ratings.services.folding import add_totals
from portal.ratings.values import Counts
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import hidden_fields, publish_services
from tests.pages import PageClient
from tests.ratings.published import statements

OFFICER = Actor("officer1", "O", frozenset({RatingsPermission.RECONCILE}))
JANUARY = "2026-01"


@pytest.mark.parametrize(
    ("issued", "used", "matters", "fires"),
    [(100, 40, 100, False), (105, 40, 100, False), (111, 40, 100, True), (20, 30, 10, True), (12, 3, 5, False)],
)
def test_more_codes_than_matters_are_a_finding(issued: int, used: int, matters: int, fires: bool) -> None:
    assert (judge_codes(Codes(issued, used, matters)) is not None) is fires


def c(*levels: int) -> Counts:
    return Counts(levels)  # type: ignore[arg-type]


def test_nothing_but_best_answers_by_one_channel_is_a_finding_only_beside_others_that_differ() -> None:
    mixed, best = c(5, 5, 10, 20, 20), c(0, 0, 0, 0, 40)
    (fired,) = judge_channels({"web": mixed, "paper": best}, {})
    assert (fired.rule, fired.channel) == (Rule.TOP_MARKS, "paper")
    assert not list(judge_channels({"web": c(0, 0, 0, 0, 90), "paper": best}, {}))
    assert not list(judge_channels({"web": mixed, "paper": c(0, 0, 0, 2, 38)}, {}))


def test_a_channel_that_suddenly_brings_much_more_is_a_finding() -> None:
    calm = {"web": c(2, 3, 10, 20, 15), "paper": c(1, 1, 2, 3, 3)}
    assert not list(judge_channels(calm, calm))
    (fired,) = judge_channels({"web": c(2, 3, 10, 20, 15), "paper": c(5, 5, 20, 30, 40)}, calm)
    assert (fired.rule, fired.channel) == (Rule.CHANNEL_SHIFT, "paper")


@pytest.fixture
def gap(portal: Portal) -> str:
    """A closed month with twice as many codes as matters; the finding it makes."""
    publish_services(portal, "permits")
    with portal.database.write() as session:
        add_totals(
            session,
            Counter(
                {
                    ("permits", JANUARY, 5, True, "qr"): 40,
                    ("permits", JANUARY, 3, False, "web"): 30,
                    ("permits", JANUARY, 4, False, "web"): 30,
                }
            ),
        )
        session.merge(ReceiptCountRow(service="permits", period=JANUARY, issued=80, used=40, expired=0))
        session.add(TransactionsRow(service="permits", period=JANUARY, way="in-person", count=40, source="halls"))
    portal.clock.at = datetime(2026, 2, 2, 3, tzinfo=UTC)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    with portal.database.read() as session:
        (found,) = office.list_findings(session)
    return found.id


def propose(portal: Portal, finding: str, actor: Actor, *, let_in: bool) -> str:
    with portal.database.write() as session:
        return findings.propose_settlement(
            session, finding_id=finding, let_in=let_in, reason="Looked.", actor=actor, now=portal.clock.now()
        ).id


def sign(portal: Portal, proposal: str, actor: Actor) -> None:
    with portal.database.write() as session:
        findings.settle(session, proposal_id=proposal, actor=actor, now=portal.clock.now())


def test_unexplained_codes_set_their_ratings_aside_and_the_count_is_published(portal: Portal, gap: str) -> None:
    said = statements(portal, "rating")[-1]
    assert (said["n"], said["set_aside"]) == ("60", {"codes-without-matters": "40"})
    assert jobs.run_publish(portal, everything=True) == ()  # looked at again, it fires no second time
    with portal.database.read() as session:
        found = office.get_finding(session, gap)
        (month,) = office.served_months(session, JANUARY)
    assert (found.state, found.levels) == ("set-aside", {5: 40})
    assert (month.all_matters, month.issued, month.marks) == (40, 80, 60)


def test_two_people_let_them_in_again_and_none_is_lost(portal: Portal, gap: str) -> None:
    first, second = (person(portal, roles=["publisher"]).actor for _ in range(2))
    proposal = propose(portal, gap, first, let_in=True)
    with pytest.raises(OwnProposal):
        sign(portal, proposal, first)
    sign(portal, proposal, second)
    jobs.run_publish(portal)
    said = statements(portal, "rating")[-1]
    assert (said["n"], "set_aside" in said) == ("100", False)
    with pytest.raises(AlreadyDecided):
        propose(portal, gap, first, let_in=False)


def test_the_body_appeals_once_and_two_people_look_again(portal: Portal, gap: str) -> None:
    first, second = (person(portal, roles=["publisher"]).actor for _ in range(2))
    sign(portal, propose(portal, gap, first, let_in=False), second)
    with portal.database.read() as session:
        assert office.get_finding(session, gap).state == "kept-out"
    someone = person(portal, roles=["body-signer"])
    clerk = someone.actor
    with portal.database.write() as session:
        employed = ConnectionKind.EMPLOYED
        connect(session, person_id=clerk.person_id, body_code="DPR", kind=employed, now=portal.clock.now())
    with portal.database.write() as session, pytest.raises(NoSuchFinding):
        stranger = Actor("stranger", "X", frozenset({RatingsPermission.ANSWER}))
        findings.appeal(session, finding_id=gap, words="…", actor=stranger, now=portal.clock.now())
    with portal.database.write() as session:
        findings.appeal(session, finding_id=gap, words="A second hall.", actor=clerk, now=portal.clock.now())
    with portal.database.read() as session:
        found = office.get_finding(session, gap)
    assert (found.state, found.appeal, found.count) == ("set-aside", "A second hall.", 40)
    with portal.database.write() as session, pytest.raises(AlreadyDecided):
        findings.appeal(session, finding_id=gap, words="Again.", actor=clerk, now=portal.clock.now())


def test_nobody_connected_to_the_body_puts_it_forward_or_signs(portal: Portal, gap: str) -> None:
    first = person(portal, roles=["publisher"]).actor
    near = person(portal, roles=["publisher"], connected_to=["DPR"]).actor
    with pytest.raises(Recused):
        propose(portal, gap, near, let_in=True)
    proposal = propose(portal, gap, first, let_in=True)
    with pytest.raises(NoSuchProposal):
        sign(portal, proposal, near)
    with portal.database.read() as session:
        now = portal.clock.now()
        assert [duty.subject for duty in duties_of(session, first, now=now)] == [gap]
        assert duties_of(session, near, now=now) == ()


def test_after_an_appeal_two_others_look(portal: Portal, gap: str) -> None:
    first, second, third, fourth = (person(portal, roles=["publisher"]).actor for _ in range(4))
    sign(portal, propose(portal, gap, first, let_in=False), second)
    clerk = person(portal, roles=["body-signer"], connected_to=["DPR"]).actor
    with portal.database.write() as session:
        findings.appeal(session, finding_id=gap, words="A second hall.", actor=clerk, now=portal.clock.now())
    with pytest.raises(Recused):
        propose(portal, gap, second, let_in=True)
    proposal = propose(portal, gap, third, let_in=True)
    with pytest.raises(Recused):
        sign(portal, proposal, first)
    sign(portal, proposal, fourth)


def test_matters_come_from_a_table_whole_or_not_at_all(portal: Portal, tmp_path: Path) -> None:
    publish_services(portal, "permits")
    table = tmp_path / "matters.csv"
    header = "service_code,period,way,count\n"
    table.write_text(f"{header}permits,2026-01,online,120\nparks,2026-1,abroad,-3\n")
    run = CliRunner()
    refused = run.invoke(command, ["matters", str(table), "--source", "The halls' own system"], obj=portal)
    assert refused.exit_code == 1
    assert "row 3, column way" in refused.output
    table.write_text(f"{header}permits,2026-01,online,120\npermits,2026-01,in-person,30\n")
    assert (
        run.invoke(
            command, ["matters", str(table), "--source", "The halls' own system", "--dry-run"], obj=portal
        ).exit_code
        == 0
    )
    with portal.database.read() as session:
        assert office.served_months(session, JANUARY) == ()
    assert (
        run.invoke(command, ["matters", str(table), "--source", "The halls' own system"], obj=portal).exit_code
        == 0
    )
    with portal.database.read() as session:
        assert office.served_months(session, JANUARY)[0].all_matters == 150


def test_anybody_with_the_seed_draws_the_same_people() -> None:
    drawn = sampling.draw("ab12", matters=500, size=20)
    assert drawn == sampling.draw("ab12", matters=500, size=20)
    assert (len(set(drawn)), drawn[0]) == (20, 220)
    assert drawn != sampling.draw("ab13", matters=500, size=20)


def test_a_sample_is_drawn_from_what_was_told_and_answered_once(portal: Portal, gap: str) -> None:
    now = portal.clock.now()
    with portal.database.write() as session, pytest.raises(Invalid):
        sampling.draw_sample(session, service="permits", period=JANUARY, size=41, actor=OFFICER, now=now)
    with portal.database.write() as session:
        drawn = sampling.draw_sample(session, service="permits", period=JANUARY, size=5, actor=OFFICER, now=now)
        answers = {"reached": 4, "offered": 4, "pressed": 1}
        with pytest.raises(Invalid):
            sampling.tell_answers(session, sample_id=drawn, actor=OFFICER, now=now, **answers | {"offered": 5})
        sampling.tell_answers(session, sample_id=drawn, actor=OFFICER, now=now, **answers)
        with pytest.raises(AlreadyDecided):
            sampling.tell_answers(session, sample_id=drawn, actor=OFFICER, now=now, **answers)


def test_the_desk_tells_matters_and_settles_what_was_set_aside(
    client: PageClient, portal: Portal, gap: str
) -> None:
    sign_in(client, person(portal, roles=["publisher"]))
    page = client.get("/desk/ratings?period=2026-01").text
    assert "Codes handed out" in page
    upload = page[page.index("multipart") : page.index("Call people back")]
    sent = {**hidden_fields(upload), "source": "Halls", "file": (BytesIO(b"service_code,period\nx,y\n"), "m.csv")}
    refused = client.post("/desk/ratings", data=sent, content_type="multipart/form-data")
    assert (refused.status_code, "a column of this name" in refused.text) == (422, True)
    assert "More rating codes were handed out" in client.get("/desk/findings").text
    page = client.get(f"/desk/findings/{gap}").text
    decided = {**hidden_fields(page), "let_in": "no", "reason": "No second hall exists."}
    assert client.post(f"/desk/findings/{gap}", data=decided).status_code == 303
    assert "Take it back" in client.get(f"/desk/findings/{gap}").text
    for language in ("", "/zh-Hans"):
        how = client.get(f"{language}/ratings/how").text
        assert all(f'id="{rule.value}"' in how for rule in Rule)
        assert all(number in how for number in ("300", "3000", "20000", "32"))


def test_the_office_states_where_a_body_works_and_nobody_of_the_body_does(
    client: PageClient, portal: Portal
) -> None:
    publish_services(portal, "permits")
    sign_in(client, person(portal, roles=["publisher"]))
    page = client.get("/desk/ratings/networks").text
    sent = hidden_fields(page) | {"body": "DPR"}
    refused = client.post("/desk/ratings/networks", data=sent | {"ranges": "198.51.100.0/24\n0.0.0.0/0"})
    assert (refused.status_code, "“0.0.0.0/0” is no range" in refused.text) == (422, True)
    assert client.post("/desk/ratings/networks", data=sent | {"ranges": "198.51.100.0/24"}).status_code == 303
    assert "198.51.100.0/24" in client.get("/desk/ratings/networks?body=DPR").text
    near = person(portal, roles=["publisher"], connected_to=["DPR"]).actor
    with portal.database.write() as session, pytest.raises(Recused):
        networks.state_networks(session, body="DPR", text="", actor=near, now=portal.clock.now())


def test_a_body_reads_and_appeals_on_its_own_page_only(client: PageClient, portal: Portal, gap: str) -> None:
    someone = person(portal, roles=["body-signer"])
    sign_in(client, someone)
    assert gap not in client.get("/desk/own-ratings").text
    assert client.get(f"/desk/own-ratings/findings/{gap}").status_code == 404
    with portal.database.write() as session:
        employed, who = ConnectionKind.EMPLOYED, someone.actor.person_id
        connect(session, person_id=who, body_code="DPR", kind=employed, now=portal.clock.now())
    assert gap in client.get("/desk/own-ratings").text
    page = client.get(f"/desk/own-ratings/findings/{gap}").text
    sent = client.post(
        f"/desk/own-ratings/findings/{gap}", data={**hidden_fields(page), "words": "Ask the second hall."}
    )
    assert sent.status_code == 303
    assert "Ask the second hall." in client.get(f"/desk/own-ratings/findings/{gap}").text
