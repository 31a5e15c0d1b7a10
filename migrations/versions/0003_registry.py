"""Tables of registry: bodies, services, indicators."""

revision = "0003_registry"
down_revision = "0002_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
