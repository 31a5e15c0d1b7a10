"""Keys of the log and their rotation."""

revision = "0015_log_keys"
down_revision = "0014_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
