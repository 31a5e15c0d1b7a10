"""Summaries say more of a month: its parts, its body's sum, and how many matters there were to rate."""

import sqlalchemy as sa
from alembic import op

revision = "0021_rating_summaries"
down_revision = "0020_case_steps"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
_MONTH = sa.String(7)


def upgrade() -> None:
    op.add_column("rating_rollup", sa.Column("said", sa.Text))
    op.add_column("rating_receipt_count", sa.Column("expired", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("rating_receipt_count", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.alter_column("expired", server_default=None)
    op.create_table(
        "rating_body_rollup",
        sa.Column("body", _CODE, nullable=False),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("body", "period", name="pk_rating_body_rollup"),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name="fk_rating_body_rollup_body_body"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_rating_body_rollup_act_id_act"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_body_rollup_period", "rating_body_rollup", ["period"])
    op.create_table(
        "rating_transactions",
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("service", "period", "way", name="pk_rating_transactions"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_transactions_service_service"),
        sa.CheckConstraint("count >= 0", name="ck_rating_transactions_count"),
        sa.CheckConstraint("way IN ('in-person', 'online')", name="ck_rating_transactions_way"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_transactions_period", "rating_transactions", ["period"])


def downgrade() -> None:
    op.drop_table("rating_transactions")
    op.drop_table("rating_body_rollup")
    with op.batch_alter_table("rating_receipt_count", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.drop_column("expired")
    with op.batch_alter_table("rating_rollup", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.drop_column("said")
