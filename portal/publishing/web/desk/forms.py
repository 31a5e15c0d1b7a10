"""The forms of the publishing desk: a file of figures, an act on a release, a correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.publishing.imports.decisions import Absent, Decisions
from portal.publishing.imports.mapping import shipped_mappings
from portal.publishing.services.corrections import NO_VALUE
from portal.publishing.services.saved_mappings import NamedMapping
from portal.publishing.values import Cause, is_decimal
from portal.publishing.web.words import CAUSE
from portal.registry.queries import CODE_LENGTH
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

POINT, SAVED = "point", "saved:"
CAUSES = (Cause.SOURCE_CORRECTION, Cause.SELF_DISCLOSED, Cause.METHOD_CHANGE)
"""An upheld report is corrected from its case, not from here."""
TAKEN_BACK = "-"


def trimmed(typed: Any) -> Any:
    return typed.strip() if isinstance(typed, str) else typed


class UploadForm(PortalForm):
    """A file of figures and what the release will say about itself."""

    file = FileField(
        _l("File of figures"),
        description=_l("CSV (UTF-8 or GB18030), XLSX, XLS or ODS."),
        render_kw={"accept": ".csv,.xlsx,.xls,.ods"},
    )
    kept = HiddenField()
    mapping = SelectField(_l("How to read it"), default="")
    own_mapping = FileField(
        _l("Or your own mapping (TOML)"),
        description=_l("It says which column is which; see the guide to importing."),
        render_kw={"accept": ".toml"},
    )
    slug = StringField(
        _l("Code of the release"),
        description=_l("Part of its address, such as buildings-2022."),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Enter a code for the release.")),
            Length(max=CODE_LENGTH),
            Regexp(
                r"[A-Za-z0-9][A-Za-z0-9_-]*\Z",
                message=_l("Use letters A to Z, digits, hyphens and underscores only."),
            ),
        ],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    title_en = StringField(_l("Name in English"), filters=[trimmed], validators=[Length(max=300)])
    title_zh = StringField(_l("Name in Chinese"), filters=[trimmed], validators=[Length(max=300)])
    source = StringField(_l("Source of the figures"), filters=[trimmed], validators=[Length(max=1000)])
    licence = StringField(
        _l("Licence"),
        description=_l("Under which the figures may be used, such as CC BY 4.0."),
        filters=[trimmed],
        validators=[Length(max=300)],
    )

    def __init__(self, saved: Sequence[NamedMapping] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mapping.choices = [
            SelectChoice("", _l("It has the portal's own columns")),
            SelectChoice(POINT, _l("I will point at its columns")),
            *(SelectChoice(f"{SAVED}{one.code}", mapping_title(one)) for one in saved),
            *(SelectChoice(name, name) for name in shipped_mappings()),
        ]

    @property
    def given(self) -> FileStorage | None:
        """The file that came with this request."""
        found = self.file.data
        return found if isinstance(found, FileStorage) and found.filename else None

    def validate_file(self, field: FileField) -> None:
        if self.given is None and not self.kept.data:
            field.errors = [*field.errors, _l("Choose the file of figures.")]

    @property
    def names(self) -> dict[str, str]:
        given = {"en": self.title_en.data, "zh_Hans": self.title_zh.data}
        return {locale: text for locale, text in given.items() if text}


def mapping_title(one: NamedMapping) -> str:
    """A saved mapping in a list: whose it is, what it is called, which version."""
    return " · ".join(filter(None, (one.body, one.name, f"v{one.version}")))


class ConfirmForm(PortalForm):
    """What is decided about an import before it becomes a draft."""

    cause = SelectField(
        _l("Why do published values change?"),
        choices=[
            SelectChoice("", _l("Choose a cause")),
            *(SelectChoice(cause.value, CAUSE[cause][0]) for cause in CAUSES),
        ],
        validators=[Optional()],
    )
    absent = RadioField(
        _l("What becomes of published figures that are not in the file?"),
        choices=[
            SelectChoice(Absent.KEEP.value, _l("They stay as they are")),
            SelectChoice(
                Absent.WITHDRAW.value,
                _l("They are no longer supplied"),
                render_kw={"hint": _l("Each gets a version without a value that says so. Nothing is deleted.")},
            ),
        ],
        validators=[Optional()],
    )
    reason = TextAreaField(
        _l("Why is what looks odd right?"),
        description=_l("Kept with the release for the colleague who publishes it; not published."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )

    @property
    def decisions(self) -> Decisions:
        return Decisions(
            Cause(self.cause.data) if self.cause.data else None,
            Absent(self.absent.data) if self.absent.data else None,
            self.reason.data or "",
        )


class ReleaseActForm(PortalForm):
    """One act on a release: put forward, publish, return or discard."""

    reason = TextAreaField(
        _l("A word to your colleague (optional)"),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 2},
    )


class CorrectionForm(PortalForm):
    """A correction put forward: which figure, its new value, and why."""

    figure = StringField(
        _l("Which figure"),
        description=_l("Body, indicator and period by their codes: riverside/review-days/2022."),
        filters=[trimmed],
        validators=[InputRequired(_l("Enter the figure's body, indicator and period.")), Length(max=200)],
        render_kw={"autocomplete": "off", "spellcheck": False},
    )
    new_actual = StringField(
        _l("New result"),
        description=_l("Leave empty to keep it. A hyphen (-) takes the value back without another."),
        filters=[trimmed],
        validators=[Length(max=40)],
    )
    new_target = StringField(
        _l("New target"),
        description=_l("Leave empty to keep it."),
        filters=[trimmed],
        validators=[Length(max=40)],
    )
    cause = SelectField(
        _l("Cause"),
        choices=[
            SelectChoice("", _l("Choose a cause")),
            *(SelectChoice(cause.value, CAUSE[cause][0]) for cause in CAUSES),
        ],
        validators=[InputRequired(_l("Choose why the value changes."))],
    )
    note = TextAreaField(
        _l("Published note (optional)"),
        description=_l("Everybody reads it beside the figure. Name no person."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )
    reason = TextAreaField(
        _l("For the colleague who approves (optional)"),
        description=_l("Not published: where the new value comes from."),
        validators=[Length(max=2000)],
        render_kw={"rows": 3},
    )

    def validate_new_actual(self, field: StringField) -> None:
        self._require_number(field)

    def validate_new_target(self, field: StringField) -> None:
        self._require_number(field)

    @staticmethod
    def _require_number(field: StringField) -> None:
        if field.data and field.data != TAKEN_BACK and not is_decimal(field.data):
            field.errors = [*field.errors, _l("Enter a number such as 12 or 8.5.")]

    @staticmethod
    def value(field: StringField) -> str | None:
        """None keeps the old value, NO_VALUE takes it back."""
        return NO_VALUE if field.data == TAKEN_BACK else field.data or None


class CorrectionActForm(PortalForm):
    """Approve or decline a correction."""
