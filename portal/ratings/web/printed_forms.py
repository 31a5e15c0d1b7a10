"""The form by which a body's clerk makes receipts."""

from collections.abc import Iterable

from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from portal.ratings.register import RatedService
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

MOST = 500


class IssueForm(PortalForm):
    """Which service, how many, and how to have them."""

    service = SelectField(_l("Service"))
    count = IntegerField(
        _l("How many rating codes"),
        description=_l("At most 500 at a time; 12 fit on a sheet."),
        validators=[InputRequired(), NumberRange(1, MOST, _l("Enter a number from 1 to 500."))],
        render_kw={"inputmode": "numeric"},
    )
    layout = RadioField(
        _l("As what"),
        choices=[
            SelectChoice("sheet", _l("A sheet of slips to print and cut")),
            SelectChoice("text", _l("Codes and links as text")),
        ],
        default="sheet",
    )
    language = RadioField(
        _l("Language of the slips"),
        choices=[
            SelectChoice("both", _l("Chinese and English")),
            SelectChoice("zh", _l("Chinese")),
            SelectChoice("en", _l("English")),
        ],
        default="both",
    )

    def offer(self, services: Iterable[RatedService]) -> None:
        """Let only these services be chosen."""
        self.service.choices = [SelectChoice(each.code, name(each.names)) for each in services]
