import pytest

from portal.foundation.context import Portal
from tests.factories.rounds import Collecting


@pytest.fixture
def house(portal: Portal) -> Collecting:
    return Collecting(portal)
