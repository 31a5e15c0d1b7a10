"""The questions asked of a reporter, one page each."""

from collections.abc import Container, Iterable

from wtforms import BooleanField, Field, FileField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from portal.cases.values import QUESTIONS, Details, Matter, Question, Wrong
from portal.cases.web.forms.questions import WRONGS, WRONGS_LABEL, field_of
from portal.cases.web.forms.words import SealedForm, answer, short
from portal.web.wording import lazy_gettext as _l

UNKNOWN_BODY = ""

MATTERS = {
    Matter.FIGURE: _l("A published result or target is false"),
    Matter.OWN: _l("My own matter was recorded falsely"),
    Matter.RATINGS: _l("Ratings were made up, bought or sorted out"),
    Matter.PRESSURE: _l("People were pressed or paid to rate well, or not to complain"),
    Matter.COLLUSION: _l("Those who assess and those who are assessed fake together"),
    Matter.OTHER: _l("Something else about published results"),
}


class WhatForm(SealedForm):
    matter = RadioField(
        _l("What kind of thing is it?"),
        choices=[SelectChoice(matter.value, words) for matter, words in MATTERS.items()],
        validators=[Optional()],
        description=_l("Each kind has some questions of its own. You may skip them."),
    )
    wrongs = SelectMultipleField(
        WRONGS_LABEL,
        choices=[SelectChoice(wrong.value, words) for wrong, words in WRONGS.items()],
        validate_choice=False,
    )
    body = SelectField(_l("Which public body is it about?"), validate_choice=True)
    what = answer(_l("What is false, or what happened?"), required=_l("Say in your own words what it is about."))

    def is_kept_for_later(self) -> bool:
        """Whether what was typed can be kept while its writer looks at another page first: it may be empty yet."""
        return self.validate_on_submit() or (
            self.is_submitted() and self.errors.keys() == {"what"} and not (self.what.data or "").strip()
        )

    def chosen(self) -> Matter | None:
        return Matter(self.matter.data) if self.matter.data else None

    def asked(self, kind: Matter) -> list[Field]:
        """The questions to show: those of the kind, and others that were answered, so that none is sent unseen."""
        shown = [self.wrongs] if kind is Matter.OWN or self.wrongs.data else []
        return shown + [self[one.value] for one in Question if one in QUESTIONS[kind] or self[one.value].data]

    def details(self, before: Details, sent: Container[str]) -> Details:
        """What is answered now; of a question that was not on the page, what was answered before."""
        said = dict(before.said)
        for one in Question:
            if one.value in sent:
                said[one] = (self[one.value].data or "").strip()
        chosen = self.wrongs.data or () if self.wrongs.name in sent else before.wrongs
        wrongs = tuple(one for one in Wrong if one in chosen)
        return Details(tuple((one, said[one]) for one in Question if said.get(one)), wrongs)

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        unknown = SelectChoice(UNKNOWN_BODY, str(_l("I do not know, or it is not in this list")))
        self.body.choices = [unknown, *(SelectChoice(code, name) for code, name in bodies)]


for _question in Question:
    setattr(WhatForm, _question.value, field_of(_question))


class FiguresForm(SealedForm):
    """What else the report is about: search, choose, add; each with a button of its own."""

    q = short(
        _l("Search for a figure or a public body"),
        _l("Words of its name. What you search for stands in no address and is kept nowhere."),
    )
    chosen = SelectMultipleField(_l("Choose what your report is also about"), validate_choice=False)

    def offer(self, found: Iterable[SelectChoice]) -> None:
        self.chosen.choices = list(found)


class HowForm(SealedForm):
    how = answer(
        _l("How do you know?"),
        description=_l(
            "For example: you saw it, you were asked to do it, you have the original figures. You may skip this."
        ),
    )


class FilesForm(SealedForm):
    file = FileField(_l("Add a file"))


class WhoForm(SealedForm):
    names = answer(
        _l("Names of people who must not see it"),
        longest=5_000,
        rows=4,
        description=_l("One on each line. A family name is enough to leave somebody out."),
    )
    bodies = SelectMultipleField(_l("Public bodies whose people must not see it"), validate_choice=False)
    identity = answer(
        _l("Your name, and how to reach you (only if you wish)"),
        longest=2_000,
        rows=3,
        description=_l(
            "It is sealed apart from your report. Nobody opens it alone: only two officers together can, and they"
            " must write down why. You are not asked before. Your mailbox then says on which day, and why where"
            " they tell you. Without it nobody here learns who you are."
        ),
    )
    outside_only = BooleanField(_l("Send it only to the outside recipient, to nobody in the office"))

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        self.bodies.choices = [SelectChoice(code, name) for code, name in bodies]


class CheckForm(SealedForm):
    """Nothing more to fill in: the answers are in the draft."""
