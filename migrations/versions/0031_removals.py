"""What was removed for good, by kind and id: copied outside the database, so that no backup undoes it."""

import sqlalchemy as sa
from alembic import op

revision = "0031_removals"
down_revision = "0030_case_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("is_written", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_removal"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removal_is_written", "removal", ["is_written"])


def downgrade() -> None:
    op.drop_table("removal")
