"""Why a batch of reports was not dismissed, sealed to whoever proposed it."""

import sqlalchemy as sa
from alembic import op

revision = "0075_told"
down_revision = "0074_reports_by_key"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_batch_refused",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("body_code", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("refused_by", sa.String(length=26), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("why IN ('alike', 'empty', 'advert')", name="ck_case_batch_refused_why"),
        sa.CheckConstraint("refused_by <> proposed_by", name="ck_case_batch_refused_two_people"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_case_batch_refused_proposed_by_person"),
        sa.ForeignKeyConstraint(["refused_by"], ["person.id"], name="fk_case_batch_refused_refused_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_batch_refused"),
    )


def downgrade() -> None:
    op.drop_table("case_batch_refused")
