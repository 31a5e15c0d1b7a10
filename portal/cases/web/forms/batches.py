"""The forms of dismissing reports together."""

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.cases.values import Junk
from portal.cases.web.forms.words import answer
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

JUNK = {
    Junk.ALIKE: _l("The same text was sent many times"),
    Junk.EMPTY: _l("They say nothing that could be looked into"),
    Junk.ADVERT: _l("They advertise something"),
}


class BatchForm(PortalForm):
    body = SelectField(_l("About which body?"), validators=[InputRequired(_l("Choose one body."))])
    day = DateField(
        _l("Received on (optional)"),
        validators=[Optional()],
        description=_l("The day, such as 2026-02-09. Leave it empty for every day."),
    )
    like = StringField(
        _l("Reference of one of them (optional)"),
        validators=[Optional(), Length(max=40)],
        description=_l(
            "As the list shows it. Then only reports that say nearly the same are chosen; for this at most 200 are"
            " opened, in memory."
        ),
        render_kw={"autocomplete": "off"},
    )
    why = RadioField(
        _l("Why are they dismissed?"),
        choices=[SelectChoice(key.value, text) for key, text in JUNK.items()],
        validators=[InputRequired(_l("Choose one answer."))],
        description=_l("Their reporters read this."),
    )

    def offer(self, bodies: Mapping[str, Any]) -> None:
        self.body.choices = [SelectChoice("", ""), *(SelectChoice(key, name) for key, name in bodies.items())]


class DrawnForm(PortalForm):
    """A button."""


class SignBatchForm(PortalForm):
    """A button."""


class TakeBackBatchForm(PortalForm):
    """A button."""


class RefuseBatchForm(PortalForm):
    reason = answer(
        _l("Why do you not agree?"),
        required=_l("Say why you do not agree."),
        description=_l("It is sealed; only whoever proposed it can read it."),
        rows=4,
    )
