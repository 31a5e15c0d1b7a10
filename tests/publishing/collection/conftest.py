import pytest

from portal.foundation.context import Portal
from tests.conftest import Beginning, World
from tests.factories.rounds import Collecting


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return Collecting if "house" in request.fixturenames else None


@pytest.fixture
def house(portal: Portal, world: World) -> Collecting:
    return world.told_in(portal)
