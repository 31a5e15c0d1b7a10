"""What pages need that cost no more among a million figures: figures without a value are found by themselves, and
acts from before they noted what they touch note whose figures of which indicators they state."""

import sqlalchemy as sa
from alembic import op

revision = "0040_page_reads"
down_revision = "0039_rating_integrity"
branch_labels = None
depends_on = None

VALUELESS = sa.text("actual IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_figure_version_valueless",
        "figure_version",
        ["act_id"],
        sqlite_where=VALUELESS,
        postgresql_where=VALUELESS,
    )
    op.execute(
        "INSERT INTO act_touch (touch, act_id, edition)"
        " SELECT DISTINCT '/bodies/' || body || '/indicators/' || indicator, act.id, act.edition"
        " FROM figure_version JOIN act ON act.id = figure_version.act_id"
        " WHERE EXISTS (SELECT 1 FROM act_touch WHERE act_touch.act_id = act.id AND act_touch.touch = '*')"
        " ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_index("ix_figure_version_valueless", "figure_version")
