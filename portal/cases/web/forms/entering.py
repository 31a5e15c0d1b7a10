"""What an officer enters for somebody who wrote, called or came."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from portal.cases.values import Channel
from portal.cases.web.forms.report import (
    MATTERS,
    UNKNOWN_BODY,
    CheckForm,
    FiguresForm,
    FilesForm,
    WhatForm,
    WhoForm,
)
from portal.cases.web.forms.words import answer
from portal.web.wording import lazy_gettext as _l

CHANNELS = {
    Channel.LETTER: _l("By letter"),
    Channel.TELEPHONE: _l("By telephone"),
    Channel.VISIT: _l("On a visit"),
}


class EnterForm(WhatForm, WhoForm):
    """All that a reporter is asked, on one page: somebody waits at the counter or on the telephone."""

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
    identity = answer(
        _l("Who they are, and how to reach them (only if they wish)"),
        longest=2_000,
        rows=3,
        description=_l(
            "Tell them: it is sealed apart from the report. Only two officers together can open it, and they must"
            " write down why. Nobody is asked before; the mailbox then says on which day."
        ),
    )

    def offer(self, bodies: Iterable[tuple[str, str]]) -> None:
        known = [SelectChoice(code, name) for code, name in bodies]
        self.body.choices = [SelectChoice(UNKNOWN_BODY, str(_l("It is not known, or not in this list"))), *known]
        self.bodies.choices = known


class EnterFiguresForm(FiguresForm):
    """What else it is about: search, choose, add."""

    chosen = SelectMultipleField(_l("Choose what the report is also about"), validate_choice=False)


class EnterFilesForm(FilesForm):
    """What they brought or sent with it."""


class EnterCheckForm(CheckForm):
    """Nothing more to fill in: the answers are in the draft."""
