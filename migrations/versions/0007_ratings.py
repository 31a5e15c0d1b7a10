"""Tables of ratings: receipts, marks, comments."""

import sqlalchemy as sa
from alembic import op

revision = "0007_ratings"
down_revision = "0006_publishing"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
_MONTH = sa.String(7)
_HELD = (
    "(folded_on IS NULL AND service IS NOT NULL AND period IS NOT NULL AND level IS NOT NULL"
    " AND (verified IS NULL) = (text IS NOT NULL)) OR (folded_on IS NOT NULL AND service IS NULL"
    " AND period IS NULL AND level IS NULL AND verified IS NULL AND text IS NULL)"
)


def upgrade() -> None:
    op.create_table(
        "rating_held",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("service", _CODE),
        sa.Column("period", _MONTH),
        sa.Column("level", sa.Integer),
        sa.Column("verified", sa.Boolean),
        sa.Column("text", sa.Text),
        sa.Column("folded_on", sa.String(10)),
        sa.PrimaryKeyConstraint("key", name="pk_rating_held"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_held_level"),
        sa.CheckConstraint(_HELD, name="ck_rating_held_held_or_folded"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_total",
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("service", "period", "level", "verified", name="pk_rating_total"),
        _of_service("rating_total"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_total_level"),
        sa.CheckConstraint("count > 0", name="ck_rating_total_count"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_total_period", "rating_total", ["period"])
    op.create_table(
        "rating_receipt",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        _service(),
        sa.Column("expires", _MONTH, nullable=False),
        sa.Column("spent", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rating_receipt"),
        _of_service("rating_receipt"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_receipt_expires", "rating_receipt", ["expires"])
    op.create_table(
        "rating_receipt_count",
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("issued", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("service", "period", name="pk_rating_receipt_count"),
        _of_service("rating_receipt_count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating_comment",
        sa.Column("id", sa.String(26), nullable=False),
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("act_id", sa.String(26)),
        sa.PrimaryKeyConstraint("id", name="pk_rating_comment"),
        _of_service("rating_comment"),
        _by_act("rating_comment"),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'hidden')", name="ck_rating_comment_state"),
        sa.CheckConstraint(
            "(state = 'hidden') = (reason IS NOT NULL)", name="ck_rating_comment_hidden_for_a_reason"
        ),
        sa.CheckConstraint(
            "act_id IS NULL OR state = 'approved'", name="ck_rating_comment_published_when_approved"
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_comment_level"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_comment_state_period", "rating_comment", ["state", "period"])
    op.create_table(
        "rating_rollup",
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("suppressed", sa.Boolean, nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("service", "period", name="pk_rating_rollup"),
        _of_service("rating_rollup"),
        _by_act("rating_rollup"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_rollup_period", "rating_rollup", ["period"])


def downgrade() -> None:
    for table in ("rollup", "comment", "receipt_count", "receipt", "total", "held"):
        op.drop_table(f"rating_{table}")


def _service() -> sa.Column[str]:
    return sa.Column("service", _CODE, nullable=False)


def _of_service(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["service"], ["service.code"], name=f"fk_{table}_service_service")


def _by_act(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=f"fk_{table}_act_id_act")
