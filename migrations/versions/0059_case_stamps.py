"""Epochs and mailboxes bear the stamp of the house; those from before get theirs once the schema is up."""

import sqlalchemy as sa
from alembic import op

revision = "0059_case_stamps"
down_revision = "0058_report_lanes"
branch_labels = None
depends_on = None

_STAMPED = ("case_epoch", "case_mailbox")


def upgrade() -> None:
    for table in _STAMPED:
        op.add_column(table, sa.Column("stamp", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in _STAMPED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN stamp")
