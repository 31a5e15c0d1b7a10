"""Keys of the log: they are statements of the log itself, so that no table is needed for them."""

revision = "0015_log_keys"
down_revision = "0014_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
