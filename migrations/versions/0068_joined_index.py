"""An index of joined cases alone: where hardly any is joined, SQLite reads all cases rather than one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0068_joined_index"
down_revision = "0067_absences"
branch_labels = None
depends_on = None

_NAME, _JOINED = "ix_report_case_merged_into", sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.drop_index(_NAME, table_name="report_case")
    op.create_index(_NAME, "report_case", ["merged_into"], sqlite_where=_JOINED, postgresql_where=_JOINED)


def downgrade() -> None:
    op.drop_index(_NAME, table_name="report_case")
    op.create_index(_NAME, "report_case", ["merged_into"])
