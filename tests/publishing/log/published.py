"""A small published log, and the portal behind a real address, for the tests of the log."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.app import create_app
from portal.foundation.context import Portal
from portal.publishing.models import (
    Act,
    Checkpoint,
    LogEntry,
    LogNode,
)
from portal.publishing.services import salt_text
from portal.publishing.services.acts import CONTENT
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


def cut_after(n: int) -> Callable[[Session], None]:
    """As if the later acts had never been: an old backup without the rest."""

    def cut(session: Session) -> None:
        gone = select(Act.id).where(Act.edition > n)
        session.execute(delete(Checkpoint).where(Checkpoint.n > n))
        session.execute(delete(LogEntry).where(LogEntry.n > n))
        for node in session.scalars(select(LogNode)).all():
            if (node.idx + 1) << node.level > n:
                session.delete(node)
        for model in CONTENT:
            session.execute(delete(model).where(model.act_id.in_(gone)))
        session.execute(delete(Act).where(Act.edition > n))

    return cut
