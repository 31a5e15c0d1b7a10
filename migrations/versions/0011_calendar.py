"""Tables of the release calendar, early access, replies."""

import sqlalchemy as sa
from alembic import op

revision = "0011_calendar"
down_revision = "0010_scale"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("indicator", sa.Column("criteria", sa.Text, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("indicator", "criteria")
