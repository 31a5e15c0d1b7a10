"""WTForms fields as the parameters of the GOV.UK components: one table for all kinds of fields."""

from collections.abc import Iterable
from typing import Any

from wtforms import Field, Form
from wtforms.fields import (
    BooleanField,
    FileField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from portal.web.forms import NEEDED
from portal.web.wording import gettext

_INPUT_EXTRAS = ("inputmode", "pattern", "autocomplete", "autocapitalize", "spellcheck")


def component(field: Field, **options: Any) -> tuple[str, dict[str, Any]]:
    """The component that shows `field`, and its parameters.

    Options: `label_class` (govuk-label--m …), `heading` (the label is the page's h1), `hint`, `classes`,
    `rows`, `values` (further parameters merged over all others).
    """
    kind, params = _kind(field, options)
    if field.errors:
        params["errorMessage"] = {"text": first_error(field)}
    hint = options.get("hint") or field.description
    if hint:
        params["hint"] = {"text": hint}
    if options.get("classes"):
        params["classes"] = options["classes"]
    params.update(options.get("values") or {})
    return kind, params


def first_error(field: Field) -> str:
    """The first thing to mend about `field`."""
    errors = field.errors
    return str(errors[0]) if errors else ""


def summary_items(form: Form) -> list[dict[str, Any]]:
    """Every error of the form, each linking to the place where it can be mended."""
    items: list[dict[str, Any]] = [{"text": str(error)} for error in form.form_errors]
    for field in form:
        if not field.errors:
            continue
        hidden = isinstance(field.widget, HiddenInput)
        said = [_naming(field, str(error)) for error in _flat(field.errors)]
        items.extend({"text": text} if hidden else {"text": text, "href": f"#{field.id}"} for text in said)
    return items


def _naming(field: Field, error: str) -> str:
    """Far from its field, "this needs an answer" has to say what needs one."""
    label = str(field.label.text) if field.label else ""
    if error == str(NEEDED) and label:
        return gettext("%(field)s – this needs an answer.", field=label)
    return error


def _flat(errors: Iterable[Any]) -> Iterable[Any]:
    return (error for error in errors if error)


def _kind(field: Field, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(field, BooleanField):
        item = {"value": "y", "text": field.label.text, "checked": bool(field.data), "id": field.id}
        return "checkboxes", {"name": field.name, "idPrefix": field.id, "items": [item]}
    if isinstance(field, RadioField):
        return "radios", _choices(field, options)
    if isinstance(field, SelectMultipleField):
        return "checkboxes", _choices(field, options)
    if isinstance(field, SelectField):
        return "select", {**_labelled(field, options), "items": _items(field, "selected")}
    if isinstance(field, TextAreaField):
        rows = options.get("rows") or _extra(field).get("rows", 5)
        # HTML drops one newline after <textarea>: give it one of its own, so that none typed is lost
        value = "\n" + (field._value() or "")
        return "textarea", {**_labelled(field, options), "value": value, "rows": rows, **_pick(field)}
    if isinstance(field, FileField | MultipleFileField):
        several = isinstance(field, MultipleFileField)
        attributes = {"accept": _extra(field)["accept"]} if "accept" in _extra(field) else {}
        return "file-upload", {**_labelled(field, options), "multiple": several, "attributes": attributes}
    value = "" if isinstance(field, PasswordField) else field._value()
    kind = getattr(field.widget, "input_type", "text")
    if kind in {"number", "date"}:
        kind = "text"  # number and date inputs lose what was typed wrongly, and scroll away
    return "input", {**_labelled(field, options), "type": kind, "value": value, **_pick(field)}


def _labelled(field: Field, options: dict[str, Any]) -> dict[str, Any]:
    label: dict[str, Any] = {"text": field.label.text, "classes": options.get("label_class", "")}
    if options.get("heading"):
        label |= {"isPageHeading": True, "classes": label["classes"] or "govuk-label--l"}
    return {"id": field.id, "name": field.name, "label": label}


def _choices(field: SelectField, options: dict[str, Any]) -> dict[str, Any]:
    legend: dict[str, Any] = {"text": field.label.text, "classes": options.get("label_class", "")}
    if options.get("heading"):
        legend |= {"isPageHeading": True, "classes": legend["classes"] or "govuk-fieldset__legend--l"}
    return {
        "name": field.name,
        "idPrefix": field.id,
        "fieldset": {"legend": legend},
        "items": _items(field, "checked"),
    }


def _items(field: SelectField, chosen: str) -> list[dict[str, Any]]:
    """The choices; a choice's render_kw may hold `hint`, `lang` and further attributes of its input."""
    items = []
    for choice in field.iter_choices():
        attributes = dict(choice.render_kw or {})
        item: dict[str, Any] = {"value": choice.value, "text": choice.label, chosen: bool(choice.selected)}
        hint = attributes.pop("hint", None)
        if hint:
            item["hint"] = {"text": hint}
        if attributes:
            item["attributes"] = attributes
        items.append(item)
    return items


def _extra(field: Field) -> dict[str, Any]:
    return dict(field.render_kw or {})


def _pick(field: Field) -> dict[str, Any]:
    extra = _extra(field)
    picked = {name: extra[name] for name in _INPUT_EXTRAS if name in extra}
    attributes = {name: value for name, value in extra.items() if name in {"maxlength", "lang", "dir"}}
    return {**picked, "attributes": attributes} if attributes else picked
