"""The reporter's pages and the officers' desk."""

from portal.cases.web import attachments, desk, mailbox, report, uploads

blueprints = (report.blueprint, mailbox.blueprint, attachments.blueprint, desk.blueprint)
install = uploads.install
