"""Somebody who rates twenty times a second, in a process of its own: `python -m benchmarks.raters FOLDER`.

Stops when its input ends, and prints how long each mark took to be committed, in milliseconds, as JSON.
"""

import json
import sys
import threading
import time
from pathlib import Path

from portal.app import open_portal
from portal.config import Mode, Settings
from portal.foundation.ids import new_id
from portal.ratings.services.marks import Mark, mark_key, save_open_mark
from portal.ratings.values import Level


def main(folder: Path) -> None:
    portal = open_portal(Settings(mode=Mode.TEST, var=folder))
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    waits = []
    while not over.wait(0.05):
        key = mark_key(portal.keys, new_id())
        began = time.perf_counter()
        save_open_mark(portal.database, key=key, mark=Mark("permits", Level.SATISFIED), now=portal.clock.now())
        waits.append((time.perf_counter() - began) * 1000)
    print(json.dumps(waits))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
