"""The forms of paper slips: answers as figures in the order of the slips."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from portal.ratings.register import RatedService
from portal.ratings.values import Level
from portal.web.forms import PortalForm
from portal.web.wording import gettext
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

MOST = 500
_LEVELS = {str(int(level)): level for level in Level}


class _Answers(PortalForm):
    answers = TextAreaField(
        _l("Answers in the order of the slips"),
        description=_l("One figure a slip: 5 very satisfied, 4, 3, 2, 1 very dissatisfied. Spaces do not matter."),
        validators=[InputRequired(_l("Enter at least one answer."))],
        render_kw={"rows": 6, "inputmode": "numeric", "autocomplete": "off"},
    )

    def validate_answers(self, field: Any) -> None:
        figures = "".join((field.data or "").split())
        wrong = [place for place, figure in enumerate(figures, start=1) if figure not in _LEVELS]
        if wrong:
            raise ValidationError(gettext("Answer %(place)s is not one of 1 to 5.", place=wrong[0]))
        if len(figures) > MOST:
            raise ValidationError(gettext("Enter at most %(most)s slips at a time.", most=MOST))

    @property
    def levels(self) -> list[Level]:
        """What was entered. Only of a valid form."""
        return [_LEVELS[figure] for figure in "".join((self.answers.data or "").split())]


class PaperForm(_Answers):
    """A batch: one service, one month, and the answers."""

    service = SelectField(_l("Service"))
    month = SelectField(_l("Month in which the people were served"))

    def offer(self, services: Sequence[RatedService], months: Sequence[str]) -> None:
        """Let only these be chosen."""
        self.service.choices = [SelectChoice(each.code, name(each.names)) for each in services]
        self.month.choices = [SelectChoice(month, month) for month in months]


class CheckForm(_Answers):
    """The slips of the sample, read a second time."""

    _needed = 0

    def require(self, count: int) -> None:
        """Take only so many answers."""
        self._needed = count

    def validate_answers(self, field: Any) -> None:
        super().validate_answers(field)
        found = len(self.levels)
        if found != self._needed:
            words = gettext(
                "%(needed)s answers are asked for; %(found)s were entered.", needed=self._needed, found=found
            )
            raise ValidationError(words)
