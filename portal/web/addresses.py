"""The addresses of pages in templates: what `flask.url_for` gives, for a fifth of its time.

Building one address goes through the rules of the whole site; but addresses of one kind differ only in the codes
in them. So each kind is built once, with marks in the places of its values.
"""

import re
from collections.abc import Collection
from typing import Any

import flask
from werkzeug.routing import BuildError, Rule

from portal.web import edge, editions

_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")  # what no address writes otherwise
_MARK = re.compile(r"zz(\d+)zz")
_KNOWN = "portal.addresses"


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page in the reader's language and edition."""
    if editions.kept() is not None or not _are_plain(values.values()):
        return flask.url_for(endpoint, **values)
    known: dict[Any, str] = edge.application().extensions.setdefault(_KNOWN, {})
    kind = (endpoint, edge.here().root_path, *values)
    found = known.get(kind)
    if found is None:
        found = known[kind] = _kind(endpoint, tuple(values))
    return found % values if found else flask.url_for(endpoint, **values)


def _are_plain(values: Collection[Any]) -> bool:
    """Whether these are texts that stand in an address as they are."""
    try:
        return _PLAIN.fullmatch("".join(values)) is not None and "" not in values
    except TypeError:  # a number, or several values
        return False


def _kind(endpoint: str, names: tuple[str, ...]) -> str:
    """An address with %(name)s in the place of each value; nothing when not any text will do."""
    if any(name.startswith("_") for name in names):
        return ""  # it says how the address is written
    if endpoint.startswith(".") or any(_has_its_own(rule, names) for rule in _rules(endpoint)):
        return ""
    marks: dict[str, Any] = {name: f"zz{at}zz" for at, name in enumerate(names)}
    try:
        marked = flask.url_for(endpoint, **marks)
    except (ValueError, BuildError):  # a number is asked for, or one of a few words
        return ""
    return _MARK.sub(lambda mark: f"%({names[int(mark[1])]})s", marked.replace("%", "%%"))


def _rules(endpoint: str) -> list[Rule]:
    return [rule for rule in edge.application().url_map.iter_rules() if rule.endpoint == endpoint]


def _has_its_own(rule: Rule, names: tuple[str, ...]) -> bool:
    """Whether a value may choose this rule, or choose another: an address in HTML has its form by default."""
    return any(name in (rule.defaults or ()) for name in names)
