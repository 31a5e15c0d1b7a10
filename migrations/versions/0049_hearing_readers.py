"""Who of a body's people were asked is kept: whom the reporter wanted kept away is not among them."""

import sqlalchemy as sa
from alembic import op

revision = "0049_hearing_readers"
down_revision = "0048_case_links"
branch_labels = None
depends_on = None

_ASKED = """
INSERT INTO case_hearing_reader (hearing_id, person_id, case_id)
SELECT case_hearing.id, duty_person.person_id, case_hearing.case_id
FROM case_hearing
JOIN duty ON duty.kind = 'case-body-answer' AND duty.subject = case_hearing.id
JOIN duty_person ON duty_person.duty_id = duty.id
"""


def upgrade() -> None:
    op.create_table(
        "case_hearing_reader",
        sa.Column("hearing_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["case_hearing.id"], name="fk_case_hearing_reader_hearing_id_case_hearing"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_hearing_reader_person_id_person"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["report_case.id"], name="fk_case_hearing_reader_case_id_report_case"
        ),
        sa.PrimaryKeyConstraint("hearing_id", "person_id", name="pk_case_hearing_reader"),
    )
    for name in ("person_id", "case_id"):
        op.create_index(f"ix_case_hearing_reader_{name}", "case_hearing_reader", [name], unique=False)
    op.execute(_ASKED)


def downgrade() -> None:
    op.drop_table("case_hearing_reader")
