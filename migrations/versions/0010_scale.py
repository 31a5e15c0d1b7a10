"""What a million figures need: counts that nobody has to count again, and which pages each act changed."""

import sqlalchemy as sa
from alembic import op

revision = "0010_scale"
down_revision = "0009_evaluation"
branch_labels = None
depends_on = None


def code(length: int) -> sa.types.TypeEngine:
    """Codes sort by code point on both engines."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


REPLACES = sa.text("replaces IS NOT NULL")


def upgrade() -> None:
    op.add_column("act", sa.Column("figures", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "act_body",
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("body", code(80), nullable=False),
        sa.Column("figures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("act_id", "body", name="pk_act_body"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_body_act_id_act"),
    )
    op.create_table(
        "act_touch",
        sa.Column("touch", code(200), nullable=False),
        sa.Column("act_id", sa.String(26), nullable=False),
        sa.Column("edition", sa.Integer),
        sa.PrimaryKeyConstraint("touch", "act_id", name="pk_act_touch"),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name="fk_act_touch_act_id_act"),
    )
    op.create_index("ix_act_touch_act_id", "act_touch", ["act_id"])
    op.create_index("ix_act_touch_touch_edition", "act_touch", ["touch", "edition"])
    op.create_index(
        "ix_figure_version_replaces",
        "figure_version",
        ["replaces"],
        sqlite_where=REPLACES,
        postgresql_where=REPLACES,
    )
    op.execute(
        "INSERT INTO act_body (act_id, body, figures)"
        " SELECT act_id, body, count(*) FROM figure_version GROUP BY act_id, body"
    )
    op.execute(
        "UPDATE act SET figures = (SELECT coalesce(sum(figures), 0) FROM act_body WHERE act_body.act_id = act.id)"
    )
    op.execute("INSERT INTO act_touch (touch, act_id, edition) SELECT '*', id, edition FROM act")


def downgrade() -> None:
    op.drop_index("ix_figure_version_replaces", "figure_version")
    op.drop_table("act_touch")
    op.drop_table("act_body")
    with op.batch_alter_table("act") as act:
        act.drop_column("figures")
