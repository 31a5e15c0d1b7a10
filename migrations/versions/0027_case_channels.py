"""A case says in clear whether its report was sent here or entered by an officer; all so far were sent here."""

import sqlalchemy as sa
from alembic import op

revision = "0027_case_channels"
down_revision = "0026_matters"
branch_labels = None
depends_on = None

_CHECK = "channel IN ('web', 'letter', 'telephone', 'visit')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE report_case ADD COLUMN channel VARCHAR(16) DEFAULT 'web' NOT NULL"
            f" CONSTRAINT ck_report_case_channel CHECK ({_CHECK})"
        )
    else:
        column = sa.Column("channel", sa.String(length=16), server_default="web", nullable=False)
        op.add_column("report_case", column)
        op.create_check_constraint("ck_report_case_channel", "report_case", _CHECK)


def downgrade() -> None:
    op.execute("ALTER TABLE report_case DROP COLUMN channel")
