"""Officers say what they are good at, and cases are suggested to them accordingly."""

import sqlalchemy as sa
from alembic import op

revision = "0042_case_competence"
down_revision = "0041_case_hearings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_competence",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("skill", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.CheckConstraint("skill IN ('language', 'matter', 'sector')", name="ck_case_competence_skill"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_competence_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "skill", "value", name="pk_case_competence"),
    )


def downgrade() -> None:
    op.drop_table("case_competence")
