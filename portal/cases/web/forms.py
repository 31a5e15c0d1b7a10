"""The questions asked of a reporter, and the acts of an officer."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.cases.values import Channel, Finding, Matter, OwnMatter
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

LONGEST_ANSWER = 20_000
UNKNOWN_BODY = ""


def newlines(text: str | None) -> str:
    """Line ends as one character; not a letter is changed otherwise."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


class Words(TextAreaField):
    """Free text, kept as it was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = newlines(valuelist[0]) if valuelist else ""


def _answer(label: Any, *, required: Any = None, longest: int = LONGEST_ANSWER, rows: int = 8, **kw: Any) -> Words:
    first = DataRequired(required) if required else Optional()
    long = Length(max=longest, message=_l("Use %(max)d characters or fewer. Files can hold the rest."))
    return Words(label, validators=[first, long], render_kw={"rows": rows}, **kw)


MATTERS = {
    Matter.FIGURE: _l("A published result or target is false"),
    Matter.OWN: _l("My own matter was recorded falsely"),
    Matter.RATINGS: _l("Ratings were made up, bought or sorted out"),
    Matter.PRESSURE: _l("People were pressed or paid to rate well, or not to complain"),
    Matter.COLLUSION: _l("Those who assess and those who are assessed fake together"),
    Matter.OTHER: _l("Something else about published results"),
}


def _short(label: Any, hint: Any = "") -> StringField:
    long = Length(max=200, message=_l("Use %(max)d characters or fewer. Files can hold the rest."))
    return StringField(label, validators=[Optional(), long], description=hint, render_kw={"autocomplete": "off"})


class WhatForm(PortalForm):
    matter = RadioField(
        _l("What kind of thing is it?"),
        choices=[SelectChoice(matter.value, words) for matter, words in MATTERS.items()],
        validators=[Optional()],
    )
    promised = _short(_l("How long were you told it would take?"), _l("For example: 10 working days."))
    applied = _short(_l("When did you apply?"), _l("As exactly as is safe: the month is enough."))
    done = _short(_l("When was it really done?"), _l("Or: it is not done yet."))
    recorded = _short(_l("What does the record say?"), _l("For example: closed on 3 March, or done in 4 days."))
    never_rated = BooleanField(_l("A rating stands in my name that I never gave"))
    body = SelectField(_l("Which public body is it about?"), validate_choice=True)
    what = _answer(_l("What is false, or what happened?"), required=_l("Say in your own words what it is about."))

    def chosen(self) -> Matter | None:
        return Matter(self.matter.data) if self.matter.data else None

    def own(self) -> OwnMatter:
        """What was said of one's own matter."""
        promised, applied, done, recorded = (
            (field.data or "").strip() for field in (self.promised, self.applied, self.done, self.recorded)
        )
        return OwnMatter(promised, applied, done, recorded, bool(self.never_rated.data))

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        unknown = SelectChoice(UNKNOWN_BODY, str(_l("I do not know, or it is not in this list")))
        self.body.choices = [unknown, *(SelectChoice(code, name) for code, name in bodies)]


class HowForm(PortalForm):
    how = _answer(
        _l("How do you know?"),
        description=_l(
            "For example: you saw it, you were asked to do it, you have the original figures. You may skip this."
        ),
    )


CHANNELS = {
    Channel.LETTER: _l("By letter"),
    Channel.TELEPHONE: _l("By telephone"),
    Channel.VISIT: _l("On a visit"),
}


class EnterForm(PortalForm):
    """What an officer enters for somebody who wrote, called or came."""

    channel = RadioField(
        _l("How did it come?"),
        choices=[SelectChoice(channel.value, words) for channel, words in CHANNELS.items()],
        validators=[InputRequired(_l("Say how it came."))],
    )
    body = SelectField(_l("Which public body is it about?"), validate_choice=True)
    matter = RadioField(
        _l("What kind of thing is it?"),
        choices=[SelectChoice(matter.value, words) for matter, words in MATTERS.items()],
        validators=[InputRequired(_l("Choose the kind."))],
    )
    what = _answer(
        _l("What do they say happened?"),
        required=_l("Write down what they say."),
        description=_l("Their words, not yours. Leave out who they are, and what only they could know."),
    )
    how = _answer(_l("How do they know?"), rows=4)
    names = _answer(
        _l("Names of people who must not see it"),
        longest=5_000,
        rows=3,
        description=_l("One on each line. A family name is enough to leave somebody out."),
    )

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        unknown = SelectChoice(UNKNOWN_BODY, str(_l("It is not known, or not in this list")))
        self.body.choices = [unknown, *(SelectChoice(code, name) for code, name in bodies)]


class FilesForm(PortalForm):
    file = FileField(_l("Add a file"))


