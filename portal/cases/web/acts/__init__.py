"""What an officer can do with a case."""

from portal.cases.web.acts.choices import offer, open_to
from portal.cases.web.acts.table import ACTS, DeskAct

__all__ = ["ACTS", "DeskAct", "offer", "open_to"]
