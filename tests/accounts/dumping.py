"""Everything a thief of the database and of `var` would hold, as bytes; the server keys apart."""

from sqlalchemy import MetaData, select

from portal.foundation.context import Portal


def dump(portal: Portal) -> bytes:
    """Every cell of every table, and every file under var except the server's own keys."""
    parts: list[bytes] = []
    tables = MetaData()
    tables.reflect(portal.database.engine)
    with portal.database.read() as session:
        for table in tables.sorted_tables:
            for row in session.execute(select(table)):
                parts += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
    for path in portal.settings.var.rglob("*"):
        if path.is_file() and path.parent.name != "keys":
            parts.append(path.read_bytes())
    return b"\n".join(parts)
