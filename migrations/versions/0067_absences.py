"""Who is away until when, and who stands in for them."""

import sqlalchemy as sa
from alembic import op

revision = "0067_absences"
down_revision = "0066_standing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_absence_person_id_person"),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], name="fk_absence_stand_in_id_person"),
        sa.PrimaryKeyConstraint("person_id", name="pk_absence"),
    )


def downgrade() -> None:
    op.drop_table("absence")
