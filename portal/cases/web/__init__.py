"""The reporter's pages and the officers' desk."""

from portal.cases.web import attachments, entering, followups, mailbox, queue, report, uploads

blueprints = (
    report.blueprint,
    mailbox.blueprint,
    followups.blueprint,
    attachments.blueprint,
    entering.blueprint,
    queue.blueprint,
)
install = uploads.install
