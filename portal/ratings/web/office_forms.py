"""The forms of the office's work on ratings: matters told, samples, what becomes of what was set aside."""

from wtforms import FileField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from portal.ratings.services.offices import LONGEST
from portal.ratings.values import KEY_MOST_PER_DAY, KEY_PER_DAY, KEY_USE_WORDS
from portal.ratings.web.forms import readable
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l


class MattersForm(PortalForm):
    """A table of matters settled, and who counted them."""

    file = FileField(
        _l("Table of matters settled"),
        description=_l("Columns: service_code, period, way (in-person or online), count. CSV, XLSX, XLS or ODS."),
        render_kw={"accept": ".csv,.xlsx,.xls,.ods"},
    )
    source = StringField(
        _l("Who counted them?"),
        description=_l("Another source than the codes the office hands out, such as the business system."),
        filters=[readable],
        validators=[InputRequired(_l("Say who counted the matters.")), Length(max=120)],
    )


class SampleForm(PortalForm):
    """How many people of a service's month to call back."""

    service = SelectField(_l("Service"), validators=[InputRequired(_l("Choose a service."))])
    size = IntegerField(
        _l("How many to call back"),
        validators=[InputRequired(_l("Say how many people to call back.")), NumberRange(1, 1000)],
        render_kw={"inputmode": "numeric"},
    )


class AnswersForm(PortalForm):
    """What the people called back said."""

    reached = IntegerField(_l("How many were reached"), validators=[InputRequired(_l("Enter a number."))])
    offered = IntegerField(
        _l("How many had been offered a code"), validators=[InputRequired(_l("Enter a number."))]
    )
    pressed = IntegerField(
        _l("How many had been pressed to rate well"), validators=[InputRequired(_l("Enter a number."))]
    )


class SettleForm(PortalForm):
    """What becomes of ratings that were set aside."""

    let_in = RadioField(
        _l("What should become of these ratings?"),
        choices=[
            SelectChoice("yes", _l("Let them in: they are counted again")),
            SelectChoice("no", _l("Keep them out: they stay here and are not counted")),
        ],
        validators=[InputRequired(_l("Choose what should become of them."))],
    )
    reason = TextAreaField(
        _l("Why?"),
        filters=[readable],
        validators=[InputRequired(_l("Say why: the second person reads it.")), Length(max=1000)],
        render_kw={"rows": 3},
    )


class OfficeKeyForm(PortalForm):
    """A new key of a body's own system."""

    body = SelectField(_l("Body"), validators=[InputRequired(_l("Choose a body."))])
    name = StringField(
        _l("What is it for?"),
        description=_l("Such as: window system of the north hall. Only the office reads it."),
        filters=[readable],
        validators=[InputRequired(_l("Say what the key is for.")), Length(max=LONGEST)],
    )
    good_for = RadioField(
        _l("What is it good for?"),
        choices=[SelectChoice(use.value, _l(words)) for use, words in KEY_USE_WORDS.items()],
        validators=[InputRequired(_l("Choose what the key is good for."))],
    )
    per_day = IntegerField(
        _l("How many codes and ratings on a day at most"),
        default=KEY_PER_DAY,
        validators=[
            InputRequired(_l("Enter a number.")),
            NumberRange(1, KEY_MOST_PER_DAY, _l("Enter a number from 1 to 100,000.")),
        ],
        render_kw={"inputmode": "numeric"},
    )


class AppealForm(PortalForm):
    """What the body says to a finding about its ratings."""

    words = TextAreaField(
        _l("What do you say to this?"),
        filters=[readable],
        validators=[InputRequired(_l("Write what the office should know.")), Length(max=2000)],
        render_kw={"rows": 5},
    )
