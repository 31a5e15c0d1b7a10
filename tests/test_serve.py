"""Starting the house: a taken port is told in a sentence."""

import socket

from portal.serve import port_is_free


def test_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)
