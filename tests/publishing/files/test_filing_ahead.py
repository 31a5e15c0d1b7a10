"""Files of a release are made before its time: they must be the very files, and nobody may have them before."""

from datetime import datetime
from pathlib import Path

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.queries import current_edition
from portal.publishing.services.filing import FilesAhead, make_edition
from portal.publishing.services.rehearsing import rehearse
from portal.publishing.services.timing import publish_due
from portal.publishing.shelf import Shelf
from tests.conftest import new_client
from tests.factories.publishing import append, body
from tests.publishing.test_ahead import SECRET, SLUG, due, portal, publisher

__all__ = ["due", "portal", "publisher"]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_files_made_ahead_are_the_very_files_and_come_out_with_the_release(
    portal: Portal, due: datetime, clock: FixedClock
) -> None:
    shelf, reader = Shelf(portal.settings.var), new_client(portal)
    ahead = FilesAhead(portal, rehearse(portal, slug=SLUG, at=due))
    n = ahead.foreseen.edition
    assert SECRET.encode() in (shelf.coming / "figures.csv").read_bytes()
    with portal.database.read() as session:
        assert current_edition(session).n == n - 1
    assert reader.get(f"/data/editions/{n}/figures.csv").status_code == 404
    assert n not in set(shelf.editions())
    clock.at = due
    told: list[bool] = []
    publish_due(portal, lambda state: lambda: told.append(ahead.reveal(state)))
    assert told == [True]
    assert SECRET in reader.get(f"/data/editions/{n}/figures.csv").text
    found = contents(shelf.of(n))
    make_edition(portal, n)
    assert contents(shelf.of(n)) == found


def test_files_of_a_release_that_came_otherwise_stay_under_no_address_and_go(
    portal: Portal, due: datetime, clock: FixedClock
) -> None:
    shelf = Shelf(portal.settings.var)
    ahead = FilesAhead(portal, rehearse(portal, slug=SLUG, at=due))
    append(portal, body("elsewhere"), kind="register")
    clock.at = due
    told: list[bool] = []
    publish_due(portal, lambda state: lambda: told.append(ahead.reveal(state)))
    ahead.discard()
    assert (told, list(shelf.editions()), shelf.coming.exists()) == ([False], [], False)
