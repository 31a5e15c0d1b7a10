"""A holder can say that no public body can be named in a case."""

import sqlalchemy as sa
from alembic import op

revision = "0072_no_body"
down_revision = "0071_inspection_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_case", sa.Column("no_body_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("report_case", "no_body_on")
