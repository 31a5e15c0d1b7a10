"""The supervisor and its children live and die together."""

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from portal.serve import POLITENESS
from portal.web.line.taking import AT_ONCE
from tests.journeys.house import House
from tests.journeys.robot import Robot


def test_who_reads_is_answered_while_the_process_that_takes_marks_stands_still(house: House) -> None:
    robot, taker = Robot(house.url), who_takes_marks(house)
    form = robot.get("/rate/RBO-PERMIT").form("level")
    with ThreadPoolExecutor(1) as pool:
        taker.suspend()
        try:
            rated = pool.submit(robot.send, form, level="4")
            assert [Robot(house.url).get("/").status for _ in range(20)] == [200] * 20
            assert not rated.done()
        finally:
            taker.resume()
        assert rated.result().status == 303


def who_takes_marks(house: House) -> psutil.Process:
    """The process behind the line, as soon as it is at work."""
    assert house.server is not None
    for _ in range(600):
        for child in psutil.Process(house.server.pid).children():
            if child.nice() == POLITENESS and child.num_threads() > AT_ONCE:
                return child
        time.sleep(0.1)
    pytest.fail("nobody takes marks")


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGKILL])
def test_the_port_is_free_again_after_the_supervisor_ends(house: House, asked: signal.Signals) -> None:
    assert house.server is not None
    house.server.send_signal(asked)
    house.server.wait(timeout=30)
    port = int(house.url.rsplit(":", 1)[1])
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.1)
    pytest.fail("somebody still answers")
