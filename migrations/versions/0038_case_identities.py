"""Who a reporter is, sealed apart from the case, in shares of which two are needed."""

import sqlalchemy as sa
from alembic import op

revision = "0038_case_identities"
down_revision = "0037_office_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_identity",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_identity_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_identity"),
    )
    _for_people("case_identity_share", sa.Column("key_id", sa.String(length=64), nullable=False))
    _for_people("case_identity_half")
    _for_people("case_identity_key", sa.Column("opened_on", sa.Date(), nullable=False))


def downgrade() -> None:
    for table in ("case_identity_key", "case_identity_half", "case_identity_share", "case_identity"):
        op.drop_table(table)


def _for_people(name: str, *more: sa.Column[object]) -> None:
    """Something sealed to one person each."""
    op.create_table(
        name,
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        *more,
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name=f"fk_{name}_case_id_report_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{name}_person_id_person"),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=f"pk_{name}"),
    )
