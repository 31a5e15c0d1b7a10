"""Findings set ratings aside, and people who were served are called back by a drawn sample."""

import sqlalchemy as sa
from alembic import op

revision = "0024_rating_findings"
down_revision = "0023_case_copies"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
_MONTH = sa.String(7)


def upgrade() -> None:
    op.create_table(
        "rating_finding",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("appeal", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_rating_finding"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_finding_service_service"),
        sa.CheckConstraint("state IN ('set-aside', 'kept-out', 'let-in')", name="ck_rating_finding_state"),
    )
    op.create_index("ix_rating_finding_period_service", "rating_finding", ["period", "service"])
    op.create_index("ix_rating_finding_state_period_id", "rating_finding", ["state", "period", "id"])
    op.create_table(
        "rating_set_aside",
        sa.Column("finding_id", sa.String(26), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("finding_id", "channel", "verified", "level", name="pk_rating_set_aside"),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["rating_finding.id"], name="fk_rating_set_aside_finding_id_rating_finding"
        ),
        sa.CheckConstraint("count > 0", name="ck_rating_set_aside_count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_sample",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("matters", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("reached", sa.Integer),
        sa.Column("offered", sa.Integer),
        sa.Column("pressed", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_rating_sample"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_sample_service_service"),
        sa.CheckConstraint("0 < size AND size <= matters", name="ck_rating_sample_size"),
        sa.CheckConstraint(
            "reached <= size AND offered <= reached AND pressed <= reached", name="ck_rating_sample_answers"
        ),
    )
    op.create_index("ix_rating_sample_period_service", "rating_sample", ["period", "service"])


def downgrade() -> None:
    op.drop_table("rating_sample")
    op.drop_table("rating_set_aside")
    op.drop_table("rating_finding")
