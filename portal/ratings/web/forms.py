"""The forms of ratings: a mark, what may be added to it, a moderator's decision."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.ratings.details import (
    CAPACITY_WORDS,
    DIMENSION_WORDS,
    DIMENSIONS,
    REASON_WORDS,
    Capacity,
    Details,
    Reason,
    Way,
)
from portal.ratings.values import COMMENT_LIMIT, HIDE_REASON_WORDS, LEVEL_WORDS, HideReason, Level
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


def readable(typed: Any) -> Any:
    """The text without what no reader can see and no database can keep, and without space around it."""
    if not isinstance(typed, str):
        return typed
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign >= " " or sign in "\n\t").strip()


class RatingForm(PortalForm):
    """Five answers and, folded away, the code of a receipt."""

    forgotten = True
    lifetime = timedelta(hours=24)

    level = RadioField(
        _l("How was it?"),
        choices=[SelectChoice(int(level), _l(words)) for level, words in LEVEL_WORDS.items()],
        coerce=int,
        validators=[InputRequired(_l("Choose one of the five answers."))],
    )
    receipt = StringField(
        _l("Rating code"),
        description=_l("12 letters and digits, on the slip or in the message you were given."),
        validators=[Optional(), Length(max=100)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False},
    )
    visit = HiddenField()


class CodeForm(PortalForm):
    """The code of a receipt, typed before its service is known."""

    forgotten = True
    lifetime = timedelta(hours=24)

    receipt = StringField(
        _l("Rating code"),
        description=_l("12 letters and digits, on the slip or in the message you were given."),
        validators=[InputRequired(_l("Enter the code, or find the service below.")), Length(max=100)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False},
    )


class AdditionForm(PortalForm):
    """What somebody would add to their mark, all of it optional; the ticket says to which mark."""

    forgotten = True
    lifetime = timedelta(hours=24)

    reasons = SelectMultipleField(
        _l("What went wrong?"),
        description=_l("Tick whatever holds."),
        choices=[SelectChoice(reason.value, _l(words)) for reason, words in REASON_WORDS.items()],
    )
    words = TextAreaField(
        _l("What would you add? (optional)"),
        description=_l("Leave out names, telephone numbers and anything that shows who you are."),
        filters=[readable],
        validators=[Length(max=COMMENT_LIMIT, message=_l("Shorten the comment to %(max)d characters."))],
        render_kw={"rows": 4},
    )
    capacity = RadioField(
        _l("For whom did you come?"),
        choices=[SelectChoice(capacity.value, _l(words)) for capacity, words in CAPACITY_WORDS.items()],
        validators=[Optional()],
    )
    wants_answer = BooleanField(_l("I want the office to answer"))
    ticket = HiddenField()

    def validate_words(self, field: TextAreaField) -> None:
        if not (field.data or self.details or self.wants_answer.data):
            raise ValidationError(_l("Write or tick something, or leave this page: your rating is saved already."))

    @property
    def details(self) -> Details:
        """What was ticked and chosen. Only of a form whose fields are valid."""
        return Details(
            {
                (way, dimension): Level(int(self[name].data))
                for way, dimension, name in DIMENSION_FIELDS
                if self[name].data in _LEVELS
            },
            frozenset(Reason(each) for each in self.reasons.data or () if each in set(Reason)),
            Capacity(self.capacity.data) if self.capacity.data in set(Capacity) else None,
        )

    def dimensions(self) -> Mapping[Way, list[SelectField]]:
        """The fields of the dimensions by the way somebody was served."""
        found: dict[Way, list[SelectField]] = {way: [] for way in Way}
        for way, _, name in DIMENSION_FIELDS:
            found[way].append(self[name])
        return found


_LEVELS = {str(int(level)) for level in Level}
DIMENSION_FIELDS = tuple(
    (way, dimension, f"{way.value}-{dimension.value}")
    for way, dimensions in DIMENSIONS.items()
    for dimension in dimensions
)
for _way, _dimension, _name in DIMENSION_FIELDS:
    setattr(
        AdditionForm,
        _name,
        SelectField(
            _l(DIMENSION_WORDS[_dimension]),
            default="",
            choices=[
                SelectChoice("", _l("No answer")),
                *(SelectChoice(str(int(level)), _l(words)) for level, words in LEVEL_WORDS.items()),
            ],
        ),
    )


class DecisionForm(PortalForm):
    """A moderator's decision on one comment."""

    decision = RadioField(
        _l("What should happen to it?"),
        choices=[
            SelectChoice("approve", _l("Approve: it may appear")),
            SelectChoice("hide", _l("Hide: it never appears, its rating stays counted")),
        ],
        validators=[InputRequired(_l("Choose whether to approve or hide the comment."))],
    )
    reason = SelectField(
        _l("Reason, when hidden"),
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(reason.value, _l(words)) for reason, words in HIDE_REASON_WORDS.items()),
        ],
    )

    names = TextAreaField(
        _l("Names to mask, when approved"),
        description=_l(
            "One on each line, as they stand in the comment. Numbers and mail addresses are masked anyway."
        ),
        filters=[readable],
        validators=[Length(max=500)],
        render_kw={"rows": 2},
    )
    alike = BooleanField(_l("Decide the same on the others with the very same words"))

    def validate_reason(self, field: SelectField) -> None:
        if self.decision.data == "hide" and not field.data:
            field.errors = [*field.errors, _l("Choose why the comment is hidden.")]

    @property
    def hidden_for(self) -> HideReason | None:
        """The reason to hide the comment, None to approve it."""
        return HideReason(self.reason.data) if self.decision.data == "hide" else None
