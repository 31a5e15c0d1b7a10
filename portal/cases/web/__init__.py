"""The reporter's pages and the officers' desk."""

from portal.cases.web import (
    asked,
    assigning,
    attachments,
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
    uploads,
)

blueprints = (
    report.blueprint,
    mailbox.blueprint,
    followups.blueprint,
    attachments.blueprint,
    entering.blueprint,
    identity.blueprint,
    asked.blueprint,
    handing.blueprint,
    desk.blueprint,
)
install = uploads.install
ROUTES = (assigning, queue, replies, timeline)  # their routes are the desk's own
