"""What was said last of the answers that a body owed for its services together."""

import sqlalchemy as sa
from alembic import op

revision = "0052_body_answers"
down_revision = "0051_heard"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rating_body_answered",
        sa.Column("body", _CODE, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("body", "period", name="pk_rating_body_answered"),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name="fk_rating_body_answered_body_body"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_rating_body_answered_act_id_act"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_body_answered_period", "rating_body_answered", ["period"])


def downgrade() -> None:
    op.drop_table("rating_body_answered")
