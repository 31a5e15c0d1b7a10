"""The forms of the evaluation desk. What is wrong with an answer is said by the services."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.evaluation.values import AppealState, Element, Group, Method
from portal.evaluation.web.words import ELEMENTS, GROUPS
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

_SHORT = {"autocomplete": "off", "spellcheck": "false"}
_NUMBER = {**_SHORT, "inputmode": "decimal"}


class CycleForm(PortalForm):
    code = StringField(
        _l("Code"),
        description=_l("Part of its address, such as 2025."),
        render_kw=_SHORT,
        validators=[Length(max=64)],
    )
    name_en = StringField(_l("Name in English"), validators=[Length(max=200)])
    name_zh_hans = StringField(_l("Name in Chinese"), render_kw={"lang": "zh-Hans"}, validators=[Length(max=200)])
    period = StringField(_l("Period of the figures"), description=_l("Such as 2025 or 2025-26."), render_kw=_SHORT)
    ratings_from = StringField(_l("First month of ratings"), description=_l("Such as 2025-01."), render_kw=_SHORT)
    ratings_until = StringField(_l("Last month of ratings"), description=_l("Such as 2025-12."), render_kw=_SHORT)
    bodies = SelectMultipleField(_l("Bodies to be evaluated"), validators=[Optional()])


class MarkForm(PortalForm):
    value = StringField(
        _l("Mark"), description=_l("From 0 to 100, with at most one decimal, such as 82.5."), render_kw=_NUMBER
    )
    reason = TextAreaField(
        _l("What it rests on"),
        description=_l("A sentence or two. It is published with the result, without your name."),
        render_kw={"rows": 5},
    )


class ProposeForm(PortalForm):
    reason = TextAreaField(
        _l("Why this result is published"),
        description=_l("In plain words: it stands beside the score."),
        render_kw={"rows": 4},
    )


class AppealForm(PortalForm):
    words = TextAreaField(
        _l("Why should it not stand?"),
        description=_l("Say what was overlooked or is wrong. At most 5,000 characters. It can be sent once."),
        validators=[InputRequired(_l("Say why.")), Length(max=5000)],
        render_kw={"rows": 8},
    )


class JudgeForm(PortalForm):
    outcome = RadioField(
        _l("What is decided?"),
        choices=[
            SelectChoice(AppealState.GRANTED.value, _l("Granted: it is lifted")),
            SelectChoice(AppealState.DISMISSED.value, _l("Dismissed: it stands")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("Why?"),
        description=_l("Whoever appealed reads this."),
        validators=[InputRequired(_l("Give the reason.")), Length(max=5000)],
        render_kw={"rows": 6},
    )


class SignForm(PortalForm):
    """The second signature, or its refusal; the button that was pressed says which."""


class MemberForm(PortalForm):
    person = SelectField(_l("Person"), validators=[InputRequired()])
    group = SelectField(
        _l("Evaluator group"),
        choices=[SelectChoice(group.value, GROUPS[group]) for group in Group if not group.is_computed],
    )
    body = SelectField(_l("Body"), description=_l("For a self-evaluation and for a body's own staff only."))


class WeightsForm(PortalForm):
    """The parts that every cycle has; `weights_form` adds a field for each cell."""

    add_element = SelectField(
        _l("Element to add to"),
        choices=[SelectChoice("", ""), *(SelectChoice(one.value, ELEMENTS[one]) for one in Element)],
    )
    add_group = SelectField(
        _l("Evaluator group to add"),
        choices=[SelectChoice("", ""), *(SelectChoice(one.value, GROUPS[one]) for one in Group)],
    )
    add_share = StringField(_l("Its weight in the element, in per cent"), render_kw=_NUMBER)
    integrity_points = StringField(_l("Points deducted for each figure found false"), render_kw=_NUMBER)
    integrity_most = StringField(_l("Most points deducted in all"), render_kw=_NUMBER)
    credit_points = StringField(
        _l("Points for each error the body disclosed itself"),
        description=_l("All together no more than one figure found false costs. 0: nothing is credited."),
        render_kw=_NUMBER,
    )
    fewest_marks = StringField(_l("Fewest ratings that say something"), render_kw=_NUMBER)
    verified_share = StringField(
        _l("Weight of ratings with a rating code among all ratings, in per cent"),
        description=_l("Those without a code have the rest. Empty: all ratings are taken together."),
        render_kw=_NUMBER,
    )
    reason = TextAreaField(
        _l("Why these weights"), validators=[InputRequired(), Length(max=2000)], render_kw={"rows": 3}
    )


def weights_form(method: Method, bodies: Sequence[tuple[str, str]]) -> WeightsForm:
    """A form with the weights of this matrix, and the indicators of these bodies (code, name)."""
    fields: dict[str, Any] = {}
    for element, share in method.elements.items():
        fields[f"element:{element}"] = StringField(ELEMENTS[element], default=str(share), render_kw=_NUMBER)
        for group, part in method.groups[element].items():
            fields[f"cell:{element}:{group}"] = StringField(GROUPS[group], default=str(part), render_kw=_NUMBER)
    for code, label in bodies:
        fields[f"indicators:{code}"] = TextAreaField(label, render_kw={"rows": 4, "spellcheck": "false"})
    made = type("WeightsForm", (WeightsForm,), {"__module__": WeightsForm.__module__, **fields})
    form: WeightsForm = made(
        integrity_points=str(method.integrity_points),
        integrity_most=str(method.integrity_most),
        credit_points=str(method.credit_points),
        fewest_marks=str(method.fewest_marks),
        verified_share="" if method.verified_share is None else str(method.verified_share),
    )
    return form
