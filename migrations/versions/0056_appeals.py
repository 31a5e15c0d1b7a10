"""What a figure found false costs can be appealed against, by the body and by whoever had verified it."""

import sqlalchemy as sa
from alembic import op

revision = "0056_appeals"
down_revision = "0055_case_subjects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluation_appeal",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("figure", sa.String(length=200), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("appellant", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.String(length=26), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("party IN ('body', 'assessor')", name="ck_evaluation_appeal_party"),
        sa.CheckConstraint("state IN ('open', 'granted', 'dismissed')", name="ck_evaluation_appeal_state"),
        sa.CheckConstraint("(state = 'open') = (decided_on IS NULL)", name="ck_evaluation_appeal_decided"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_on IS NULL)", name="ck_evaluation_appeal_decided_by"),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name="ck_evaluation_appeal_two_people"
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_evaluation_appeal_{name}_person")
            for name in ("person_id", "proposed_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_appeal"),
        sa.UniqueConstraint("figure", "party", "appellant", name="uq_evaluation_appeal_once"),
    )
    op.create_table(
        "evaluation_assessor",
        sa.Column("figure", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("result_id", sa.String(length=26), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_evaluation_assessor_person_id_person"),
        sa.ForeignKeyConstraint(
            ["result_id"], ["evaluation_result.id"], name="fk_evaluation_assessor_result_id_evaluation_result"
        ),
        sa.PrimaryKeyConstraint("figure", "person_id", name="pk_evaluation_assessor"),
    )
    _hold("'appeal', 'export', 'officer'")


def downgrade() -> None:
    op.execute("DELETE FROM case_hold WHERE kind = 'appeal'")
    _hold("'export', 'officer'")
    op.drop_table("evaluation_assessor")
    op.drop_table("evaluation_appeal")


def _hold(kinds: str) -> None:
    with op.batch_alter_table("case_hold") as table:
        table.drop_constraint("ck_case_hold_kind", type_="check")
        table.create_check_constraint("ck_case_hold_kind", f"kind IN ({kinds})")
