"""A small published log, and the portal behind a real address, for the tests of the log."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

from portal.app import create_app
from portal.foundation.context import Portal
from portal.publishing.services import salt_text
from portal.publishing.values import cite
from tests.factories.publishing import append, body, figure, indicator, release

UNDER_REVIEW = {
    "t": "notice",
    "body": "DPR",
    "indicator": "clean-parks",
    "period": "2023",
    "state": "under-review",
}


def publish_six(portal: Portal) -> str:
    """Register, two releases with a note, a correction, a notice, a release; returns the note's digest."""
    with portal.database.write() as session:
        note = salt_text(session, "=counted by hand, 手工统计")
    append(portal, body(), indicator(), kind="register")
    append(portal, release(), figure(), figure(period="2021", note=cite(note)))
    append(portal, release("parks-2023"), figure(period="2023"))
    append(portal, figure(actual="80.00", cause="upheld-report", replaces=2), kind="correction")
    append(portal, UNDER_REVIEW, kind="notice")
    append(portal, release("parks-2024"), figure(period="2024"))
    return note


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        return


@contextmanager
def address_of(portal: Portal) -> Iterator[str]:
    """Serve the portal on a free port of this machine while the block runs."""
    server = make_server("127.0.0.1", 0, create_app(portal), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
