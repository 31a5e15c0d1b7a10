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
_Kind = tuple[str, tuple[str, ...]]


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page in the reader's language and edition."""
    if editions.kept() is not None or not _are_plain(values.values()):
        return flask.url_for(endpoint, **values)
    known: dict[Any, _Kind | None] = edge.application().extensions.setdefault(_KNOWN, {})
    kind = (endpoint, edge.here().root_path, *values)
    if kind not in known:
        known[kind] = _kind(endpoint, tuple(values))
    found = known[kind]
    if found is None:
        return flask.url_for(endpoint, **values)
    words, order = found
    return words % tuple([values[name] for name in order])


def _are_plain(values: Collection[Any]) -> bool:
    """Whether these are texts that stand in an address as they are."""
    try:
        return _PLAIN.fullmatch("".join(values)) is not None and "" not in values
    except TypeError:  # a number, or several values
        return False


def _kind(endpoint: str, names: tuple[str, ...]) -> _Kind | None:
    """An address with %s for each value, and the names of these in their order; None when not any text will do."""
    if any(name.startswith("_") for name in names):
        return None  # it says how the address is written
    if endpoint.startswith(".") or any(_has_its_own(rule, names) for rule in _rules(endpoint)):
        return None
    marks: dict[str, Any] = {name: f"zz{at}zz" for at, name in enumerate(names)}
    try:
        marked = flask.url_for(endpoint, **marks)
    except (ValueError, BuildError):  # a number is asked for, or one of a few words
        return None
    order = tuple(names[int(at)] for at in _MARK.findall(marked))
    return _MARK.sub("%s", marked.replace("%", "%%")), order


def _rules(endpoint: str) -> list[Rule]:
    return [rule for rule in edge.application().url_map.iter_rules() if rule.endpoint == endpoint]


def _has_its_own(rule: Rule, names: tuple[str, ...]) -> bool:
    """Whether a value may choose this rule, or choose another: an address in HTML has its form by default."""
    return any(name in (rule.defaults or ()) for name in names)
