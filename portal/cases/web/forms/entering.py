"""What an officer enters for somebody who wrote, called or came."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from portal.cases.values import Channel
from portal.cases.web.forms.report import MATTERS, UNKNOWN_BODY
from portal.cases.web.forms.words import answer
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

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
    what = answer(
        _l("What do they say happened?"),
        required=_l("Write down what they say."),
        description=_l("Their words, not yours. Leave out who they are, and what only they could know."),
    )
    how = answer(_l("How do they know?"), rows=4)
    names = answer(
        _l("Names of people who must not see it"),
        longest=5_000,
        rows=3,
        description=_l("One on each line. A family name is enough to leave somebody out."),
    )

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        unknown = SelectChoice(UNKNOWN_BODY, str(_l("It is not known, or not in this list")))
        self.body.choices = [unknown, *(SelectChoice(code, name) for code, name in bodies)]
