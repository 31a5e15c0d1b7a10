"""What an act said, read the way publishing keeps it."""

from typing import Any

from sqlalchemy import select

from portal.foundation.context import Portal
from portal.publishing.models import Act, StatementRow


def statements(portal: Portal, kind: str) -> list[dict[str, Any]]:
    """Every statement of a kind in acts proposed so far, in the order in which they were written."""
    with portal.database.read() as session:
        found = session.scalars(
            select(StatementRow.payload)
            .join(Act, Act.id == StatementRow.act_id)
            .where(StatementRow.kind == kind)
            .order_by(StatementRow.id)
        )
        return list(found)
