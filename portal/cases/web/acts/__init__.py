"""What an officer can do with a case."""

from portal.cases.web.acts.choices import offer, open_to
from portal.cases.web.acts.table import ACTS, LEAVING, DeskAct

__all__ = ["ACTS", "LEAVING", "DeskAct", "offer", "open_to"]
