"""Tables of duties: duties and second signatures."""

revision = "0005_duties"
down_revision = "0004_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
