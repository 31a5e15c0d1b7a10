"""The night's work knows what has changed: days that were folded and not yet looked at, months and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0050_night_work"
down_revision = "0049_hearing_readers"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rating_folded",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(
            *("day", "service", "period", "level", "verified", "channel"), name="pk_rating_folded"
        ),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_folded_service_service"),
        sa.CheckConstraint("count > 0", name="ck_rating_folded_count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_month",
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("changed", sa.String(26), nullable=False),
        sa.Column("seen", sa.String(26), nullable=True),
        sa.Column("under", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("period", name="pk_rating_month"),
        sqlite_with_rowid=False,
    )
    op.add_column("rating_answer", sa.Column("counted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_rating_answer_counted",
        "rating_answer",
        ["counted"],
        sqlite_where=sa.text("NOT counted"),
        postgresql_where=sa.text("NOT counted"),
    )


def downgrade() -> None:
    op.drop_index("ix_rating_answer_counted", "rating_answer")
    op.drop_column("rating_answer", "counted")
    op.drop_table("rating_month")
    op.drop_table("rating_folded")
