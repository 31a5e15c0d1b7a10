"""The queue's own questions, and the words of what it can be narrowed down by."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.cases.services.views import LONGEST_NAME
from portal.cases.values import CaseState, Due, Language, Whose
from portal.cases.web.forms.words import SealedForm
from portal.web.wording import lazy_gettext as _l

STATES = {
    CaseState.RECEIVED: _l("Received"),
    CaseState.ACKNOWLEDGED: _l("Acknowledged"),
    CaseState.TRIAGE: _l("In triage"),
    CaseState.ASSIGNED: _l("Assigned"),
    CaseState.INVESTIGATING: _l("Under investigation"),
    CaseState.PROPOSED: _l("Finding proposed"),
    CaseState.JOINED: _l("Joined with another"),
    CaseState.DECIDED: _l("Decided"),
    CaseState.ACTION: _l("Correction under way"),
    CaseState.CLOSED: _l("Closed"),
    CaseState.REOPENED: _l("Reopened"),
}
DUE = {Due.LATE: _l("Late"), Due.WEEK: _l("Due within a week")}
WHOSE = {Whose.MINE: _l("Assigned to me"), Whose.NOBODY: _l("Assigned to nobody")}
LANGUAGES = {Language.ENGLISH: _l("Latin letters"), Language.CHINESE: _l("Chinese")}


class ViewForm(SealedForm):
    name = StringField(
        _l("Name of this view"),
        validators=[DataRequired(_l("Give it a name.")), Length(max=LONGEST_NAME)],
        description=_l("Only you see it. It is encrypted, and lost when your pass phrase is reset."),
        render_kw={"autocomplete": "off"},
    )


class DropForm(SealedForm):
    """A button."""
