"""The reporter's pages and the officers' desk."""

from flask import Flask

from portal.cases.services import anchoring
from portal.cases.web import (
    asked,
    assigning,
    attachments,
    batches,
    desk,
    entering,
    followups,
    handing,
    identity,
    mailbox,
    queue,
    replies,
    report,
    timeline,
    unmasking,
    uploads,
)
from portal.cases.web.plain import PlainReports
from portal.web import edge, giving_back, health

blueprints = (
    report.blueprint,
    mailbox.blueprint,
    followups.blueprint,
    attachments.blueprint,
    entering.blueprint,
    identity.blueprint,
    asked.blueprint,
    handing.blueprint,
    unmasking.blueprint,
    desk.blueprint,
)
ROUTES = (assigning, batches, queue, replies, timeline)  # their routes are the desk's own


def install(app: Flask) -> None:
    uploads.install(app)
    giving_back.offer(app, {*report.TYPED, mailbox.TYPED})
    health.ask_too(app, "keys", _wrong_with_keys)
    app.wsgi_app = PlainReports(app.wsgi_app, app)  # type: ignore[method-assign]


def _wrong_with_keys() -> str | None:
    with edge.portal().database.read() as session:
        missed = anchoring.are_missed(session, edge.settings())
    return "first keys missing" if missed else None
