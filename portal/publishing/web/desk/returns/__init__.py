"""A body at its own desk: its returns, each value, the spreadsheet, and the second person's signature."""

from portal.publishing.web.desk.returns import papers, sheets, signing, values  # noqa: F401
