"""Tables of cases: reports, mailboxes, cases."""

revision = "0008_cases"
down_revision = "0007_ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
