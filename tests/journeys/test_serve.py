"""The supervisor and its children live and die together."""

import signal
import socket
import time

import pytest

from tests.journeys.house import House


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
