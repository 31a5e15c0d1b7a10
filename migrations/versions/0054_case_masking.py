"""Words of a case can be masked by two people, and an export says whether masked words go along."""

import sqlalchemy as sa
from alembic import op

revision = "0054_case_masking"
down_revision = "0053_case_answers"
branch_labels = None
depends_on = None

_PEOPLE = ("proposed_by", "approved_by")


def upgrade() -> None:
    op.create_table(
        "case_masking",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        *(sa.Column(name, sa.String(length=26), nullable=False) for name in _PEOPLE),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.CheckConstraint("proposed_by <> approved_by", name="ck_case_masking_two_people"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_masking_case_id_report_case"),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_case_masking_{name}_person")
            for name in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_masking"),
    )
    op.add_column("case_export", sa.Column("original", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.execute("ALTER TABLE case_export DROP COLUMN original")
    op.drop_table("case_masking")
