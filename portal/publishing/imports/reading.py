"""A foreign file and its mapping become a table: its layout undone, the unit above it understood."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.grids import MOST_CELLS
from portal.foundation.i18n import N_
from portal.foundation.tables import Table, parse_table
from portal.publishing.imports.mapping import Mapping, StatedUnit

UNIT_LINE = re.compile(r"单位\s*[:：]\s*([^\s)）]+)")


def read_mapped(path: Path, mapping: Mapping) -> tuple[Table, Mapping]:
    """The table of a file, and the mapping with what the file says above it. Raises ImportRefused."""
    return parse_mapped(path.name, path.read_bytes(), mapping)


def parse_mapped(
    file: str, data: bytes, mapping: Mapping, *, most_cells: int = MOST_CELLS
) -> tuple[Table, Mapping]:
    """The same from bytes."""
    form = mapping.file
    table = parse_table(
        file, data, encoding=form.encoding, sheet=form.sheet, layout=form.layout, most_cells=most_cells
    )
    return table, with_stated_unit(table, mapping)


def stated_unit(table: Table) -> str | None:
    """The unit a line above the table states, such as 万元 in 单位：万元."""
    found = (UNIT_LINE.search(text) for text in table.above)
    return next((match[1] for match in found if match), None)


def with_stated_unit(table: Table, mapping: Mapping) -> Mapping:
    """The mapping with the unit that stands above the table, where the mapping asks for it.

    Raises ImportRefused when it asks and the file has no such line.
    """
    line = mapping.unit_line
    if line is None:
        return mapping
    matches = (re.search(line.pattern, text) for text in table.above)
    said = next((match[1] for match in matches if match and match[1]), None)
    if said is None:
        expected = N_("a line above the table that states the unit")
        raise ImportRefused([Fault(table.file, 1, "-", expected, " / ".join(table.above)[:200])])
    unit = line.units.get(said, StatedUnit(unit=said))
    scale = dict(mapping.numbers.scale)
    for field in line.fields:
        factor = scale.get(field, Decimal(1)).adjusted() + unit.times.adjusted()
        scale[field] = Decimal((0, (1,), factor))
    return mapping.model_copy(
        update={
            "defaults": {"unit": unit.unit, **mapping.defaults},
            "numbers": mapping.numbers.model_copy(update={"scale": scale}),
        }
    )
