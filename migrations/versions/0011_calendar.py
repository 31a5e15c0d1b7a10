"""Tables of the release calendar and early access; criteria of indicators."""

import sqlalchemy as sa
from alembic import op

revision = "0011_calendar"
down_revision = "0010_scale"
branch_labels = None
depends_on = None


def code(length: int) -> sa.types.TypeEngine:
    """Codes sort by code point on both engines."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("indicator", sa.Column("criteria", sa.Text, nullable=False, server_default="{}"))
    op.create_table(
        "release_plan",
        sa.Column("slug", code(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("period", sa.String(41)),
        sa.Column("holds", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("day", sa.String(10)),
        sa.Column("at", sa.String(27)),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("follows", code(80)),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_release_plan"),
        sa.CheckConstraint(
            "state IN ('provisional', 'confirmed', 'published', 'cancelled')", name=op.f("ck_release_plan_state")
        ),
        sa.CheckConstraint(
            "(state <> 'provisional') OR (at IS NULL)", name=op.f("ck_release_plan_provisional_has_no_time")
        ),
        sa.CheckConstraint(
            "(state NOT IN ('confirmed', 'published')) OR (at IS NOT NULL)",
            name=op.f("ck_release_plan_confirmed_has_time"),
        ),
        sa.CheckConstraint("(day IS NOT NULL) OR (at IS NOT NULL)", name=op.f("ck_release_plan_has_date")),
    )
    op.create_table(
        "scheduled_release",
        sa.Column("slug", code(80), nullable=False),
        sa.Column("approved_by", sa.String(26), nullable=False),
        sa.Column("approved_at", sa.String(27), nullable=False),
        sa.Column("checked_edition", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_scheduled_release"),
        sa.ForeignKeyConstraint(["slug"], ["release_draft.slug"], name="fk_scheduled_release_slug_release_draft"),
    )
    _create_early_access()


def _create_early_access() -> None:
    plan = "fk_{table}_slug_release_plan"
    op.create_table(
        "early_reader",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("slug", code(80), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("office_digest", sa.String(64), nullable=False),
        sa.Column("reason_digest", sa.String(64), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_early_reader"),
        sa.ForeignKeyConstraint(["slug"], ["release_plan.slug"], name=plan.format(table="early_reader")),
        sa.ForeignKeyConstraint(
            ["office_digest"], ["salted_text.digest"], name="fk_early_reader_office_digest_salted_text"
        ),
        sa.ForeignKeyConstraint(
            ["reason_digest"], ["salted_text.digest"], name="fk_early_reader_reason_digest_salted_text"
        ),
    )
    op.create_index("ix_early_reader_slug", "early_reader", ["slug"])
    op.create_table(
        "preview_view",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("slug", code(80), nullable=False),
        sa.Column("person_id", sa.String(26), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preview_view"),
        sa.ForeignKeyConstraint(["slug"], ["release_plan.slug"], name=plan.format(table="preview_view")),
    )
    op.create_index("ix_preview_view_slug", "preview_view", ["slug"])


def downgrade() -> None:
    for table in ("preview_view", "early_reader", "scheduled_release", "release_plan"):
        op.drop_table(table)
    op.drop_column("indicator", "criteria")
