"""Asking the body, answering for it, inspections, and handing a case over."""

from collections.abc import Iterable, Sequence

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.cases.values import Method, SentFile
from portal.cases.web.forms.words import FOR_THE_SECOND, SEALED, RefusalForm, SealedForm, answer
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l

METHODS = {
    Method.OPEN_VISIT: _l("Open visit"),
    Method.SECRET_VISIT: _l("Secret visit"),
    Method.FIELD: _l("Field visit"),
    Method.SPECIAL_CHECK: _l("Special check"),
    Method.SAMPLE_SURVEY: _l("Sample survey"),
}


_ANEW = _l(
    "Write it anew, from what can be checked: no words of the report, nothing that only few can know, no hint that"
    " anybody reported."
)


class OfBodyForm(SealedForm):
    """Where a case is about several bodies, which one of them is meant has to be said."""

    body = RadioField(_l("Which body?"), validators=[InputRequired(_l("Choose the body."))])

    def offer(self, bodies: Sequence[tuple[str, str]], *, several: bool) -> None:
        if not several:
            del self.body
            return
        self.body.choices = [SelectChoice(code, name) for code, name in bodies]
        if len(bodies) == 1 and not self.is_submitted():
            self.body.data = bodies[0][0]

    def chosen(self) -> str | None:
        return self.body.data if "body" in self else None


class HearForm(OfBodyForm):
    text = answer(
        _l("What is put before the body"), required=_l("Write what the body is to answer."), description=_ANEW
    )


class LetterForm(OfBodyForm):
    text = answer(
        _l("What the letter puts before the body"),
        required=_l("Enter what the letter says."),
        description=_ANEW,
    )


class LetterAnswerForm(OfBodyForm):
    text = answer(_l("What the body answered"), required=_l("Enter what the body answered."), description=SEALED)


class AnswerForm(SealedForm):
    text = answer(
        _l("Your answer"),
        required=_l("Write your answer before you send it."),
        description=_l("You can answer once. It goes to the officers who look into it, and is kept nowhere else."),
    )


class InspectForm(SealedForm):
    method = RadioField(
        _l("How?"),
        choices=[SelectChoice(method.value, words) for method, words in METHODS.items()],
        validators=[InputRequired(_l("Choose how."))],
    )
    day = DateField(
        _l("On which day?"),
        validators=[InputRequired(_l("Enter a date as year-month-day, such as 2026-02-09."))],
        description=_l("For example 2026-02-09."),
    )
    team = SelectMultipleField(
        _l("By whom?"), validators=[InputRequired(_l("Choose at least one person."))], validate_choice=True
    )
    text = answer(_l("What for, and what to look at"), required=_l("Say what is to be looked at."), rows=4)

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        self.team.choices = [SelectChoice(key, name) for key, name in people]


class InspectedForm(SealedForm):
    text = answer(
        _l("What was found"),
        required=_l("Say what was found."),
        description=SEALED,
    )


class InspectedFileForm(SealedForm):
    file = FileField(_l("Add a file"))

    def offer(self, *, limit: int) -> None:
        self.file.description = _(
            "Up to %(size)s MB each. Photographs, tables, letters: whatever you have.", size=limit
        )
        self.sealed: SentFile | None = None


class CancelInspectionForm(SealedForm):
    """A button."""


class ExportForm(SealedForm):
    recipient = StringField(
        _l("Public key of the authority"),
        validators=[InputRequired(_l("Enter the key that the authority gave you.")), Length(max=100)],
        description=_l("A key of age: it begins with age1. Only who has the private key can open the package."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    reason = answer(
        _l("To which authority, and on what ground?"),
        required=FOR_THE_SECOND,
        description=SEALED,
        rows=4,
    )
    original = BooleanField(_l("Hand over what is masked as well, in words and in files"))
    need = answer(
        _l("Why does the authority need what is masked?"),
        description=_l("Only where you hand it over. It is sealed with the case."),
        rows=3,
    )

    def offer(self, *, masked: bool, may_lift: bool) -> None:
        """What is masked can go along only where something is, by somebody who may read it."""
        if not (masked and may_lift):
            del self.original
            del self.need

    def validate_original(self, field: BooleanField) -> None:
        if field.data and not (self.need.data or "").strip():
            raise ValidationError(_l("Say below why the authority needs what is masked."))

    def takes_original(self) -> bool:
        return "original" in self and bool(self.original.data)

    def reasons(self) -> str:
        """Why the case is handed over, and why with what is masked."""
        need = (self.need.data or "").strip() if self.takes_original() else ""
        return "\n\n".join(one for one in (self.reason.data or "", need) if one)


class AgreeToExportForm(SealedForm):
    """The second signature."""


class RefuseExportForm(RefusalForm):
    """Why not."""


class TakePackageForm(SealedForm):
    """A button."""
