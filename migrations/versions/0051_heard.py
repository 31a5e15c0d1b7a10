"""A body can be heard by letter, and is heard anew when a case is opened again."""

import sqlalchemy as sa
from alembic import op

revision = "0051_heard"
down_revision = "0050_night_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("by_letter", "earlier"):
        op.add_column("case_hearing", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("case_hearing") as table:
        for name in ("earlier", "by_letter"):
            table.drop_column(name)
