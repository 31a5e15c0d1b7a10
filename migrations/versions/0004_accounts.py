"""Tables of accounts: people, credentials, sessions, keys, connections."""

revision = "0004_accounts"
down_revision = "0003_registry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
