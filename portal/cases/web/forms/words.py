"""Fields that take words, as every form of this room has them."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

LONGEST_ANSWER = 20_000
SEALED = _l("It is sealed with the case. Only officers who were granted the case can read it.")
"""Beside a text that goes into the case."""
FOR_THE_SECOND = _l("Give the reason: the second officer decides on it.")


def newlines(text: str | None) -> str:
    """Line ends as one character; not a letter is changed otherwise."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


class SealedForm(PortalForm):
    """What is typed into it belongs to a case, and is written down nowhere but there."""

    forgotten = True


class Words(TextAreaField):
    """Free text, kept as it was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = newlines(valuelist[0]) if valuelist else ""


def answer(label: Any, *, required: Any = None, longest: int = LONGEST_ANSWER, rows: int = 8, **kw: Any) -> Words:
    first = DataRequired(required) if required else Optional()
    long = Length(max=longest, message=_l("Use %(max)d characters or fewer. Files can hold the rest."))
    return Words(label, validators=[first, long], render_kw={"rows": rows}, **kw)


class RefusalForm(SealedForm):
    """The second of two does not agree."""

    reason = answer(
        _l("Why do you not agree?"), required=_l("Say why you do not agree."), description=SEALED, rows=4
    )


def short(label: Any, hint: Any = "") -> StringField:
    long = Length(max=200, message=_l("Use %(max)d characters or fewer. Files can hold the rest."))
    return StringField(label, validators=[Optional(), long], description=hint, render_kw={"autocomplete": "off"})
