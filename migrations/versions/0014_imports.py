"""Outside codes, mergers, saved mappings."""

revision = "0014_imports"
down_revision = "0013_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
