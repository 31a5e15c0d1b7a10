"""What waits can be about several bodies and figures: those of a case and of any that it is joined with."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0061_about_several"
down_revision = "0060_forsaken_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE duty SET about = '[' || about || ']' WHERE about IS NOT NULL")
    op.execute("UPDATE proposal SET about = '[' || about || ']' WHERE about IS NOT NULL")


def downgrade() -> None:
    connection = op.get_bind()
    for name in ("duty", "proposal"):
        table = sa.table(name, sa.column("id"), sa.column("about"))
        for row in connection.execute(sa.select(table).where(table.c.about.is_not(None))).all():
            first = json.dumps(json.loads(row.about)[0], separators=(",", ":"), sort_keys=True, ensure_ascii=False)
            connection.execute(sa.update(table).where(table.c.id == row.id).values(about=first))
