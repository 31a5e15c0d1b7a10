"""The forms of ratings: a mark, a comment, a moderator's decision."""

from datetime import timedelta
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.ratings.values import COMMENT_LIMIT, HIDE_REASON_WORDS, LEVEL_WORDS, HideReason
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


class CommentForm(PortalForm):
    """What somebody would add to their mark; the ticket says to which."""

    lifetime = timedelta(hours=24)

    words = TextAreaField(
        _l("What would you add? (optional)"),
        description=_l("Leave out names, telephone numbers and anything that shows who you are."),
        filters=[readable],
        validators=[
            InputRequired(_l("Write your comment, or leave this page: your rating is saved already.")),
            Length(max=COMMENT_LIMIT, message=_l("Shorten the comment to %(max)d characters.")),
        ],
        render_kw={"rows": 4},
    )
    ticket = HiddenField()


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

    def validate_reason(self, field: SelectField) -> None:
        if self.decision.data == "hide" and not field.data:
            field.errors = [*field.errors, _l("Choose why the comment is hidden.")]

    @property
    def hidden_for(self) -> HideReason | None:
        """The reason to hide the comment, None to approve it."""
        return HideReason(self.reason.data) if self.decision.data == "hide" else None
