"""An officer makes a new key: nothing is sealed to the former one from then on, and nothing it held is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import HandlerKey
from portal.accounts.passwords import Stretcher
from portal.accounts.services import issue_start_code
from portal.cases import sealing
from portal.cases.errors import LockForged, NoSuchCase
from portal.cases.jobs import change_locks, forget_former_keys
from portal.cases.models import Epoch, IdentityHalf, IdentityKey, IdentityShare, Item, Wrap
from portal.cases.queries import queue, read_case
from portal.cases.services import casework, identities, locks, resealing, views
from portal.cases.services.access import Officer
from portal.cases.values import Asked, HolderKind
from portal.foundation.actor import Actor
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.crypto import CannotOpen, box_open
from tests.cases.test_desk import do
from tests.cases.test_forged_locks import forge
from tests.conftest import new_client
from tests.factories.accounts import Someone, new_key, person, renewed, sign_in, vouch_for
from tests.factories.cases import Office, answer, desk_of, filed_report, officer_of

NOTE = {"text": "a note", "submission": "note"}
WHY = {"reason": "so"}


@pytest.fixture
def colleague(portal: Portal) -> Someone:
    """Who vouches besides the decider."""
    return person(portal, roles=["case-officer"], name="Vera Voucher")


def reseal(portal: Portal, someone: Someone) -> int:
    """As reading the queue does; how much was sealed anew."""
    officer = officer_of(someone)
    with portal.database.read() as session:
        changes = resealing.prepare(session, officer=officer)
    with portal.database.write() as session:
        resealing.write(session, changes, officer=officer)
    return len(changes)


def wraps(portal: Portal, someone: Someone) -> list[tuple[str, int, str | None, bytes]]:
    with portal.database.read() as session:
        query = select(Wrap.case_id, Wrap.epoch, Wrap.key_id, Wrap.sealed).where(Wrap.person_id == someone.id)
        return [tuple(row) for row in session.execute(query.order_by(Wrap.case_id, Wrap.epoch))]


def opens(private: bytes, sealed: bytes) -> bool:
    try:
        box_open(private, sealed)
    except CannotOpen:
        return False
    return True


def reads(portal: Portal, officer: Officer, case_id: str) -> str:
    with portal.database.read() as session:
        found = read_case(session, case_id=case_id, officer=officer, now=portal.clock.now())
    return found.report.what


def alone(someone: Someone) -> Officer:
    """With the key in use and no other."""
    return officer_of(replace(someone, private=replace(someone.private, former=())))


def test_until_it_is_signed_everything_goes_on_with_the_key_in_use(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    old = filed_report(portal).case_id
    key = new_key(office.officer)
    vouch_for(key, office.decider)
    newer = filed_report(portal).case_id

    assert {key_id for _, _, key_id, _ in wraps(portal, office.officer)} == {office.officer.private.key_id}
    assert all(reads(portal, officer_of(office.officer), one) for one in (old, newer))
    assert reseal(portal, replace(office.officer, private=replace(key, former=(office.officer.private,)))) == 0


def test_once_it_is_signed_the_former_key_gets_nothing_and_opens_nothing_new(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    """By filing, by a new lock, by being let in: the attacker has the former key and every dump."""
    before, shared = filed_report(portal).case_id, filed_report(portal).case_id
    thief = office.officer.private.box_private
    ada = renewed(office.officer, office.decider, colleague)
    filed = filed_report(portal).case_id
    do(portal, locks.renew, office.decider, before, reason="seen", submission="form")
    do(portal, casework.add_note, ada, before, **NOTE)
    do(portal, casework.acknowledge, office.decider, shared)
    do(portal, casework.recuse, colleague, shared)
    do(portal, casework.assign, office.decider, shared, person_id=ada.id)

    found = {(case, epoch): (key_id, sealed) for case, epoch, key_id, sealed in wraps(portal, ada)}
    fresh = [found[filed, 1], found[before, 2], found[shared, 2]]
    assert all(key_id == ada.private.key_id and not opens(thief, sealed) for key_id, sealed in fresh)
    with portal.database.read() as session:
        (note,) = session.scalars(select(Item).where(Item.case_id == before, Item.kind == "note"))
        assert note.epoch == 2
    opened = [sealed for key_id, sealed in found.values() if opens(thief, sealed)]
    assert opened == [found[before, 1][1]]  # what was read cannot be unread


def test_everything_opens_at_every_moment_of_sealing_it_anew(
    portal: Portal, office: Office, colleague: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between any two of its steps: some rows are done, the others not, and all can be read."""
    cases = [filed_report(portal).case_id for _ in range(3)]
    do(portal, locks.renew, office.decider, cases[0], reason="two locks", submission="form")
    ada = renewed(office.officer, office.decider, colleague)
    monkeypatch.setattr(resealing, "MOST_AT_ONCE", 1)
    left = 4
    while True:
        assert sum(key_id != ada.private.key_id for _, _, key_id, _ in wraps(portal, ada)) == left
        assert [reads(portal, officer_of(ada), one) for one in cases] == ["The parks were never inspected."] * 3
        if not reseal(portal, ada):
            break
        left -= 1

    assert left == 0 and [reads(portal, alone(ada), one) for one in cases]
    assert not any(opens(office.officer.private.box_private, sealed) for *_, sealed in wraps(portal, ada))


