"""The form on which somebody points at the columns of an uploaded file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from portal.foundation.i18n import N_
from portal.publishing.imports.pointed import CONSTANT, MELTED, POINTABLE, Pointed
from portal.publishing.web.desk.forms import trimmed
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

FIELD_WORDS: Mapping[str, str] = {
    "body_code": N_("Code of the body"),
    "body_name": N_("Name of the body"),
    "service_code": N_("Code of the service"),
    "service_name": N_("Name of the service"),
    "indicator_code": N_("Code of the indicator"),
    "indicator_name": N_("Name of the indicator"),
    "unit": N_("Unit"),
    "direction": N_("Which way is better"),
    "kind": N_("Constrained or expected"),
    "period": N_("Period"),
    "target": N_("Target"),
    "actual": N_("Result"),
    "numerator": N_("Numerator"),
    "denominator": N_("Denominator"),
    "obs_status": N_("Status of the value"),
    "obs_note": N_("Published note"),
    "each-actual": N_("Result of the period in its heading"),
    "each-target": N_("Target of the period in its heading"),
}
CHOICES = (*POINTABLE, *MELTED)
COLUMN, CONST = "column-", "const_"


def words(text: str | None) -> tuple[str, ...]:
    """Words separated by commas or spaces, each once."""
    plain = (text or "").replace("，", ",").replace("、", ",").replace(",", " ")
    return tuple(dict.fromkeys(plain.split()))


def _select(label: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> SelectField:
    return SelectField(
        label, choices=[SelectChoice(value, text) for value, text in choices], validators=[Optional()], **options
    )


def _text(label: Any, hint: Any = "", most: int = 300) -> StringField:
    return StringField(label, description=hint, filters=[trimmed], validators=[Length(max=most)])


class PointingForm(PortalForm):
    """How a sheet is laid out and what its columns are; the columns themselves come as column-0, column-1, …"""

    sheet = SelectField(_l("Sheet"), validators=[Optional()], validate_choice=False)
    header_rows = _text(_l("Header rows"), _l("Row numbers, such as 1, or 3 4 where two rows make the headings."))
    locale = _select(_l("Language of the names"), [("en", "English"), ("zh_Hans", "中文")])
    fill = BooleanField(_l("An empty cell among names and codes takes the value above it (merged cells)"))
    skip_rows = _text(_l("Leave out rows with a cell that reads"), _l("Such as 合计 总计 Total."))
    end = _text(_l("The table ends before a row that begins with"), _l("Such as 注： 资料来源."))
    missing = _text(_l("These mean: no value"), _l("Such as NA — …"))
    unchanged = _text(_l("These mean: as in the period before"), _l("Such as 持平. Without this they are faults."))
    decimal = _select(_l("Decimal mark"), [(".", "1.5"), (",", "1,5")])
    thousands = _select(
        _l("Mark between thousands"),
        [("", _l("None")), (",", "1,000"), (".", "1.000"), (" ", "1 000"), ("'", "1'000")],
    )
    percent = _select(
        _l("A percent sign"),
        [
            ("refuse", _l("is a fault")),
            ("drop", _l("is left out: “95%” becomes 95")),
            ("share", _l("makes a share: “95%” becomes 0.95")),
        ],
    )
    chinese = BooleanField(_l("Words behind a number count: 1.2万 is 12000, 3亿 is 300000000"))
    times = _select(
        _l("Multiply targets and results by"),
        [
            ("1", "1"),
            ("100", "100"),
            ("1000", "1 000"),
            ("10000", "10 000"),
            ("100000000", "100 000 000"),
            ("0.01", "0.01"),
        ],
    )
    unit_line = BooleanField(_l("The unit stands above the table, as in 单位：万元"))
    unit_becomes = _text(_l("Publish that unit as"), _l("Such as 元, multiplied by 10 000; empty: as it stands."))
    period_type = _select(
        _l("Periods are"),
        [
            ("", _l("As they are written")),
            ("year", _l("Years")),
            ("fiscal-year", _l("Fiscal years")),
            ("quarter", _l("Quarters")),
            ("month", _l("Months")),
        ],
    )
    serial = BooleanField(_l("Periods are day numbers of a spreadsheet: 45291 is 31 December 2023"))
    up = _text(_l("Words for: higher is better"), _l("Such as Up 越高越好."))
    down = _text(_l("Words for: lower is better"), _l("Such as Down 越低越好."))
    make_codes = BooleanField(_l("Make codes out of names where the file has none"))
    const_body_code = _text(_l("Code of the body"))
    const_body_name = _text(_l("Name of the body"))
    const_indicator_code = _text(_l("Code of the indicator"))
    const_indicator_name = _text(_l("Name of the indicator"))
    const_unit = _text(_l("Unit"))
    const_direction = _select(
        _l("Which way is better"),
        [("", "–"), ("up", _l("Higher")), ("down", _l("Lower")), ("none", _l("Neither"))],
    )
    const_kind = _select(
        _l("Constrained or expected"),
        [("", "–"), ("constrained", _l("Constrained")), ("expected", _l("Expected"))],
    )
    const_period = _text(_l("Period"))
    save_name = _text(_l("Save this reading as (optional)"), _l("To use it again, or to take it along."), 80)
    save_body = SelectField(_l("For"), validators=[Optional()], validate_choice=False)

    @property
    def pointed(self) -> Pointed:
        """What was pointed out. Raises ValueError when the header rows are no numbers."""
        chosen = {
            request.form.get(f"heading-{name.removeprefix(COLUMN)}", ""): value
            for name, value in request.form.items()
            if name.startswith(COLUMN) and value in CHOICES
        }
        return Pointed(
            columns={heading: value for heading, value in chosen.items() if heading},
            constants={name: getattr(self, CONST + name).data or "" for name in CONSTANT},
            header_rows=tuple(sorted({int(row) for row in words(self.header_rows.data)})),
            sheet=self.sheet.data or "",
            locale=self.locale.data or "en",
            fill=self.fill.data,
            skip_rows=words(self.skip_rows.data),
            end=words(self.end.data),
            missing=words(self.missing.data),
            unchanged=words(self.unchanged.data),
            up=words(self.up.data),
            down=words(self.down.data),
            decimal=self.decimal.data or ".",
            thousands=self.thousands.data or "",
            percent=self.percent.data or "refuse",
            chinese=self.chinese.data,
            times=self.times.data or "1",
            unit_line=self.unit_line.data,
            unit_becomes=self.unit_becomes.data or "",
            period_type=self.period_type.data or "",
            serial=self.serial.data,
            make_codes=self.make_codes.data,
        )


def as_data(pointed: Pointed) -> dict[str, Any]:
    """The form's fields for what was pointed out before."""
    listed = ("skip_rows", "end", "missing", "unchanged", "up", "down")
    same = ("sheet", "locale", "fill", "decimal", "thousands", "percent", "chinese", "times", "unit_line")
    more = ("unit_becomes", "period_type", "serial", "make_codes")
    return {
        "header_rows": " ".join(map(str, pointed.header_rows)),
        **{name: " ".join(getattr(pointed, name)) for name in listed},
        **{name: getattr(pointed, name) for name in (*same, *more)},
        **{CONST + name: text for name, text in pointed.constants.items()},
    }
