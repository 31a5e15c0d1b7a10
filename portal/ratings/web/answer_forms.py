"""The forms around an answer: the code for it, the rater's word, what the body says."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.ratings.answers import STEP_WORDS, AnswerState
from portal.ratings.rules.answering import steps_from
from portal.ratings.values import COMMENT_LIMIT
from portal.ratings.web.forms import readable
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


class AnswerCodeForm(PortalForm):
    """The code that was shown once to whoever asked for an answer."""

    forgotten = True

    code = StringField(
        _l("Code for the answer"),
        description=_l("12 letters and digits. It was shown when you asked for an answer."),
        validators=[InputRequired(_l("Enter the code for the answer.")), Length(max=100)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False},
    )


class WordForm(PortalForm):
    """Whether what the body calls fixed is so; the code travels with the page that it opened."""

    forgotten = True

    code = HiddenField(validators=[Length(max=100)])
    settled = RadioField(
        _l("Is it fixed?"),
        choices=[
            SelectChoice("yes", _l("Yes, it is fixed")),
            SelectChoice("no", _l("No, it is not fixed")),
        ],
        validators=[InputRequired(_l("Choose whether it is fixed."))],
    )


class ReplyForm(PortalForm):
    """What the body has done, and its words to the person."""

    step = RadioField(_l("What has been done?"), validators=[InputRequired(_l("Choose what has been done."))])
    words = TextAreaField(
        _l("Your answer"),
        description=_l("To the person who rated. A moderator reads it first. Name no client."),
        filters=[readable],
        validators=[
            InputRequired(_l("Write the answer.")),
            Length(max=COMMENT_LIMIT, message=_l("Shorten the answer to %(max)d characters.")),
        ],
        render_kw={"rows": 6},
    )

    def offer(self, state: AnswerState) -> None:
        """Leave only what can be said from here."""
        self.step.choices = [SelectChoice(step.value, _l(STEP_WORDS[step])) for step in steps_from(state)]


class PublicReplyForm(PortalForm):
    """What the body says about a month of its ratings to everybody."""

    words = TextAreaField(
        _l("What you say in public"),
        description=_l("It stands beside the numbers of this month. A moderator reads it first. Name no person."),
        filters=[readable],
        validators=[
            InputRequired(_l("Write what you want to say.")),
            Length(max=COMMENT_LIMIT, message=_l("Shorten the reply to %(max)d characters.")),
        ],
        render_kw={"rows": 6},
    )


class ReadReplyForm(PortalForm):
    """The names that must not appear in a public reply."""

    names = TextAreaField(
        _l("Names to mask"),
        description=_l(
            "One on each line, as they stand in the reply. Numbers and mail addresses are masked anyway."
        ),
        filters=[readable],
        render_kw={"rows": 2},
    )
