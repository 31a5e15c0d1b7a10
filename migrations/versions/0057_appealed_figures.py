"""What an appeal holds follows from its figure, so that a case decided after it was filed is held as well."""

import sqlalchemy as sa
from alembic import op

revision = "0057_appealed_figures"
down_revision = "0056_appeals"
branch_labels = None
depends_on = None

_HELD = """
INSERT INTO case_hold (id, case_id, kind, placed_on)
SELECT report_case.id, report_case.id, 'appeal', min(filed_on) FROM report_case
JOIN (
  SELECT id AS case_id, body_code || '/' || indicator_code || '/' || period AS figure
  FROM report_case WHERE covered
  UNION
  SELECT case_id, body_code || '/' || indicator_code || '/' || period FROM case_subject WHERE covered
) AS about ON about.case_id = report_case.id
JOIN evaluation_appeal ON evaluation_appeal.figure = about.figure AND evaluation_appeal.state = 'open'
WHERE finding IN ('upheld', 'partly')
GROUP BY report_case.id
"""
"""One hold a case, so that the id of the case serves as that of the hold."""


def upgrade() -> None:
    op.create_table(
        "case_appealed",
        sa.Column("appeal_id", sa.String(length=26), nullable=False),
        sa.Column("figure", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", name="pk_case_appealed"),
    )
    op.create_index("ix_case_appealed_figure", "case_appealed", ["figure"], unique=False)
    still_open = "SELECT id, figure FROM evaluation_appeal WHERE state = 'open'"
    op.execute(f"INSERT INTO case_appealed (appeal_id, figure) {still_open}")
    op.execute("DELETE FROM case_hold WHERE kind = 'appeal'")
    _hold("'export', 'officer'")


def downgrade() -> None:
    _hold("'appeal', 'export', 'officer'")
    op.execute(_HELD)
    op.drop_index("ix_case_appealed_figure", table_name="case_appealed")
    op.drop_table("case_appealed")


def _hold(kinds: str) -> None:
    with op.batch_alter_table("case_hold") as table:
        table.drop_constraint("ck_case_hold_kind", type_="check")
        table.create_check_constraint("ck_case_hold_kind", f"kind IN ({kinds})")
