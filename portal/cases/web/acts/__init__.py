"""What an officer can do with a case."""

from portal.cases.web.acts.choices import asked_why, bodies_of, offer, open_to
from portal.cases.web.acts.table import ACTS, GRAVE, LEAVING, DeskAct

__all__ = ["ACTS", "GRAVE", "LEAVING", "DeskAct", "asked_why", "bodies_of", "offer", "open_to"]
