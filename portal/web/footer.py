"""The foot of a page: the same on all pages of a language, and drawn once for each."""

from typing import Any

from markupsafe import Markup

from portal.web import edge, editions

_KNOWN = "portal-footers"


def footer() -> Markup:
    """The four doors and the links below them. On pages of old editions they keep the edition, and so are drawn
    for each."""
    if editions.kept() is not None:
        return _drawn()
    known: dict[Any, Markup] = edge.application().extensions.setdefault(_KNOWN, {})
    language = (edge.locale(), edge.here().root_path)
    found = known.get(language)
    if found is None:
        found = known[language] = _drawn()
    return found


def _drawn() -> Markup:
    parts: Any = edge.application().jinja_env.get_template("components/doors.html").module
    drawn: Markup = parts.doors()
    return drawn
