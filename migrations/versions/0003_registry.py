"""Tables of registry: bodies, services, indicators."""

import sqlalchemy as sa
from alembic import op

revision = "0003_registry"
down_revision = "0002_audit"
branch_labels = None
depends_on = None

CODE = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("code", CODE, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("parent_code", CODE),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("invented", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_body"),
        sa.ForeignKeyConstraint(["parent_code"], ["body.code"], name="fk_body_parent_code_body"),
        sa.CheckConstraint(
            "level IN ('national', 'province', 'city', 'county', 'township', 'unstated')",
            name=op.f("ck_body_level"),
        ),
    )
    op.create_index("ix_body_parent_code", "body", ["parent_code"])
    op.create_table(
        "service",
        sa.Column("code", CODE, nullable=False),
        sa.Column("body_code", CODE, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_service"),
        sa.ForeignKeyConstraint(["body_code"], ["body.code"], name="fk_service_body_code_body"),
    )
    op.create_index("ix_service_body_code", "service", ["body_code"])
    op.create_table(
        "indicator",
        sa.Column("code", CODE, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("direction", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body_code", CODE),
        sa.Column("service_code", CODE),
        sa.Column("weight", sa.String(20)),
        sa.PrimaryKeyConstraint("code", name="pk_indicator"),
        sa.ForeignKeyConstraint(["body_code"], ["body.code"], name="fk_indicator_body_code_body"),
        sa.ForeignKeyConstraint(["service_code"], ["service.code"], name="fk_indicator_service_code_service"),
        sa.CheckConstraint("direction IN ('up', 'down', 'none')", name=op.f("ck_indicator_direction")),
        sa.CheckConstraint("kind IN ('constrained', 'expected')", name=op.f("ck_indicator_kind")),
    )
    op.create_index("ix_indicator_body_code", "indicator", ["body_code"])
    op.create_index("ix_indicator_service_code", "indicator", ["service_code"])


def downgrade() -> None:
    for table in ("indicator", "service", "body"):
        op.drop_table(table)
