"""What a million figures need: indexes, stored files."""

revision = "0010_scale"
down_revision = "0009_evaluation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
