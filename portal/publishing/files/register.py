"""register.csv and register.json: the public bodies, services and indicators, as last published."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.foundation.i18n import LOCALES
from portal.publishing.files.tables import (
    Column,
    ColumnType,
    Row,
    Table,
    integers,
    named,
    names_in,
    numbers,
    texts,
)
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines
from portal.publishing.values import Statement

COLUMNS = (
    *texts("entry", "code"),
    *names_in("name"),
    *texts("body_code", "parent_code", "level"),
    Column("invented", ColumnType.BOOLEAN),
    *texts("service_code"),
    *names_in("definition"),
    *names_in("unit"),
    *texts("direction", "kind"),
    *numbers("weight"),
    *integers("version_edition"),
    *texts("licence"),
    *integers("edition"),
)


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    entries = (("body", context.bodies), ("service", context.services), ("indicator", context.indicators))
    for entry, statements in entries:
        for code in sorted(statements):
            yield _row(head, entry, statements[code], context.registered[entry, code])


TABLE = Table("register", COLUMNS, key=("entry", "code"), rows=rows)


def _row(head: FileHead, entry: str, said: Statement, edition: int) -> Row:
    return {
        "entry": entry,
        "code": said["code"],
        **named("name", said),
        "body_code": None if entry == "body" else said.get("body"),
        "parent_code": said.get("parent"),
        "level": said.get("level"),
        "invented": said.get("invented"),
        "service_code": said.get("service"),
        **named("definition", said, "definition"),
        **_unit(said),
        "direction": said.get("direction"),
        "kind": said.get("kind"),
        "weight": said.get("weight"),
        "version_edition": edition,
        "licence": OWN_LICENCE,
        "edition": head.edition,
    }


def _unit(said: Statement) -> dict[str, Any]:
    """The unit in each language; one that is the same in all (%) stands under every language."""
    unit = said.get("unit")
    if isinstance(unit, Mapping):
        return named("unit", said, "unit")
    return {f"unit_{locale}": unit or None for locale in LOCALES}
