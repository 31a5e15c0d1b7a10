"""The questions asked of a reporter, one page each."""

from collections.abc import Iterable

from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from portal.cases.values import Matter, OwnMatter
from portal.cases.web.forms.words import answer, short
from portal.web.forms import PortalForm
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


class WhatForm(PortalForm):
    matter = RadioField(
        _l("What kind of thing is it?"),
        choices=[SelectChoice(matter.value, words) for matter, words in MATTERS.items()],
        validators=[Optional()],
    )
    promised = short(_l("How long were you told it would take?"), _l("For example: 10 working days."))
    applied = short(_l("When did you apply?"), _l("As exactly as is safe: the month is enough."))
    done = short(_l("When was it really done?"), _l("Or: it is not done yet."))
    recorded = short(_l("What does the record say?"), _l("For example: closed on 3 March, or done in 4 days."))
    never_rated = BooleanField(_l("A rating stands in my name that I never gave"))
    body = SelectField(_l("Which public body is it about?"), validate_choice=True)
    what = answer(_l("What is false, or what happened?"), required=_l("Say in your own words what it is about."))

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


class FiguresForm(PortalForm):
    """What else the report is about: search, choose, add; each with a button of its own."""

    q = short(
        _l("Search for a figure or a public body"),
        _l("Words of its name. What you search for stands in no address and is kept nowhere."),
    )
    chosen = SelectMultipleField(_l("What your report is about as well"), validate_choice=False)

    def offer(self, found: Iterable[SelectChoice]) -> None:
        self.chosen.choices = list(found)


class HowForm(PortalForm):
    how = answer(
        _l("How do you know?"),
        description=_l(
            "For example: you saw it, you were asked to do it, you have the original figures. You may skip this."
        ),
    )


class FilesForm(PortalForm):
    file = FileField(_l("Add a file"))


class WhoForm(PortalForm):
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
            "It is sealed apart from your report. Two officers together can open it, with a reason, and your"
            " mailbox then says so. Without it nobody here learns who you are."
        ),
    )
    outside_only = BooleanField(_l("Send it only to the outside recipient, to nobody in the office"))

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        self.bodies.choices = [SelectChoice(code, name) for code, name in bodies]


class CheckForm(PortalForm):
    """Nothing more to fill in: the answers are in the draft."""
