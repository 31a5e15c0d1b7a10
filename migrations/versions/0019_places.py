"""Where a service is done: its place, and the numbers of its counters."""

import sqlalchemy as sa
from alembic import op

revision = "0019_places"
down_revision = "0018_filings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("place", sa.Text, nullable=False, server_default="{}"))
    op.add_column("service", sa.Column("windows", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("service", "windows")
    op.drop_column("service", "place")
