"""Tables of collection rounds and requests for figures."""

revision = "0012_collection"
down_revision = "0011_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
