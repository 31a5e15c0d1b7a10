"""Ratings know their channel; answers to further questions, and wishes for an answer, have tables of their own.

SQLite cannot change a primary key or a check, so the tables that change are laid aside, made anew and filled
again, on both engines. Every rating so far came through the web page.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0017_rating_details"
down_revision = "0016_mail"
branch_labels = None
depends_on = None

_CODE = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
_MONTH = sa.String(7)
_CHANNELS = "channel IN ('web', 'qr', 'paper', 'import', 'api')"
_OPEN = "channel IN ('web', 'qr')"
_HELD = (
    "(folded_on IS NULL AND service IS NOT NULL AND period IS NOT NULL AND level IS NOT NULL"
    " AND channel IS NOT NULL AND (verified IS NULL) = (details IS NOT NULL))"
    " OR (folded_on IS NOT NULL AND service IS NULL AND period IS NULL AND level IS NULL"
    " AND channel IS NULL AND verified IS NULL AND details IS NULL)"
)
_HELD_BEFORE = (
    "(folded_on IS NULL AND service IS NOT NULL AND period IS NOT NULL AND level IS NOT NULL"
    " AND (verified IS NULL) = (text IS NOT NULL)) OR (folded_on IS NOT NULL AND service IS NULL"
    " AND period IS NULL AND level IS NULL AND verified IS NULL AND text IS NULL)"
)


def upgrade() -> None:
    _anew(
        "rating_held",
        lambda: _held(
            sa.Column("channel", sa.String(8)),
            sa.Column("details", sa.Text),
            sa.Column("follow_up", sa.LargeBinary(32)),
            sa.CheckConstraint(_HELD, name="ck_rating_held_held_or_folded"),
            sa.CheckConstraint(
                "details IS NOT NULL OR (text IS NULL AND follow_up IS NULL)", name="ck_rating_held_only_additions"
            ),
            sa.CheckConstraint(f"verified IS NULL OR NOT verified OR {_OPEN}", name="ck_rating_held_verified"),
            sa.CheckConstraint(_CHANNELS, name="ck_rating_held_channel"),
        ),
        "key, service, period, level, verified, text, folded_on, channel, details",
        "key, service, period, level, verified, text, folded_on,"
        " CASE WHEN folded_on IS NULL THEN 'web' END, CASE WHEN text IS NOT NULL THEN '[]' END",
    )
    _anew(
        "rating_total",
        lambda: _total(
            ["service", "period", "level", "verified", "channel"],
            sa.Column("channel", sa.String(8), nullable=False),
            sa.CheckConstraint(f"NOT verified OR {_OPEN}", name="ck_rating_total_verified"),
            sa.CheckConstraint(_CHANNELS, name="ck_rating_total_channel"),
        ),
        "service, period, level, verified, count, channel",
        "service, period, level, verified, count, 'web'",
    )
    _anew(
        "rating_comment",
        lambda: _comment(
            sa.Column("channel", sa.String(8), nullable=False),
            sa.CheckConstraint(_CHANNELS, name="ck_rating_comment_channel"),
        ),
        "id, service, period, level, text, state, reason, act_id, channel",
        "id, service, period, level, text, state, reason, act_id, 'web'",
    )
    op.create_table(
        "rating_detail_total",
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("question", sa.String(40), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(
            "service", "period", "channel", "question", "answer", name="pk_rating_detail_total"
        ),
        _of_service("rating_detail_total"),
        sa.CheckConstraint("count > 0", name="ck_rating_detail_total_count"),
        sa.CheckConstraint(_CHANNELS, name="ck_rating_detail_total_channel"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_detail_total_period", "rating_detail_total", ["period"])
    op.create_table(
        "rating_follow_up",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("comment_id", sa.String(26)),
        sa.PrimaryKeyConstraint("id", name="pk_rating_follow_up"),
        sa.UniqueConstraint("key", name="uq_rating_follow_up_key"),
        _of_service("rating_follow_up"),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["rating_comment.id"], name="fk_rating_follow_up_comment_id_rating_comment"
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 2", name="ck_rating_follow_up_level"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("rating_follow_up")
    op.drop_table("rating_detail_total")
    _anew(
        "rating_comment",
        _comment,
        "id, service, period, level, text, state, reason, act_id",
        "id, service, period, level, text, state, reason, act_id",
    )
    _anew(
        "rating_total",
        lambda: _total(["service", "period", "level", "verified"]),
        "service, period, level, verified, count",
        "service, period, level, verified, sum(count)",
        "GROUP BY service, period, level, verified",
    )
    _anew(
        "rating_held",
        lambda: _held(sa.CheckConstraint(_HELD_BEFORE, name="ck_rating_held_held_or_folded")),
        "key, service, period, level, verified, text, folded_on",
        "key, service, period, level, verified, text, folded_on",
        "WHERE details IS NULL OR text IS NOT NULL",
    )


def _anew(table: str, make: Callable[[], None], columns: str, values: str, end: str = "") -> None:
    """Make a table again and fill it from what it held."""
    op.execute(f"CREATE TABLE {table}_aside AS SELECT * FROM {table}")  # noqa: S608  (our own names)
    op.drop_table(table)
    make()
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}_aside {end}")  # noqa: S608
    op.drop_table(f"{table}_aside")


def _held(*more: sa.schema.SchemaItem) -> None:
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
        *more,
        sqlite_with_rowid=False,
    )


def _comment(*more: sa.schema.SchemaItem) -> None:
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
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_rating_comment_act_id_act"),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'hidden')", name="ck_rating_comment_state"),
        sa.CheckConstraint(
            "(state = 'hidden') = (reason IS NOT NULL)", name="ck_rating_comment_hidden_for_a_reason"
        ),
        sa.CheckConstraint(
            "act_id IS NULL OR state = 'approved'", name="ck_rating_comment_published_when_approved"
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_comment_level"),
        *more,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_comment_state_period", "rating_comment", ["state", "period"])


def _total(key: list[str], *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        "rating_total",
        _service(),
        sa.Column("period", _MONTH, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_rating_total"),
        _of_service("rating_total"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="ck_rating_total_level"),
        sa.CheckConstraint("count > 0", name="ck_rating_total_count"),
        *more,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_total_period", "rating_total", ["period"])


def _service() -> sa.Column[str]:
    return sa.Column("service", _CODE, nullable=False)


def _of_service(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["service"], ["service.code"], name=f"fk_{table}_service_service")
