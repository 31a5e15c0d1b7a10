"""The acts of an officer."""

from collections.abc import Iterable, Sequence

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.cases.replies import open_places
from portal.cases.values import Able, Finding, Proposed, Reply, Reread
from portal.cases.web.forms.assigning import SKILLS
from portal.cases.web.forms.words import FOR_THE_SECOND, SEALED, RefusalForm, SealedForm, Words, answer
from portal.publishing.values import FigureKey
from portal.web.wording import lazy_gettext as _l
from portal.web.wording import ngettext


class AcknowledgeForm(SealedForm):
    """A button."""


class TriageForm(SealedForm):
    """A button."""


class InvestigateForm(SealedForm):
    """A button."""


class ExtendForm(SealedForm):
    reason = answer(
        _l("Why is more time needed?"),
        required=FOR_THE_SECOND,
        description=_l("It is sealed with the case. The reporter sees the new day, so write to them as well."),
        rows=4,
    )


WAITING = {
    Proposed.FINDING: _l("The finding"),
    Proposed.EXTENSION: _l("More time"),
    Proposed.JOINING: _l("Joining it into another case"),
    Proposed.MASKING: _l("A mask"),
    Proposed.EXPORT: _l("Handing it to an authority"),
    Proposed.IDENTITY: _l("Opening who the reporter is"),
    Proposed.DELETION: _l("Deleting it"),
    Proposed.RELEASE: _l("Ending the hold"),
}


class TakeBackForm(SealedForm):
    what = RadioField(_l("What do you take back?"), validators=[InputRequired(_l("Choose what you take back."))])

    def offer(self, own: Sequence[Proposed]) -> None:
        self.what.choices = [SelectChoice(one.value, WAITING[one]) for one in own]
        if len(own) == 1 and not self.is_submitted():
            self.what.data = own[0].value


class AgreeToExtensionForm(SealedForm):
    """The second signature."""


class RefuseExtensionForm(RefusalForm):
    """Why not."""


class ReopenForm(SealedForm):
    reason = answer(
        _l("Why is it looked at again?"),
        required=_l("Say what is new, or what was overlooked."),
        description=SEALED,
    )


class NewLockForm(SealedForm):
    reason = answer(
        _l("Why does it need a new lock?"),
        required=_l("Say what you fear, such as a screen or a key that somebody saw."),
        description=SEALED,
        rows=4,
    )


def hint_for(one: Able) -> str:
    """How many open cases somebody has, and which of their skills the case asks for."""
    having = ngettext("%(num)s open case", "%(num)s open cases", one.load)
    return " · ".join([having, *(str(SKILLS[skill]) for skill in sorted(one.skills))])


class PersonForm(SealedForm):
    person = RadioField(_l("To whom?"), validators=[InputRequired(_l("Choose one person."))])

    def offer(self, people: Iterable[Able]) -> None:
        """Whoever is suggested comes first; what speaks for each stands below their name."""
        self.person.choices = [
            SelectChoice(one.person_id, one.name, render_kw={"hint": hint_for(one)}) for one in people
        ]


class AssignForm(PersonForm):
    pass


class ShareForm(PersonForm):
    pass


class ReplyableForm(SealedForm):
    """A message that one of the office's texts can begin."""

    replies: Sequence[Reply] = ()

    def validate_text(self, field: Words) -> None:
        left = open_places(field.data or "")
        if left:
            raise ValidationError(
                _l("Fill in what stands in braces, or take it out: %(places)s.") % {"places": ", ".join(left)}
            )


class ToReporterForm(ReplyableForm):
    text = answer(
        _l("Message to the reporter"),
        required=_l("Write something before you send it."),
        description=_l("The reporter reads this in the mailbox. Never ask who they are."),
    )


class QuestionForm(ReplyableForm):
    text = answer(
        _l("Question to the reporter"),
        required=_l("Write something before you send it."),
        description=_l(
            "It stays on top of the mailbox until it is answered. Ask one thing, and never who they are."
        ),
    )


class CheckInForm(SealedForm):
    text = answer(
        _l("Question to the reporter"),
        required=_l("Write something before you send it."),
        description=_l(
            "Ask how they have fared. Say nothing of the case that others must not read over a shoulder."
        ),
        default=_l(
            "Your report was closed some months ago. Has anything been done to you because of it? Answer here, or"
            " choose “I was retaliated against” in your mailbox."
        ),
        rows=4,
    )


class ConflictForm(SealedForm):
    bodies = SelectMultipleField(
        _l("To which body are you connected?"), validators=[InputRequired(_l("Choose at least one body."))]
    )
    sure = BooleanField(
        _l("I am connected to this body, or have an interest in it"),
        validators=[DataRequired(_l("Tick the box to declare it."))],
    )

    def offer(self, bodies: Sequence[tuple[str, str]]) -> None:
        """Where the case is about several bodies it is asked to which of them."""
        if len(bodies) < 2:
            del self.bodies
        else:
            self.bodies.choices = [SelectChoice(code, name) for code, name in bodies]

    def chosen(self) -> list[str]:
        return list(self.bodies.data or ()) if "bodies" in self else []


class NoteForm(SealedForm):
    text = answer(
        _l("Internal note"),
        required=_l("Write something before you save it."),
        description=_l("Only officers who were granted this case can read it."),
    )


class RecuseForm(SealedForm):
    sure = BooleanField(
        _l("I step aside from this case for good"), validators=[DataRequired(_l("Tick the box to step aside."))]
    )


