"""Reports of a day are counted by list, body and figure: one index leads to each count."""

from alembic import op

revision = "0058_report_lanes"
down_revision = "0057_appealed_figures"
branch_labels = None
depends_on = None

_COLUMNS = ["received_on", "lane", "body_code", "indicator_code", "period"]
_INDEX = f"ix_report_case_{'_'.join(_COLUMNS)}"


def upgrade() -> None:
    op.drop_index("ix_report_case_received_on", table_name="report_case")
    op.create_index(_INDEX, "report_case", _COLUMNS, unique=False)


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="report_case")
    op.create_index("ix_report_case_received_on", "report_case", ["received_on"], unique=False)
