"""Who takes over a second signature that was not given in time."""

import sqlalchemy as sa
from alembic import op

revision = "0064_substitutes"
down_revision = "0063_disclosure_credit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_substitute",
        sa.Column("proposal_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_proposal_substitute_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_proposal_substitute_person_id_person"),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_proposal_substitute"),
    )
    op.create_index("ix_proposal_substitute_person_id", "proposal_substitute", ["person_id"])


def downgrade() -> None:
    op.drop_table("proposal_substitute")
