"""The form for a text the office keeps."""

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.cases.replies import PLACES, unknown_places
from portal.cases.web.forms.words import SealedForm, Words, answer
from portal.foundation.i18n import LOCALES
from portal.web.wording import lazy_gettext as _l
from portal.web.words import own_name


class ReplyForm(SealedForm):
    language = SelectField(_l("Language"), choices=[SelectChoice(one, own_name(one)) for one in LOCALES])
    title = StringField(
        _l("Title"),
        validators=[DataRequired(_l("Give it a title.")), Length(max=100)],
        description=_l("Only officers see it."),
        render_kw={"autocomplete": "off"},
    )
    text = answer(
        _l("Text"),
        required=_l("Write the text."),
        description=_l(
            "Everybody at this desk can read it, so say nothing of any case. {body}, {indicator}, {period},"
            " {received}, {acknowledged} and {feedback} are filled in from the case when a message is begun."
        ),
        longest=5000,
    )

    def validate_text(self, field: Words) -> None:
        wrong = unknown_places(field.data or "")
        if wrong:
            known = ", ".join(PLACES)
            raise ValidationError(
                _l("Nothing is known by this name: %(wrong)s. In braces can stand: %(known)s.")
                % {"wrong": ", ".join(wrong), "known": known}
            )


class DropReplyForm(SealedForm):
    """A button."""
