"""Evaluations weigh ratings with and without a rating code apart, and can count how low ratings were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0043_rated_apart"
down_revision = "0042_case_competence"
branch_labels = None
depends_on = None

_TABLES = ("evaluation_share", "evaluation_member", "evaluation_mark")
_BEFORE = """
    results service-objects self staff committee higher-government higher-authority lower-departments
    party-committee experts policy-objects audit project-management
"""


def upgrade() -> None:
    # cycles of before keep taking all ratings together: no published score moves
    op.add_column("evaluation_cycle", sa.Column("verified_share", sa.String(16)))
    _allow(_BEFORE.replace("service-objects", "service-objects rating-answers"))


def downgrade() -> None:
    _allow(_BEFORE)
    with op.batch_alter_table("evaluation_cycle") as table:
        table.drop_column("verified_share")


def _allow(groups: str) -> None:
    listed = ", ".join(f"'{group}'" for group in groups.split())
    for name in _TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"ck_{name}_evaluator_group", type_="check")
            table.create_check_constraint(f"ck_{name}_evaluator_group", f"evaluator_group IN ({listed})")
