"""Tables of publishing: the transparency log and what is published."""

revision = "0006_publishing"
down_revision = "0005_duties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
