"""The forms of linking and joining cases."""

from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.cases.values import Together, case_id_of
from portal.cases.web.forms.words import FOR_THE_SECOND, SEALED, RefusalForm, SealedForm, answer
from portal.web.wording import lazy_gettext as _l


class LinkForm(SealedForm):
    other = StringField(
        _l("Mark of the other case"),
        validators=[DataRequired(_l("Give the mark of the other case.")), Length(max=300)],
        description=_l("The whole mark as it stands in the address of the case, or the address itself."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    @property
    def other_id(self) -> str:
        """The id behind a mark or an address."""
        mark = (self.other.data or "").strip().rstrip("/").partition("?")[0].rpartition("/")[2]
        return case_id_of(mark)[:26]


class OtherCaseForm(SealedForm):
    other = RadioField(_l("Which case?"), validators=[InputRequired(_l("Choose one case."))])

    def offer(self, together: Together) -> None:
        self.other.choices = [SelectChoice(one.id, one.short) for one in together.linked]


class UnlinkForm(OtherCaseForm):
    pass


class JoinForm(OtherCaseForm):
    reason = answer(
        _l("Why do they tell the same?"),
        required=FOR_THE_SECOND,
        description=SEALED,
    )

    def offer(self, together: Together) -> None:
        found = (*together.linked, *together.same)
        self.other.choices = [SelectChoice(one.id, one.short) for one in found]


class AgreeToJoiningForm(SealedForm):
    """The second signature."""


class RefuseJoiningForm(RefusalForm):
    """Why not."""


class PartForm(SealedForm):
    reason = answer(
        _l("Why does it go its own way again?"),
        required=_l("Say what it tells that the other does not."),
        rows=4,
    )
