"""Tables of ratings: receipts, marks, comments."""

revision = "0007_ratings"
down_revision = "0006_publishing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
