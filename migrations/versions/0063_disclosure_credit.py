"""A cycle gives points for errors that a body disclosed itself; cycles opened before give none."""

import sqlalchemy as sa
from alembic import op

revision = "0063_disclosure_credit"
down_revision = "0062_case_held"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("evaluation_cycle") as batch:
        batch.add_column(sa.Column("credit_points", sa.String(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("evaluation_cycle") as batch:
        batch.drop_column("credit_points")
