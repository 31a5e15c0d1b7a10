"""The reporter's pages and the officers' desk."""

from portal.cases.web import attachments, desk, entering, mailbox, report, uploads

blueprints = (report.blueprint, mailbox.blueprint, attachments.blueprint, entering.blueprint, desk.blueprint)
install = uploads.install
