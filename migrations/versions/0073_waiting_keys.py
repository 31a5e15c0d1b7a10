"""A person's new key waits beside the one in use until colleagues have signed it."""

import sqlalchemy as sa
from alembic import op

revision = "0073_waiting_keys"
down_revision = "0072_no_body"
branch_labels = None
depends_on = None

_INDEX = "uq_handler_key_not_retired"


def upgrade() -> None:
    op.add_column("handler_key", sa.Column("waiting", sa.Boolean, nullable=False, server_default=sa.false()))
    not_retired = sa.text("retired_at IS NULL")
    op.create_index(
        _INDEX,
        "handler_key",
        ["person_id", "waiting"],
        unique=True,
        sqlite_where=not_retired,
        postgresql_where=not_retired,
    )


def downgrade() -> None:
    waiting = "SELECT id FROM handler_key WHERE waiting"
    op.execute(f"DELETE FROM key_signature WHERE key_id IN ({waiting})")  # noqa: S608
    op.execute("DELETE FROM handler_key WHERE waiting")
    op.drop_index(_INDEX, table_name="handler_key")
    op.drop_column("handler_key", "waiting")
