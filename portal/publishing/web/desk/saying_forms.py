"""The forms of what is said about figures: marks, replies, withdrawn words, changed entries of the register."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.publishing.services.replies import BODY, LONGEST, OFFICE
from portal.publishing.values import Ground, NoticeState, is_decimal
from portal.publishing.web.desk.forms import CAUSES, trimmed
from portal.publishing.web.words import CAUSE, DIRECTION, GROUND, NOTICE
from portal.registry.values import Direction
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

_PLAIN = {"autocomplete": "off", "spellcheck": False}


def _figure() -> StringField:
    return StringField(
        _l("Which figure"),
        description=_l("Body, indicator and period by their codes: riverside/review-days/2022."),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the figure's body, indicator and period.")), Length(max=200)],
        render_kw=_PLAIN,
    )


class NoticeForm(PortalForm):
    """A mark on a figure put forward."""

    figure = _figure()
    state = RadioField(
        _l("What is put forward"),
        choices=[SelectChoice(state.value, NOTICE[state]) for state in NoticeState],
        validators=[InputRequired(_l("Choose what is put forward."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Published when a figure is withdrawn; otherwise for the colleague only. Name no person."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )


class ReplyForm(PortalForm):
    """The body's own words beside its figure."""

    figure = _figure()
    text = TextAreaField(
        _l("What the body says"),
        description=_l(
            "Everybody reads it beside the figure. Name no person. Leave it empty to take a reply back."
        ),
        validators=[Length(max=LONGEST)],
        render_kw={"rows": 6},
    )
    signed_by = RadioField(
        _l("Who gives the second signature"),
        choices=[
            SelectChoice(BODY, _l("A colleague of the body, for its content")),
            SelectChoice(OFFICE, _l("The office, for its form only: that no person is named")),
        ],
        validators=[InputRequired(_l("Choose who signs."))],
    )


class WithdrawalForm(PortalForm):
    """Words of a person to be taken from the public."""

    digest = StringField(
        _l("Digest of the text"),
        description=_l("The 64 characters at the end of its address under /log/texts."),
        filters=[lambda typed: typed.strip().rpartition("/")[2] if isinstance(typed, str) else typed],
        validators=[InputRequired(_l("Enter the digest of the text.")), Length(max=64)],
        render_kw=_PLAIN,
    )
    ground = SelectField(
        _l("Legal ground"),
        description=_l("Published with the withdrawal."),
        choices=[
            SelectChoice("", _l("Choose a ground")),
            *(SelectChoice(ground.value, GROUND[ground]) for ground in Ground),
        ],
        validators=[InputRequired(_l("Choose the legal ground."))],
    )
    reason = TextAreaField(
        _l("For the colleague who approves"),
        description=_l("Not published. Do not repeat the words themselves."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )


class EntryForm(PortalForm):
    """What the entry of an indicator is to say, and why it changes."""

    name_en = StringField(_l("Name in English"), filters=[trimmed], validators=[Length(max=300)])
    name_zh = StringField(_l("Name in Chinese"), filters=[trimmed], validators=[Length(max=300)])
    definition_en = TextAreaField(_l("Definition in English"), validators=[Length(max=4000)])
    definition_zh = TextAreaField(_l("Definition in Chinese"), validators=[Length(max=4000)])
    unit_en = StringField(_l("Unit in English"), filters=[trimmed], validators=[Length(max=100)])
    unit_zh = StringField(_l("Unit in Chinese"), filters=[trimmed], validators=[Length(max=100)])
    direction = SelectField(
        _l("Direction"), choices=[SelectChoice(one.value, DIRECTION[one]) for one in Direction]
    )
    weight = StringField(
        _l("Weight"),
        description=_l("Per cent among the body's indicators; empty when none is settled."),
        filters=[trimmed],
        validators=[Length(max=20)],
        render_kw=_PLAIN,
    )
    criteria_en = TextAreaField(_l("Criteria in English"), validators=[Length(max=4000)])
    criteria_zh = TextAreaField(_l("Criteria in Chinese"), validators=[Length(max=4000)])
    cause = SelectField(
        _l("Cause"),
        choices=[
            SelectChoice("", _l("Choose a cause")),
            *(SelectChoice(cause.value, CAUSE[cause][0]) for cause in CAUSES),
        ],
        validators=[InputRequired(_l("Choose why the entry changes."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Everybody reads it among the corrections. Name no person."),
        validators=[InputRequired(_l("Say why the entry changes; the reason is published.")), Length(max=2000)],
        render_kw={"rows": 3},
    )

    def validate_weight(self, field: StringField) -> None:
        if field.data and not (is_decimal(field.data) and 0 <= Decimal(field.data) <= 100):
            field.errors = [*field.errors, _l("Enter a share in per cent, from 0 to 100.")]

    def texts(self, name: str) -> dict[str, str]:
        """What was typed for a text in each language."""
        typed: dict[str, Any] = {"en": self[f"{name}_en"].data, "zh_Hans": self[f"{name}_zh"].data}
        return {locale: text.strip() for locale, text in typed.items() if text and text.strip()}


class SayingActForm(PortalForm):
    """Approve, decline or take back."""
