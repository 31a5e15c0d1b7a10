"""register.csv and register.json: the public bodies, services and indicators, as last published."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.foundation.i18n import LOCALES
from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines
from portal.publishing.values import Statement


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    entries = (("body", context.bodies), ("service", context.services), ("indicator", context.indicators))
    for entry, statements in entries:
        for code in sorted(statements):
            yield _row(head, entry, statements[code], context.registered[entry, code])


def _row(head: FileHead, entry: str, said: Statement, edition: int) -> Row:
    return {
        "entry": entry,
        "code": said["code"],
        **named("name", said),
        "body_code": None if entry == "body" else said.get("body"),
        "parent_code": said.get("parent"),
        "level": said.get("level"),
        "invented": said.get("invented"),
        **_codes(said),
        **_life(said),
        "service_code": said.get("service"),
        "part_of": said.get("part_of"),
        **named("definition", said, "definition"),
        **named("criteria", said, "criteria"),
        **_unit(said),
        "direction": said.get("direction"),
        "kind": said.get("kind"),
        "weight": said.get("weight"),
        "version_edition": edition,
        "licence": OWN_LICENCE,
        "edition": head.edition,
    }


def _codes(said: Statement) -> dict[str, str | None]:
    """The codes that others know a body by; schemes without a column of their own as scheme:code."""
    codes = dict(said.get("codes") or {})
    own = {f"code_{scheme}": codes.pop(scheme, None) for scheme in ("uscc", "gbt2260")}
    return own | {"other_codes": " ".join(f"{scheme}:{codes[scheme]}" for scheme in sorted(codes)) or None}


def _life(said: Statement) -> dict[str, str | None]:
    """Since when a body is, how it ended and what follows it, and the names it had before."""
    ended = said.get("ended") or {}
    former = [f"{' / '.join(one['names'].values())} (until {one['until']})" for one in said.get("former") or ()]
    return {
        "valid_from": said.get("valid_from"),
        "ended_on": ended.get("on"),
        "ended_how": ended.get("how"),
        "followed_by": " ".join(ended.get("into") or ()) or None,
        "former_names": "; ".join(former) or None,
    }


def _unit(said: Statement) -> dict[str, Any]:
    """The unit in each language; one that is the same in all (%) stands under every language."""
    unit = said.get("unit")
    if isinstance(unit, Mapping):
        return named("unit", said, "unit")
    return {f"unit_{locale}": unit or None for locale in LOCALES}
