"""A second signature that waits too long goes to one person by name, whom nobody chose.

Were this to fail, everybody could leave a signature to the others, or a friend could be picked to give it.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import absence_of, get_person
from portal.accounts.services import declare_interest, disable_person, say_away
from portal.accounts.values import Scope
from portal.duties.mailing import items_of
from portal.duties.queries import signatures_waiting_for
from portal.duties.rules import choose_substitute
from portal.duties.services import decline, name_deciders
from portal.duties.substitutes import name_all
from portal.duties.values import Proposal, Substitute
from portal.foundation.context import Portal
from tests.accounts.browsing import send
from tests.factories.accounts import SYSTEM, Someone, person, sign_in
from tests.factories.duties import duty, ids, proposal
from tests.pages import PageClient

RIGHT = AccountsPermission.SIGN_KEYS
WAITED = timedelta(days=3, hours=24)  # from Monday: the third working day is over


def officers(portal: Portal, count: int) -> list[Someone]:
    return sorted((person(portal, roles=["case-officer"]) for _ in range(count)), key=lambda one: one.id)


def pass_time(portal: Portal, time: timedelta = WAITED) -> None:
    portal.clock.at += time  # type: ignore[attr-defined]
    name_all(portal)


def substitute(portal: Portal, found: Proposal, seen_by: Someone) -> Substitute | None:
    with portal.database.read() as session:
        waiting = signatures_waiting_for(session, seen_by.actor, now=portal.clock.now())
    return next((one.substitute for one in waiting if one.id == found.id), None)


def named(portal: Portal, found: Proposal, seen_by: Someone) -> str | None:
    what = substitute(portal, found, seen_by)
    assert what is not None
    return what.person_id


def acts(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return list(session.scalars(text("SELECT act FROM audit_row WHERE act LIKE '%substitute' ORDER BY id")))


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3)), st.frozensets(st.sampled_from("abcdef")))
def test_the_substitute_is_one_who_may_and_nobody_with_less_to_do_is_passed_over(
    loads: dict[str, int], asked: frozenset[str]
) -> None:
    chosen = choose_substitute(loads, asked=asked)
    if chosen is None:
        assert not loads or (set(loads) <= asked and len(asked) < 2)
        return
    rivals = set(loads) - asked or set(loads)
    assert chosen in rivals
    assert (loads[chosen], chosen) == min((loads[one], one) for one in rivals)


def test_nobody_is_named_before_the_working_days_are_over(portal: Portal) -> None:
    one, two, _ = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    pass_time(portal, timedelta(days=3))
    assert substitute(portal, found, two) is None
    pass_time(portal, timedelta(days=1))
    assert substitute(portal, found, two) is not None
    pass_time(portal, timedelta(hours=1))
    assert acts(portal) == ["duties.substitute"], "looking again names nobody again"


def test_whoever_has_least_waiting_is_named_and_the_proposer_never(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    duty(portal, people=[two.id])
    other = proposal(portal, two, subject="another", permission=RIGHT)
    pass_time(portal)
    assert named(portal, found, two) == three.id
    assert named(portal, other, three) == one.id


def test_of_named_people_one_is_named_and_of_others_none(portal: Portal) -> None:
    one, two, three, four = officers(portal, 4)
    found = proposal(portal, one, permission=RIGHT, people=ids([three, four]))
    pass_time(portal)
    assert named(portal, found, four) == three.id
    assert substitute(portal, found, two) is None


def test_whoever_becomes_connected_or_leaves_is_followed_by_another(portal: Portal) -> None:
    one, two, three, four = officers(portal, 4)
    found = proposal(portal, one, permission=RIGHT, about=Scope("DPR"))
    pass_time(portal)
    assert named(portal, found, four) == two.id
    with portal.database.write() as session:
        declare_interest(session, actor=two.actor, body_code="DPR", now=portal.clock.now())
    pass_time(portal, timedelta(hours=1))
    assert named(portal, found, four) == three.id
    with portal.database.write() as session:
        disable_person(session, person_id=three.id, actor=SYSTEM, now=portal.clock.now())
    pass_time(portal, timedelta(hours=1))
    assert named(portal, found, four) == four.id, "the last of those who were asked, in place of two who cannot"


def test_one_alone_is_no_substitute_for_themselves_until_somebody_else_may(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT, people=[two.id])
    pass_time(portal)
    pass_time(portal, timedelta(hours=1))
    assert named(portal, found, two) is None
    assert acts(portal) == ["duties.no-substitute"]
    with portal.database.write() as session:
        name_deciders(session, proposal_id=found.id, people=ids([two, three]))
    pass_time(portal, timedelta(hours=1))
    what = substitute(portal, found, two)
    assert what is not None and (what.person_id, what.instead_of) == (three.id, (two.name,))


def test_whoever_takes_over_is_told_by_mail_although_they_knew_that_it_waits(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT, due_at=portal.clock.now() + timedelta(days=30))

    def known(someone: Someone) -> set[tuple[str, str]]:
        with portal.database.read() as session:
            who = get_person(session, someone.id)
            return set(items_of(session, who, zone=ZoneInfo("UTC"), now=portal.clock.now()))

    before = {someone.id: known(someone) for someone in (two, three)}
    pass_time(portal)
    assert known(two) - before[two.id] == {(found.id, "substitute")}
    assert known(three) == before[three.id]


def test_nobody_is_named_for_what_is_decided(portal: Portal) -> None:
    one, two, _ = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    with portal.database.write() as session:
        decline(session, proposal_id=found.id, actor=two.actor, now=portal.clock.now())
    pass_time(portal)
    assert acts(portal) == []


def test_the_desk_says_for_whom_one_takes_over_and_who_does(portal: Portal, client: PageClient) -> None:
    one, two, three = officers(portal, 3)
    proposal(portal, one, permission=RIGHT)
    lonely = proposal(portal, one, subject="lonely", permission=RIGHT, people=[three.id])
    pass_time(portal)
    assert named(portal, lonely, three) is None
    sign_in(client, two)
    assert f"you take over, as a substitute for {three.name}" in client.get("/desk").get_data(as_text=True)
    sign_in(client, one)
    page = client.get("/desk").get_data(as_text=True)
    assert f"{two.name} takes over, as a substitute for {three.name}" in page
    assert "nobody else may sign it" in page


def away(portal: Portal, someone: Someone, stand_in: Someone | None = None, days: int = 60) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        address = stand_in.address if stand_in else ""
        say_away(session, actor=someone.actor, until=now.date() + timedelta(days), address=address, now=now)


def test_nobody_is_named_who_is_away(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    away(portal, two)
    pass_time(portal)
    assert named(portal, found, three) == three.id


def test_a_stand_in_takes_over_at_once_where_nobody_else_is_there(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    away(portal, two, three)
    pass_time(portal, timedelta(hours=1))
    what = substitute(portal, found, three)
    assert what is not None and (what.person_id, what.instead_of) == (three.id, (two.name,))


def test_a_stand_in_goes_first_and_waits_like_anybody_while_others_are_there(portal: Portal) -> None:
    one, two, three, four = officers(portal, 4)
    found = proposal(portal, one, permission=RIGHT)
    duty(portal, people=[four.id])
    away(portal, two, four)
    pass_time(portal, timedelta(hours=1))
    assert substitute(portal, found, four) is None
    pass_time(portal)
    assert named(portal, found, three) == four.id


def test_to_stand_in_gives_no_right_and_the_proposer_never_stands_in(portal: Portal) -> None:
    one, two, three, four = officers(portal, 4)
    found = proposal(portal, one, permission=RIGHT, people=ids([two, three]))
    away(portal, two, four)
    away(portal, three, one)
    pass_time(portal)
    assert named(portal, found, two) is None
    assert substitute(portal, found, four) is None


def test_a_stand_in_who_is_connected_to_the_accused_takes_nothing_over(portal: Portal) -> None:
    """Were this to fail, whoever goes on leave could let somebody decide who is kept away from the case."""
    one, two, three, four = officers(portal, 4)
    with portal.database.write() as session:
        declare_interest(session, actor=four.actor, body_code="DPR", now=portal.clock.now())
    found = proposal(portal, one, permission=RIGHT, about=Scope("DPR"))
    away(portal, two, four)
    away(portal, three, four)
    pass_time(portal, timedelta(hours=1))
    assert acts(portal) == [], "the one who stands in may not, so nobody takes over at once"
    pass_time(portal)
    assert substitute(portal, found, four) is None and named(portal, found, two) is None


def test_a_substitute_who_goes_away_is_followed_by_another_and_kept_where_there_is_none(portal: Portal) -> None:
    one, two, three = officers(portal, 3)
    found = proposal(portal, one, permission=RIGHT)
    pass_time(portal)
    assert named(portal, found, three) == two.id
    away(portal, two)
    pass_time(portal, timedelta(hours=1))
    assert named(portal, found, three) == three.id
    away(portal, three)
    pass_time(portal, timedelta(hours=1))
    assert named(portal, found, three) == three.id


def test_one_says_at_the_desk_that_one_is_away_and_is_back(portal: Portal, client: PageClient) -> None:
    one, two = officers(portal, 2)
    other = person(portal, roles=["registrar"])
    sign_in(client, one)
    for address in (one.address, other.address, "nobody@office.example"):
        refused = send(client, "/desk/away", until="2026-02-20", address=address)
        assert refused.status_code == 422
        assert "Nobody else with a role of yours" in refused.text, "and the answer is the same for all"
    assert "This day is over" in send(client, "/desk/away", until="2026-02-08", address="").text
    assert send(client, "/desk/away", until="2026-02-20", address=two.address).status_code == 303
    page = client.get("/desk/away").get_data(as_text=True)
    assert "You are away up to" in page and f"{two.name} stands in for you" in page
    assert 'value="2026-02-20"' in page and f'value="{two.address}"' in page, "to be changed, not typed anew"
    with portal.database.read() as session:
        absence = absence_of(session, one.id, day=portal.clock.now().date())
        assert absence is not None and absence.stand_in == two.id
        assert absence_of(session, one.id, day=absence.until + timedelta(1)) is None
    assert send(client, "/desk/away", "/desk/away/back").status_code == 303
    assert "You are away" not in client.get("/desk/away").get_data(as_text=True)
    with portal.database.read() as session:
        query = text("SELECT act FROM audit_row WHERE act IN ('accounts.away', 'accounts.back') ORDER BY id")
        assert list(session.scalars(query)) == ["accounts.away", "accounts.back"]


def test_an_answer_that_somebody_has_yet_to_read_is_no_work_that_spares_them(portal: Portal) -> None:
    proposer, first, second = officers(portal, 3)
    for kind in ("answered:test.act:signed", "answered:test.other:declined"):
        duty(portal, kind=kind, people=[first.id])
    found = proposal(portal, proposer, permission=RIGHT)
    duty(portal, people=[second.id])
    pass_time(portal)

    assert named(portal, found, first) == first.id