def test_a_row_keeps_case_epoch_and_person_and_the_same_key_in_another_box(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    case_id = filed_report(portal).case_id
    ada = renewed(office.officer, office.decider, colleague)
    (before,) = wraps(portal, ada)
    reseal(portal, ada)
    (after,) = wraps(portal, ada)

    assert before[:2] == after[:2] == (case_id, 1) and before[3] != after[3]
    old, new = office.officer.private, ada.private
    assert box_open(old.box_private, before[3]) == box_open(new.box_private, after[3])


def test_what_is_not_the_houses_is_not_sealed_anew_and_stops_nothing_else(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    """Boxes say nothing of where they belong; the stamp of the epoch does, and it is looked at before."""
    forged, moved, good = (filed_report(portal).case_id for _ in range(3))
    forge(portal, forged, number=1, stamp=b"x")
    with portal.database.write() as session:  # the key of one case in a row of another
        of_good = session.scalars(
            select(Wrap.sealed).where(Wrap.case_id == good, Wrap.person_id == office.officer.id)
        ).one()
        session.execute(
            update(Wrap).where(Wrap.case_id == moved, Wrap.person_id == office.officer.id).values(sealed=of_good)
        )
    ada = renewed(office.officer, office.decider, colleague)
    reseal(portal, ada)

    key_ids = {case: key_id for case, _, key_id, _ in wraps(portal, ada)}
    assert key_ids[good] == ada.private.key_id
    assert key_ids[forged] == key_ids[moved] == office.officer.private.key_id
    for case_id in (forged, moved):
        with pytest.raises(LockForged):
            reads(portal, officer_of(ada), case_id)


def test_the_former_key_goes_when_nothing_is_sealed_to_it_and_not_before(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    filed_report(portal)
    ada = renewed(office.officer, office.decider, colleague)

    def is_kept() -> bool:
        forget_former_keys(portal)  # type: ignore[arg-type]
        with portal.database.read() as session:
            return session.get_one(HandlerKey, office.officer.private.key_id).sealed_private is not None

    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += timedelta(days=400)
    assert is_kept()
    reseal(portal, ada)
    assert not is_kept()
    with portal.database.read() as session:
        assert session.get_one(HandlerKey, ada.private.key_id).sealed_private is not None


def test_the_former_key_is_kept_for_a_day_for_what_was_under_way(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    """A report that was being sealed at the moment of the second signature went to the key of just before."""
    ada = renewed(office.officer, office.decider, colleague)
    forget_former_keys(portal)  # type: ignore[arg-type]
    case_id = filed_report(portal).case_id
    with portal.database.write() as session:
        row = session.scalars(select(Wrap).where(Wrap.person_id == ada.id)).one()
        keys = sealing.unwrap(1, HolderKind(row.holder), ada.private.box_private, row.sealed)
        former = session.get_one(HandlerKey, office.officer.private.key_id)
        assert former.sealed_private is not None
        row.sealed, row.key_id = sealing.wrap(keys, HolderKind(row.holder), former.box_public), former.id
    assert reads(portal, officer_of(ada), case_id)
    assert reseal(portal, ada) == 1 and reads(portal, alone(ada), case_id)


def test_reading_the_queue_seals_anew_what_one_holds(portal: Portal, office: Office, colleague: Someone) -> None:
    report = filed_report(portal)
    ada = renewed(office.officer, office.decider, colleague)
    client = new_client(portal)
    sign_in(client, ada)
    assert client.get(report.address).status_code == 200
    assert [key_id for _, _, key_id, _ in wraps(portal, ada)] == [ada.private.key_id]
    answer(client, f"{report.address}/acknowledge")
    assert "The parks were never inspected." in client.get(report.address).get_data(as_text=True)


def test_a_key_made_by_a_reset_gets_nothing_of_it(portal: Portal, office: Office, colleague: Someone) -> None:
    """Former keys are those that their owner gave up while signed in; a reset leaves none."""
    case_id = filed_report(portal).case_id
    ada = renewed(office.officer, office.decider, colleague)
    with portal.database.write() as session:
        issue_start_code(
            session,
            person_id=ada.id,
            stretcher=Stretcher.of(portal.settings),
            actor=Actor.system(),
            now=portal.clock.now(),
        )
        kept = session.scalar(
            select(func.count())
            .select_from(HandlerKey)
            .where(HandlerKey.person_id == ada.id, HandlerKey.sealed_private.is_not(None))
        )
    assert kept == 0
    stranger = replace(ada, private=replace(colleague.private, former=()))
    with pytest.raises(NoSuchCase):
        reads(portal, officer_of(stranger), case_id)


def test_whoever_made_a_new_key_keeps_their_cases_when_locks_are_looked_after(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    report = filed_report(portal)
    ada = renewed(office.officer, office.decider, colleague)
    change_locks(portal)  # type: ignore[arg-type]
    with portal.database.read() as session:
        found = queue(session, officer=officer_of(ada), now=portal.clock.now())
        assert [one.id for one in found.cases] == [report.case_id]
        assert session.scalar(select(func.max(Epoch.number)).where(Epoch.case_id == report.case_id)) == 1


@pytest.fixture
def keepers(portal: Portal, office: Office) -> tuple[Someone, Someone]:
    one, two = (person(portal, roles=["case-decider", "identity-keeper"], name=n) for n in ("Kim", "Kai"))
    return one, two


@pytest.mark.parametrize("when", ["before asking", "while it waits", "after opening"])
def test_shares_of_an_identity_go_along(
    portal: Portal, office: Office, keepers: tuple[Someone, Someone], when: str
) -> None:
    """Two keepers open it together, whichever of the pieces was sealed to a key that has changed since."""
    kim, kai = keepers
    case_id = filed_report(portal, identity="Wang Fang").case_id

    def changed(someone: Someone) -> Someone:
        other = kim if someone.id == kai.id else kai
        again = renewed(someone, office.decider, other)
        assert reseal(portal, again)
        return replace(again, private=replace(again.private, former=()))

    if when == "before asking":
        kai = changed(kai)
    do(portal, identities.propose_opening, kim, case_id, **WHY)
    if when == "while it waits":
        kai = changed(kai)
    do(portal, identities.agree_to_opening, kai, case_id)
    if when == "after opening":
        kai = changed(kai)
    with portal.database.write() as session:
        said = identities.read(session, case_id=case_id, officer=officer_of(kai), now=portal.clock.now())
    assert said == "Wang Fang"
    old = keepers[1].private.box_private
    with portal.database.read() as session:
        for table in (IdentityShare, IdentityHalf, IdentityKey):
            rows = session.scalars(select(table.sealed).where(table.person_id == kai.id)).all()
            assert not any(opens(old, sealed) for sealed in rows)


def test_choices_one_kept_of_the_queue_go_along(portal: Portal, office: Office, colleague: Someone) -> None:
    with portal.database.write() as session:
        views.keep_view(session, name="Mine", asked=Asked(), officer=officer_of(office.officer))
    ada = renewed(office.officer, office.decider, colleague)
    for officer in (officer_of(ada), alone(ada)):
        with portal.database.read() as session:
            assert [one.name for one in views.views_of(session, officer=officer)] == ["Mine"]
        reseal(portal, ada)


def test_a_connected_officer_with_a_former_key_sees_no_more_than_before(
    portal: Portal, office: Office, colleague: Someone
) -> None:
    report = filed_report(portal)
    cleo = renewed(office.connected, office.decider, colleague)
    assert reseal(portal, cleo) == 0
    client = new_client(portal)
    sign_in(client, cleo)
    for path in ("", "/lock", "/timeline"):
        assert client.get(report.address + path).status_code == 404
    assert desk_of(portal, office.decider).get(report.address).status_code == 200
