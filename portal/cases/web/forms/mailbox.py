"""What a reporter fills in to open the mailbox, and in it."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.cases.web.forms.words import answer
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


class CodeForm(PortalForm):
    code = StringField(
        _l("Your seven words"),
        validators=[
            DataRequired(_l("Enter the seven words you were given when you sent your report.")),
            Length(max=400),
        ],
        description=_l("Capitals, commas and line breaks make no difference."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False},
    )


class MessageForm(PortalForm):
    text = answer(_l("Write a message"), required=_l("Write something before you send it."), rows=5)
