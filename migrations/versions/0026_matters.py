"""A case says in clear what kind of falsification its report speaks of; older ones did not ask."""

import sqlalchemy as sa
from alembic import op

revision = "0026_matters"
down_revision = "0025_rating_moderation"
branch_labels = None
depends_on = None

_CHECK = "matter IN ('figure', 'own-matter', 'ratings', 'pressure', 'collusion', 'other')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE report_case ADD COLUMN matter VARCHAR(16) DEFAULT 'other' NOT NULL"
            f" CONSTRAINT ck_report_case_matter CHECK ({_CHECK})"
        )
    else:
        column = sa.Column("matter", sa.String(length=16), server_default="other", nullable=False)
        op.add_column("report_case", column)
        op.create_check_constraint("ck_report_case_matter", "report_case", _CHECK)
    op.execute("UPDATE report_case SET matter = 'figure' WHERE kind = 'figure'")
    op.execute("UPDATE report_case SET matter = 'own-matter' WHERE kind = 'service'")


def downgrade() -> None:
    op.execute("ALTER TABLE report_case DROP COLUMN matter")
