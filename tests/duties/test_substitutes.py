"""A second signature that waits too long goes to one person by name, whom nobody chose.

Were this to fail, everybody could leave a signature to the others, or a friend could be picked to give it.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import get_person
from portal.accounts.services import declare_interest, disable_person
from portal.accounts.values import Scope
from portal.duties.mailing import items_of
from portal.duties.queries import signatures_waiting_for
from portal.duties.rules import choose_substitute
from portal.duties.services import decline, name_deciders
from portal.duties.substitutes import name_all
from portal.duties.values import Proposal, Substitute
from portal.foundation.context import Portal
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
