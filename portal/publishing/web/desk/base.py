"""What the desk pages of publishing share."""

from flask import Blueprint

from portal.foundation.i18n import N_
from portal.publishing.values import ReleaseState

desk_pages = Blueprint("publishing_desk", __name__, url_prefix="/desk")

STATE_WORDS = {
    ReleaseState.DRAFT: (N_("Draft"), "neutral"),
    ReleaseState.PROPOSED: (N_("Waits for a second person"), "attention"),
    ReleaseState.SCHEDULED: (N_("Approved, waits for its time"), "info"),
    ReleaseState.PUBLISHED: (N_("Published"), "good"),
}
