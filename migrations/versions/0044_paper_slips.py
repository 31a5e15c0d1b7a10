"""Paper slips hold more than a mark: answers to further questions, and words."""

import sqlalchemy as sa
from alembic import op

revision = "0044_paper_slips"
down_revision = "0043_rated_apart"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rating_paper_batch", sa.Column("more", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("rating_paper_batch") as table:
        table.drop_column("more")