class ProposeForm(SealedForm):
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
    figures = SelectMultipleField(
        _l("Which figures does it cover?"),
        description=_l("Each of them is marked as under review, and corrected, when something false was found."),
        validators=[Optional()],
    )
    reason = answer(
        _l("Why?"),
        required=FOR_THE_SECOND,
        description=SEALED,
    )

    def offer(self, figures: Sequence[tuple[str, str]]) -> None:
        """Where the case is about several figures it is asked which; all of them are ticked at first."""
        if len(figures) < 2:
            del self.figures
            return
        self.figures.choices = [SelectChoice(key, name) for key, name in figures]
        if not self.is_submitted():
            self.figures.data = [key for key, _ in figures]

    def covered(self) -> list[FigureKey] | None:
        return [FigureKey.parse(one) for one in self.figures.data or ()] if "figures" in self else None


class RereadForm(SealedForm):
    result = RadioField(
        _l("Does the finding stand?"),
        choices=[
            SelectChoice(
                Reread.AGREES.value, _l("Yes: on what is in the case it could be dismissed, or referred")
            ),
            SelectChoice(Reread.DOUBTS.value, _l("No: it has to be looked at again")),
        ],
        validators=[InputRequired(_l("Choose one answer."))],
    )
    reason = answer(
        _l("Why?"),
        required=_l("Give the reason."),
        description=SEALED,
    )


class IdentityForm(SealedForm):
    reason = answer(
        _l("Why must it be known who the reporter is?"),
        required=_l("Give the reason: the second keeper decides on it."),
        description=SEALED,
        rows=4,
    )


class OpenIdentityForm(SealedForm):
    told = answer(
        _l("What do you tell the reporter of why? (optional)"),
        longest=500,
        rows=3,
        description=_l(
            "One short sentence. It is sealed, and waits in the mailbox beside the day. Leave it empty where it"
            " could harm somebody."
        ),
    )
    sure = BooleanField(
        _l("I have read the reason, and it cannot be done without"),
        validators=[DataRequired(_l("Tick the box to open it."))],
    )


class RefuseIdentityForm(RefusalForm):
    """Why not."""


class ReadIdentityForm(SealedForm):
    """A button."""


class DeleteForm(SealedForm):
    reason = answer(
        _l("Why can it be deleted?"),
        required=FOR_THE_SECOND,
        description=_l("It goes with the case."),
        rows=4,
    )


class AgreeToDeletionForm(SealedForm):
    sure = BooleanField(
        _l("Delete everything of this case for good"), validators=[DataRequired(_l("Tick the box to delete it."))]
    )


class RefuseDeletionForm(RefusalForm):
    """Why not."""


class HoldForm(SealedForm):
    reason = answer(
        _l("Why is it kept longer?"),
        required=_l("Give the reason."),
        description=SEALED,
        rows=4,
    )


class ReleaseForm(SealedForm):
    reason = answer(
        _l("Why is it not needed any more?"),
        required=FOR_THE_SECOND,
        description=SEALED,
        rows=4,
    )


class AgreeToReleaseForm(SealedForm):
    """A button."""


class RefuseReleaseForm(RefusalForm):
    """Why not."""


class DecideForm(SealedForm):
    """The second signature."""


class SendBackForm(SealedForm):
    reason = answer(_l("What has to be looked at again?"), required=_l("Say why you do not agree."))


class CorrectForm(SealedForm):
    figure = RadioField(_l("Which figure?"), validators=[InputRequired(_l("Choose one figure."))])
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
    reason = answer(
        _l("Where does the right value come from?"),
        required=_l("Say where the right value comes from."),
        description=_l("Do not mention the reporter or the report: whoever approves reads this outside the case."),
        rows=4,
    )

    def offer(self, figures: Sequence[tuple[str, str]]) -> None:
        """Which of several figures is corrected; they are corrected one by one."""
        if len(figures) < 2:
            del self.figure
        else:
            self.figure.choices = [SelectChoice(key, name) for key, name in figures]

    def chosen(self) -> FigureKey | None:
        return FigureKey.parse(self.figure.data) if "figure" in self else None


class BodyForm(SealedForm):
    NONE = "-"
    body = SelectField(
        _l("Which public body is this report about?"),
        validators=[InputRequired(_l("Choose the body, or say that none can be named."))],
    )

    def offer(self, bodies: Iterable[tuple[str, str]], *, none_said: bool) -> None:
        """One of these bodies must be chosen, none beforehand; or none of them, which is said once."""
        none = [] if none_said else [(self.NONE, _l("No public body can be named"))]
        self.body.choices = [SelectChoice(code, name) for code, name in (("", ""), *none, *bodies)]


class CleanForm(SealedForm):
    """A button."""


class OriginalForm(SealedForm):
    sure = BooleanField(
        _l("I need the original, and open it where it can neither harm nor betray anybody"),
        validators=[DataRequired(_l("Tick the box to take the original."))],
        description=_l("That you took it goes on the record of the case."),
    )


class CloseForm(SealedForm):
    unwritten = answer(
        _l("Why is the reporter not written to?"),
        description=_l("Leave it empty when you have written to them. It is sealed with the case."),
        rows=4,
    )

    def offer(self, *, untold: bool) -> None:
        """Where the reporter was written to, or reads the mailbox no more, it is a button."""
        if not untold:
            del self.unwritten

    def why_unwritten(self) -> str:
        return self.unwritten.data or "" if "unwritten" in self else ""
