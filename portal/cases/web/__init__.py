"""The reporter's pages and the officers' desk."""

from portal.cases.web import desk, mailbox, report, uploads

blueprints = (report.blueprint, mailbox.blueprint, desk.blueprint)
install = uploads.install
