"""The forms of paper slips: answers as figures in the order of the slips."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from portal.foundation.i18n import N_, Message
from portal.ratings.register import RatedService
from portal.ratings.rules.slips import Slip, read_slip
from portal.ratings.values import Level
from portal.ratings.web.forms import readable
from portal.web.forms import PortalForm
from portal.web.wording import gettext
from portal.web.wording import lazy_gettext as _l
from portal.web.words import month, name, say

MOST = 500
_LEVELS = {str(int(level)): level for level in Level}


class _Answers(PortalForm):
    answers = TextAreaField(
        _l("Answers in the order of the slips"),
        description=_l("One figure a slip: 5 very satisfied, 4, 3, 2, 1 very dissatisfied. Spaces do not matter."),
        validators=[Optional()],
        render_kw={"rows": 4, "inputmode": "numeric", "autocomplete": "off"},
    )
    lines = TextAreaField(
        _l("Or slips with more on them, one a line"),
        description=_l("Such as: 2 340 ac B | They sent me to another hall. The signs are explained below."),
        filters=[readable],
        validators=[Optional()],
        render_kw={"rows": 6, "autocomplete": "off", "spellcheck": "false"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two ways of entering, not both and not none."""
        valid = super().validate(extra_validators)
        given = [bool((field.data or "").strip()) for field in (self.answers, self.lines)]
        if not any(given):
            self.refuse("answers", N_("Enter at least one answer."))
        if all(given):
            self.refuse("lines", N_("Enter the slips in one of the two ways, not in both."))
        return valid and any(given) and not all(given) and not self.answers.errors and not self.lines.errors

    def validate_answers(self, field: Any) -> None:
        figures = "".join((field.data or "").split())
        wrong = [place for place, figure in enumerate(figures, start=1) if figure not in _LEVELS]
        if wrong:
            raise ValidationError(gettext("Answer %(place)s is not one of 1 to 5.", place=wrong[0]))
        if len(figures) > MOST:
            raise ValidationError(gettext("Enter at most %(most)s slips at a time.", most=MOST))

    def validate_lines(self, field: Any) -> None:
        read = self._read_lines()
        for number, one in enumerate(read, start=1):
            if not isinstance(one, Slip):
                raise ValidationError(gettext("Slip %(number)s: %(fault)s.", number=number, fault=say(one)))
        if len(read) > MOST:
            raise ValidationError(gettext("Enter at most %(most)s slips at a time.", most=MOST))

    def _read_lines(self) -> list[Slip | Message]:
        return [read_slip(line) for line in (self.lines.data or "").splitlines() if line.strip()]

    @property
    def slips(self) -> list[Slip]:
        """What was entered. Only of a valid form."""
        figures = "".join((self.answers.data or "").split())
        return [Slip(_LEVELS[figure]) for figure in figures] or [
            one for one in self._read_lines() if isinstance(one, Slip)
        ]


class PaperForm(_Answers):
    """A batch: one service, one month, and the answers."""

    service = SelectField(_l("Service"))
    month = SelectField(_l("Month in which the people were served"))

    def offer(self, services: Sequence[RatedService], months: Sequence[str]) -> None:
        """Let only these be chosen."""
        self.service.choices = [SelectChoice(each.code, name(each.names)) for each in services]
        self.month.choices = [SelectChoice(each, month(each)) for each in months]


class CheckForm(_Answers):
    """The slips of the sample, read a second time."""

    words_right = BooleanField(_l("The words shown above stand on these slips just so"))

    _needed = 0
    words = False

    def require(self, count: int, *, words: bool) -> None:
        """Take only so many answers; `words`: whether words on them are to be looked at."""
        self._needed, self.words = count, words

    def validate_answers(self, field: Any) -> None:
        super().validate_answers(field)
        self._require_all()

    def validate_lines(self, field: Any) -> None:
        super().validate_lines(field)
        self._require_all()

    def _require_all(self) -> None:
        found = len(self.slips)
        if found != self._needed:
            words = gettext(
                "%(needed)s answers are asked for; %(found)s were entered.", needed=self._needed, found=found
            )
            raise ValidationError(words)
