"""The reporter's pages and the officers' desk."""

from portal.cases.web import attachments, desk, entering, followups, mailbox, report, uploads

blueprints = (
    report.blueprint,
    mailbox.blueprint,
    followups.blueprint,
    attachments.blueprint,
    entering.blueprint,
    desk.blueprint,
)
install = uploads.install