class WhoForm(PortalForm):
    names = _answer(
        _l("Names of people who must not see it"),
        longest=5_000,
        rows=4,
        description=_l("One on each line. A family name is enough to leave somebody out."),
    )
    bodies = SelectMultipleField(_l("Public bodies whose people must not see it"), validate_choice=False)
    outside_only = BooleanField(_l("Send it only to the outside recipient, to nobody in the office"))

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        self.bodies.choices = [SelectChoice(code, name) for code, name in bodies]


class CheckForm(PortalForm):
    """Nothing more to fill in: the answers are in the draft."""


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
    text = _answer(_l("Write a message"), required=_l("Write something before you send it."), rows=5)


class AcknowledgeForm(PortalForm):
    """A button."""


class TriageForm(PortalForm):
    """A button."""


class InvestigateForm(PortalForm):
    """A button."""


class ExtendForm(PortalForm):
    reason = _answer(
        _l("Why is more time needed?"),
        required=_l("Give the reason: the second officer decides on it."),
        description=_l("It is sealed with the case. The reporter sees the new day, so write to them as well."),
        rows=4,
    )


class AgreeToExtensionForm(PortalForm):
    """The second signature."""


class RefuseExtensionForm(PortalForm):
    """A button."""


class ReopenForm(PortalForm):
    reason = _answer(
        _l("Why is it looked at again?"),
        required=_l("Say what is new, or what was overlooked."),
        description=_l("It is sealed with the case. Only officers who were granted the case can read it."),
    )


class PersonForm(PortalForm):
    person = RadioField(_l("To whom?"), validators=[InputRequired(_l("Choose one person."))])

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        self.person.choices = [SelectChoice(key, name) for key, name in people]


class AssignForm(PersonForm):
    pass


class ShareForm(PersonForm):
    pass


class ToReporterForm(PortalForm):
    text = _answer(
        _l("Message to the reporter"),
        required=_l("Write something before you send it."),
        description=_l("The reporter reads this in the mailbox. Never ask who they are."),
    )


class NoteForm(PortalForm):
    text = _answer(
        _l("Internal note"),
        required=_l("Write something before you save it."),
        description=_l("Only officers who were granted this case can read it."),
    )


class RecuseForm(PortalForm):
    sure = BooleanField(
        _l("I step aside from this case for good"), validators=[DataRequired(_l("Tick the box to step aside."))]
    )


class ProposeForm(PortalForm):
    finding = RadioField(
        _l("What was found?"),
        choices=[
            SelectChoice(Finding.UPHELD.value, _l("Upheld: the figure or the matter is as reported")),
            SelectChoice(Finding.PARTLY.value, _l("Partly upheld")),
            SelectChoice(Finding.NOT_UPHELD.value, _l("Not upheld: it was checked and it is correct")),
            SelectChoice(Finding.NOT_ADMISSIBLE.value, _l("Not admissible: it is not about published results")),
            SelectChoice(Finding.REFERRED.value, _l("Referred: another authority has to deal with it")),
        ],
        validators=[InputRequired(_l("Choose what was found."))],
    )
    reason = _answer(
        _l("Why?"),
        required=_l("Give the reason: the second officer decides on it."),
        description=_l("It is sealed with the case. Only officers who were granted the case can read it."),
    )


class DecideForm(PortalForm):
    """The second signature."""


class SendBackForm(PortalForm):
    reason = _answer(_l("What has to be looked at again?"), required=_l("Say why you do not agree."))


class CorrectForm(PortalForm):
    new_actual = StringField(
        _l("Correct result"),
        validators=[Optional(), Length(max=40)],
        description=_l("Leave it empty when the published result is right."),
        render_kw={"inputmode": "decimal"},
    )
    new_target = StringField(
        _l("Correct target"),
        validators=[Optional(), Length(max=40)],
        description=_l("Leave it empty when the published target is right."),
        render_kw={"inputmode": "decimal"},
    )
    reason = _answer(
        _l("Where does the right value come from?"),
        required=_l("Say where the right value comes from."),
        description=_l("Do not mention the reporter or the report: whoever approves reads this outside the case."),
        rows=4,
    )


class BodyForm(PortalForm):
    body = SelectField(_l("Which public body is this report about?"), validators=[InputRequired()])

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        self.body.choices = [SelectChoice(code, name) for code, name in bodies]


class CleanForm(PortalForm):
    """A button."""


class OriginalForm(PortalForm):
    sure = BooleanField(
        _l("I need the original, and open it where it can neither harm nor betray anybody"),
        validators=[DataRequired(_l("Tick the box to take the original."))],
        description=_l("That you took it goes on the record of the case."),
    )


class CloseForm(PortalForm):
    """A button."""
