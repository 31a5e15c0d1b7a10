"""The forms of competence and handover."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.cases.values import Skill
from portal.cases.web.forms.queue import LANGUAGES
from portal.cases.web.forms.report import MATTERS
from portal.cases.web.forms.words import SealedForm
from portal.web.wording import lazy_gettext as _l
from portal.web.wording import ngettext

SKILLS = {
    Skill.LANGUAGE: _l("reads this writing"),
    Skill.MATTER: _l("knows this kind"),
    Skill.SECTOR: _l("knows this part of the administration"),
}


class CompetenceForm(SealedForm):
    languages = SelectMultipleField(
        _l("What can you read well?"),
        choices=[SelectChoice(str(key), text) for key, text in LANGUAGES.items()],
        validators=[Optional()],
    )
    matters = SelectMultipleField(
        _l("Which kinds of falsification do you know?"),
        choices=[SelectChoice(str(key), text) for key, text in MATTERS.items()],
        validators=[Optional()],
    )
    sectors = SelectMultipleField(
        _l("Which parts of the administration do you know?"),
        validators=[Optional()],
        description=_l("Knowing a part is no connection to it. Declare an interest among your connections."),
    )


class HandoverForm(SealedForm):
    of = RadioField(_l("Whose cases?"), validators=[InputRequired(_l("Choose one person."))])
    to = SelectField(_l("To whom?"), validators=[Optional()])
    gives_up_keys = BooleanField(
        _l("I also give up my keys to them"),
        description=_l(
            "Only for your own cases: each gets a new lock, and somebody has to grant you a case again."
        ),
    )

    def offer(self, having: Iterable[tuple[str, str, int]], people: Iterable[tuple[str, str]]) -> None:
        self.of.choices = [
            SelectChoice(key, f"{name} · " + ngettext("%(num)s case", "%(num)s cases", count))
            for key, name, count in having
        ]
        self.to.choices = [
            SelectChoice("", _l("Each to whom it suits best")),
            *(SelectChoice(key, name) for key, name in people),
        ]
