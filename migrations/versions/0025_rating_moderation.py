"""Comments say why to look twice, which of them read the same, and what of them may be published."""

import sqlalchemy as sa
from alembic import op

revision = "0025_rating_moderation"
down_revision = "0024_rating_findings"
branch_labels = None
depends_on = None

_OPTIONS = {"table_kwargs": {"sqlite_with_rowid": False}}


def upgrade() -> None:
    with op.batch_alter_table("rating_comment", **_OPTIONS) as table:
        table.add_column(sa.Column("masked", sa.Text))
        table.add_column(sa.Column("flags", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("alike", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("rating_comment", **_OPTIONS) as table:
        table.alter_column("flags", server_default=None)
        table.alter_column("alike", server_default=None)
    op.drop_index("ix_rating_comment_state_period", "rating_comment")
    op.create_index("ix_rating_comment_state_period_id", "rating_comment", ["state", "period", "id"])
    op.create_index("ix_rating_comment_alike_state", "rating_comment", ["alike", "state"])


def downgrade() -> None:
    op.drop_index("ix_rating_comment_alike_state", "rating_comment")
    op.drop_index("ix_rating_comment_state_period_id", "rating_comment")
    op.create_index("ix_rating_comment_state_period", "rating_comment", ["state", "period"])
    with op.batch_alter_table("rating_comment", **_OPTIONS) as table:
        for column in ("alike", "flags", "masked"):
            table.drop_column(column)
