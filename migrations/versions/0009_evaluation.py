"""Tables of evaluation: cycles, scores, evidence."""

revision = "0009_evaluation"
down_revision = "0008_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
