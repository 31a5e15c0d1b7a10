"""What the search finds things by."""

revision = "0013_search"
down_revision = "0012_collection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
