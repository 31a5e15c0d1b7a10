"""A reader who asks for a file that is not made yet: one of them waits a little, the others ask again."""

import subprocess
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from portal.publishing.services.shelving import start_maker
from portal.web import edge

WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.2
_one_waits = threading.Lock()
_makers: list[subprocess.Popen[bytes]] = []
Found = TypeVar("Found")


def made_soon(look: Callable[[], Found | None]) -> Found | None:
    """Have the missing files made by a process of its own, and wait for what `look` finds; None when it lasts.

    A process that is at work already, the runner's for one, makes ours end at once; ours failing, nobody waits.
    """
    if not _one_waits.acquire(blocking=False):
        return None
    try:
        _makers[:] = [maker for maker in _makers if maker.poll() is None]
        if not _makers:
            _makers.append(start_maker(edge.portal()))
        deadline = time.monotonic() + WAIT_SECONDS
        while (found := look()) is None and time.monotonic() < deadline and not _makers[-1].poll():
            time.sleep(_POLL_SECONDS)
        return found
    finally:
        _one_waits.release()
