"""A release comes at its second, everywhere at once, also when the house was down at its time.

Real processes, a real clock: pages, files, feeds and the API of a served house are asked over and over while
the moment passes. That it takes less than a second is measured by `make bench`.
"""

import os
import time
from collections.abc import Callable

import pytest

from portal.app import open_portal
from portal.config import load_settings
from portal.foundation.context import Portal
from tests.journeys.house import House
from tests.journeys.timed import ADDRESSES, Reader, approved, delays


@pytest.fixture
def portal(house: House) -> Portal:
    return open_portal(load_settings(**house.settings))


def wait(condition: Callable[[], bool], patience: float) -> None:
    end = time.time() + patience
    while not condition() and time.time() < end:
        time.sleep(0.05)
    assert condition()


def test_everything_shows_a_release_at_its_time_and_nothing_before_it(house: House, portal: Portal) -> None:
    at = approved(portal, ahead=6)
    for path, sign in ADDRESSES.values():
        assert sign not in Reader(house.url + path).asks(), path
    found = delays(house, at, patience=20)
    assert set(found) == set(ADDRESSES)
    assert min(found.values()) > 0


def test_a_house_that_was_down_at_the_time_publishes_when_it_is_up_again(house: House, portal: Portal) -> None:
    at = approved(portal, ahead=2)
    assert house.server is not None
    os.killpg(house.server.pid, 9)
    house.server.wait()
    time.sleep(max(0.0, at.timestamp() - time.time()) + 0.2)
    house.start()
    wait(lambda: b"88.456" in Reader(f"{house.url}/data/latest/figures.csv").asks(), 20)
