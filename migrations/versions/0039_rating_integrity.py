"""Ratings note how old a code was and whether they came from the body's own network; busy days leave their size.

No day, no address and no code is noted with a rating: see `portal.ratings.models`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039_rating_integrity"
down_revision = "0038_case_identities"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    # a check of a column comes with it on both engines: SQLite cannot add one to a table
    op.execute(
        "ALTER TABLE rating_held ADD COLUMN age VARCHAR(8) CONSTRAINT ck_rating_held_age CHECK"
        " (age IS NULL OR (folded_on IS NULL AND verified AND age IN ('same-day', 'usual', 'old')))"
    )
    op.execute(
        "ALTER TABLE rating_held ADD COLUMN own_network BOOLEAN CONSTRAINT ck_rating_held_own_network CHECK"
        " (own_network IS NULL OR (folded_on IS NULL AND verified IS NOT NULL))"
    )
    op.add_column("rating_receipt", sa.Column("fresh", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_rating_receipt_fresh",
        "rating_receipt",
        ["fresh"],
        sqlite_where=sa.text("fresh"),
        postgresql_where=sa.text("fresh"),
    )
    for column in ("same_day", "old"):
        added = sa.Column(column, sa.Integer, nullable=False, server_default="0")
        op.add_column("rating_receipt_count", added)
    _busy_days()
    _networks()


def _busy_days() -> None:
    op.create_table(
        "rating_busy_day",
        sa.Column("service", _CODE, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("service", "channel", "verified", "day", name="pk_rating_busy_day"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_busy_day_service_service"),
        sa.CheckConstraint("size >= 5", name="ck_rating_busy_day_size"),
        sqlite_with_rowid=False,
    )


def _networks() -> None:
    op.create_table(
        "rating_network",
        sa.Column("body", _CODE, nullable=False),
        sa.Column("network", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("body", "network", name="pk_rating_network"),
        sa.ForeignKeyConstraint(["body"], ["body.code"], name="fk_rating_network_body_body"),
    )
    op.create_table(
        "rating_own_network",
        sa.Column("service", _CODE, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("service", "period", "channel", "level", name="pk_rating_own_network"),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name="fk_rating_own_network_service_service"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_own_network_level"),
        sa.CheckConstraint("count > 0", name="ck_rating_own_network_count"),
        sa.CheckConstraint("channel IN ('web', 'qr')", name="ck_rating_own_network_channel"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_own_network_period", "rating_own_network", ["period"])


def downgrade() -> None:
    op.drop_table("rating_own_network")
    op.drop_table("rating_network")
    op.drop_table("rating_busy_day")
    op.drop_column("rating_receipt_count", "old")
    op.drop_column("rating_receipt_count", "same_day")
    op.drop_index("ix_rating_receipt_fresh", "rating_receipt")
    op.drop_column("rating_receipt", "fresh")
    op.drop_column("rating_held", "own_network")
    op.drop_column("rating_held", "age")
