"""What a reporter fills in to open the mailbox, and in it."""

from collections.abc import Iterable

from wtforms import BooleanField, FileField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.cases.values import Entry, Handling
from portal.cases.web.forms.words import SealedForm, answer
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l

HANDLING = {
    Handling.WELL: _l("Well"),
    Handling.PARTLY: _l("Partly well, partly not"),
    Handling.BADLY: _l("Badly"),
}


class CodeForm(SealedForm):
    code = StringField(
        _l("Your seven words"),
        validators=[
            DataRequired(_l("Enter the seven words you were given when you sent your report.")),
            Length(max=400),
        ],
        description=_l("Capitals, commas and line breaks make no difference."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False},
    )


class MessageForm(SealedForm):
    answers = RadioField(_l("Does it answer a question?"), validators=[Optional()])
    text = answer(_l("Write a message"), required=_l("Write something before you send it."), rows=5)

    def offer(self, questions: Iterable[Entry]) -> None:
        """Let the writer say which open question it answers; without any, it is not asked."""
        asked = [SelectChoice(one.id, _("The question: %(words)s", words=_start(one.text))) for one in questions]
        if asked:
            self.answers.choices = [*asked, SelectChoice("", _("No, it is something else"))]
        else:
            del self.answers

    @property
    def answered(self) -> str | None:
        return (self.answers.data or None) if "answers" in self else None


class MoreFilesForm(SealedForm):
    file = FileField(_l("Add a file"))


class WithdrawForm(SealedForm):
    text = answer(_l("Is there anything you want to say about it?"), rows=4)
    sure = BooleanField(
        _l("I withdraw from this case, and I know that it may go on"),
        validators=[DataRequired(_l("Tick the box to withdraw."))],
    )


class LetInForm(SealedForm):
    """One button."""


class HandlingForm(SealedForm):
    level = RadioField(
        _l("How were you dealt with?"),
        choices=[SelectChoice(level.value, words) for level, words in HANDLING.items()],
        validators=[InputRequired(_l("Choose one answer."))],
    )
    text = answer(
        _l("What was good, and what was not?"),
        rows=5,
        description=_l("You may skip this. It is about how you were dealt with, not about what was found."),
    )


class RetaliationForm(SealedForm):
    text = answer(
        _l("What was done to you?"),
        required=_l("Say what was done to you."),
        description=_l("What happened and since when, as exactly as is safe for you."),
    )


def _start(text: str, longest: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest].rstrip() + "…"
