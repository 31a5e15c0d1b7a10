"""What every room's tests stand on."""

from portal.accounts.queries import is_connected, trusted_keys
from portal.accounts.services import load_anchors
from portal.foundation.context import Portal
from tests.factories.accounts import person


def test_made_person_holds_a_trusted_key_and_is_connected(portal: Portal) -> None:
    someone = person(portal, roles=["case-officer"], connected_to=["DPR"])
    with portal.database.read() as session:
        keys = trusted_keys(session, "cases.intake", load_anchors(portal.settings.var))
        assert [key.person_id for key in keys] == [someone.id]
        assert is_connected(session, person_id=someone.id, body_code="DPR", at=portal.clock.now())
